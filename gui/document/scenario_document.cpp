#include "gui/document/scenario_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace steppe::gui {

namespace fs = std::filesystem;

ScenarioDocument ScenarioDocument::open(const std::string& path) {
  std::error_code ec;
  if (fs::is_directory(path, ec)) throw IoError(fmt::format("{} is a folder", path));
  if (const auto size = fs::file_size(path, ec); !ec && size > io::kMaxYamlBytes)
    throw IoError(fmt::format("{} is too large for a scenario", path));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw IoError(fmt::format("cannot read {}", path));
  std::ostringstream text;
  text << in.rdbuf();
  return ScenarioDocument(std::move(text).str(), fs::absolute(path).lexically_normal().string());
}

void ScenarioDocument::save(const std::string& path) {
  const std::string beside = path + ".part";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text_;
    out.flush();
    if (!out) {
      std::error_code ignored;
      fs::remove(beside, ignored);
      throw IoError(fmt::format("cannot write {}", path));
    }
  }
  std::error_code ec;
  fs::rename(beside, path, ec);
  if (ec) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    throw IoError(fmt::format("cannot write {}: {}", path, ec.message()));
  }
  path_ = fs::absolute(path).lexically_normal().string();
  saved_ = text_;
  last_merge_.clear();
}

void ScenarioDocument::set_text(std::string text, std::string label, std::string_view merge) {
  if (text == text_) return;
  const auto now = std::chrono::steady_clock::now();
  const bool merges = !merge.empty() && merge == last_merge_ && !undo_.empty() && redo_.empty() &&
                      now - last_change_ < std::chrono::seconds(1);
  if (!merges) {
    undo_.push_back({std::move(text_), std::move(label), now});
    if (undo_.size() > kMostUndo) undo_.erase(undo_.begin());
  }
  undo_.back().when = now;
  redo_.clear();
  text_ = std::move(text);
  last_merge_ = merge;
  last_change_ = now;
  ++revision_;
}

std::string ScenarioDocument::set_value(std::string_view path, std::string_view value) {
  try {
    std::string text = io::set_scalar(text_, path, value);
    const size_t dot = path.rfind('.');
    set_text(
        std::move(text),
        fmt::format("{} = {}", dot == std::string_view::npos ? path : path.substr(dot + 1), value),
        path);
    return {};
  } catch (const UserError& e) {
    const auto& items = e.diagnostics().items();
    return items.empty() ? std::string(e.what()) : items.front().message;
  }
}

std::optional<std::string> ScenarioDocument::value(std::string_view path) const {
  const io::Node* n = io::find_path(parsed().root, path);
  if (!n || !n->is_scalar()) return std::nullopt;
  return n->scalar;
}

int ScenarioDocument::line_of(std::string_view path) const {
  const io::Node* n = io::find_path(parsed().root, path);
  return n ? n->loc.line : 0;
}

void ScenarioDocument::undo() {
  if (undo_.empty()) return;
  State s = std::move(undo_.back());
  undo_.pop_back();
  redo_.push_back({std::move(text_), s.label, s.when});
  text_ = std::move(s.text);
  last_merge_.clear();
  ++revision_;
}

void ScenarioDocument::redo() {
  if (redo_.empty()) return;
  State s = std::move(redo_.back());
  redo_.pop_back();
  undo_.push_back({std::move(text_), s.label, s.when});
  text_ = std::move(s.text);
  last_merge_.clear();
  ++revision_;
}

namespace {

std::string scalar_of(const io::Node& n, const char* key) {
  const io::Node* v = n.find(key);
  return v && v->is_scalar() ? v->scalar : std::string();
}

}  // namespace

const ScenarioDocument::Parsed& ScenarioDocument::parsed() const {
  if (parsed_.revision == revision_) return parsed_;
  Parsed p;
  p.revision = revision_;
  try {
    p.root = io::load_yaml_text(text_, path_.empty() ? "scenario" : path_);
  } catch (const UserError& e) {
    // The outline of the last good text stays, so that the tree does not vanish while one types.
    parsed_.revision = revision_;
    const auto& items = e.diagnostics().items();
    parsed_.error = items.empty() ? e.what() : items.front().message;
    parsed_.error_line = items.empty() ? 0 : items.front().where.line;
    return parsed_;
  }
  p.name = scalar_of(p.root, "name");
  p.note = scalar_of(p.root, "note");
  auto component = [&](const io::Node& c, std::string path, std::string fallback) {
    if (!c.is_map()) return;
    OutlineItem item;
    item.id = scalar_of(c, "id");
    if (item.id.empty()) item.id = std::move(fallback);
    if (item.id.empty()) return;
    item.type = scalar_of(c, "type");
    item.use = scalar_of(c, "use");
    item.count = scalar_of(c, item.use.empty() ? "count" : "repeat");
    item.path = path.empty() ? fmt::format("components[{}]", item.id) : std::move(path);
    const io::Node* id = c.find("id");
    item.line = id ? id->loc.line : c.loc.line;
    p.components.push_back(std::move(item));
  };
  if (const io::Node* site = p.root.find("site"))
    if (const io::Node* w = site->find("weather"); w && w->is_map()) {
      OutlineItem item{"weather", "weather", "", "site.weather", "", w->loc.line, ""};
      p.components.push_back(std::move(item));
    }
  if (const io::Node* list = p.root.find("components"))
    for (const auto& c : list->seq) component(c, "", "");
  if (const io::Node* load = p.root.find("load")) component(*load, "load", "load");
  if (const io::Node* list = p.root.find("events"))
    for (size_t i = 0; i < list->seq.size(); ++i) {
      const io::Node& e = list->seq[i];
      OutlineEvent event;
      event.at = scalar_of(e, "at");
      const std::string what = scalar_of(e, "do"), set = scalar_of(e, "set");
      event.title = what.empty() ? fmt::format("{} = {}", set, scalar_of(e, "to"))
                                 : fmt::format("{} {}", what, scalar_of(e, "target"));
      event.path = fmt::format("events[{}]", i);
      event.line = e.loc.line;
      p.events.push_back(std::move(event));
    }
  add_inherited(p);
  parsed_ = std::move(p);
  return parsed_;
}

/// Components of the scenario that this one extends and does not name itself.
void ScenarioDocument::add_inherited(Parsed& p) const {
  constexpr int kMostDepth = 8;
  thread_local int depth = 0;  // a circle of files ends here, and the check says so

  const std::string base = scalar_of(p.root, "extends");
  if (base.empty() || depth >= kMostDepth) return;
  fs::path file(base);
  if (file.is_relative()) file = fs::path(path_).parent_path() / file;
  ScenarioDocument document;
  try {
    document = open(file.string());
    if (document.path() == path_) return;
  } catch (const Error&) {
    return;  // the check says that the file is missing
  }
  ++depth;
  const auto& inherited = document.components();
  --depth;
  for (auto item : inherited) {
    const bool own = std::any_of(p.components.begin(), p.components.end(),
                                 [&](const OutlineItem& o) { return o.id == item.id; });
    if (own) continue;
    if (item.from.empty()) item.from = document.path();
    p.components.push_back(std::move(item));
  }
  if (!p.root.find("events"))
    for (const auto& e : document.events()) p.events.push_back({e.title, e.at, e.path, 0});
}

}  // namespace steppe::gui
