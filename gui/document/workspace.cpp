#include "gui/document/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "sim/io/yaml_source.h"

namespace steppe::gui {

namespace fs = std::filesystem;

namespace {

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string near(const std::string& file, const fs::path& folder) {
  const fs::path relative = fs::path(file).lexically_relative(folder);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return below ? relative.string() : file;
}

}  // namespace

std::string Workspace::to_yaml(const std::string& folder) const {
  std::string out = "# How steppe-gui looks at some files; open it with ./steppe gui FILE\n";
  out += "workspace: 1\nfiles:\n";
  for (const auto& f : files) out += "  - " + in_quotes(near(f, folder)) + "\n";
  if (!current.empty()) out += "current: " + in_quotes(near(current, folder)) + "\n";
  out += fmt::format("tab: {}\ncursor: {}\nrange: [{}, {}]\n", tab, cursor, range0, range1);
  out += "plots:\n";
  std::istringstream rows(plots);
  for (std::string row; std::getline(rows, row);) out += "  - " + in_quotes(row) + "\n";
  if (!docks.empty()) out += "docks: " + in_quotes(docks) + "\n";
  return out;
}

bool Workspace::is_one(const std::string& text) {
  return text.starts_with("workspace:") || text.find("\nworkspace:") != std::string::npos;
}

Workspace Workspace::from_yaml(const std::string& text, const std::string& folder) {
  const io::Node root = io::load_yaml_text(text, "workspace");
  auto fail = [](const std::string& why) { throw UserError("no workspace: " + why); };
  auto scalar = [&](const char* key) {
    const io::Node* n = root.find(key);
    return n && n->is_scalar() ? n->scalar : std::string();
  };
  auto number = [&](const std::string& s, const char* what) {
    char* end = nullptr;
    const double v = std::strtod(s.c_str(), &end);
    if (s.empty() || *end != '\0' || !std::isfinite(v)) fail(fmt::format("{} is no number", what));
    return v;
  };
  if (scalar("workspace") != "1") fail("'workspace: 1' is missing, or it is of a newer program");
  auto place = [&](const std::string& f) {
    const fs::path p(f);
    return (p.is_absolute() ? p : fs::path(folder) / p).lexically_normal().string();
  };
  Workspace w;
  if (const io::Node* list = root.find("files"))
    for (const auto& f : list->seq)
      if (f.is_scalar() && !f.scalar.empty()) w.files.push_back(place(f.scalar));
  if (const auto c = scalar("current"); !c.empty()) w.current = place(c);
  if (const auto t = scalar("tab"); !t.empty())
    w.tab = static_cast<int>(std::clamp(number(t, "tab"), 0.0, 100.0));
  if (const auto c = scalar("cursor"); !c.empty()) w.cursor = number(c, "cursor");
  if (const io::Node* r = root.find("range"); r && r->seq.size() == 2) {
    w.range0 = number(r->seq[0].scalar, "range");
    w.range1 = number(r->seq[1].scalar, "range");
  }
  if (const io::Node* rows = root.find("plots"))
    for (size_t i = 0; i < rows->seq.size(); ++i) w.plots += (i ? "\n" : "") + rows->seq[i].scalar;
  w.docks = scalar("docks");
  return w;
}

}  // namespace steppe::gui
