#include "sim/app/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "sim/base/rng.h"
#include "sim/base/text_lines.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;

/// Values of axes that are read one by one before anything runs.
constexpr size_t kMostChecked = 200;

uint64_t hash_file(const std::string& path) {
  if (fs::is_directory(path)) {  // the files in it, by name
    std::vector<std::string> files;
    for (const auto& f : fs::directory_iterator(path))
      if (f.is_regular_file()) files.push_back(f.path().string());
    std::sort(files.begin(), files.end());
    std::string all;
    for (const auto& f : files)
      all += fmt::format("{}:{:016x};", fs::path(f).filename().string(), hash_file(f));
    return stable_hash(all);
  }
  // Runs of one process read the same files again and again; a file that changes between two of
  // them changes its size or its time.
  struct Known {
    uintmax_t size;
    fs::file_time_type time;
    uint64_t hash;
  };
  static std::map<std::string, Known> known;
  std::error_code ec;
  const auto size = fs::file_size(path, ec);
  const auto time = fs::last_write_time(path, ec);
  const auto it = known.find(path);
  if (it != known.end() && it->second.size == size && it->second.time == time)
    return it->second.hash;
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const uint64_t h = stable_hash(bytes);
  known[path] = {size, time, h};
  return h;
}

/// Messages about "--set" point at the study instead, where the value came from.
void add_located(const Study& study, const StudyRun& run, size_t axis_value, size_t axis,
                 const Diagnostics& found, Diagnostics& d) {
  for (auto item : found.items()) {
    if (item.severity == Diagnostic::Severity::warning) continue;
    const StudyInput* in = nullptr;
    size_t at = 0;
    const auto& source = item.where.source;
    if (source && source->name == "--set") {
      const std::string path = source->text.substr(0, source->text.find('='));
      for (size_t i = 0; i < study.inputs.size(); ++i)
        if (study.inputs[i].path == path) {
          in = &study.inputs[i];
          at = i == axis ? axis_value : run.index == 0 ? 0 : in->value_locs.size() - 1;
        }
    }
    if (in) {
      const bool key = item.where.column <= static_cast<int>(in->path.size());
      item.where = key || in->value_locs.empty()
                       ? in->path_loc
                       : in->value_locs[std::min(at, in->value_locs.size() - 1)];
    }
    // The same mistake shows in several runs.
    const bool known = std::any_of(d.items().begin(), d.items().end(), [&](const Diagnostic& o) {
      return o.message == item.message && o.where.str() == item.where.str();
    });
    if (!known) d.error(item.where, item.message, item.hint, item.other);
  }
}

}  // namespace

size_t Study::size() const {
  size_t n = std::max<size_t>(1, sample_size_) * std::max<size_t>(1, seeds_.size());
  for (const auto& a : axes_) n *= a.size();
  return n;
}

StudyRun Study::run(size_t index) const {
  StudyRun out;
  out.index = index;
  out.values.resize(inputs.size());
  size_t rest = index;
  if (!seeds_.empty()) {
    out.has_seed = true;
    out.seed = seeds_[rest % seeds_.size()];
    rest /= seeds_.size();
  }
  if (sample_size_ > 0) {
    const size_t k = inputs.size() - axes_.size(), point = rest % sample_size_;
    for (size_t j = 0; j < k; ++j) out.values[axes_.size() + j] = sampled_[point * k + j];
    rest /= sample_size_;
  }
  for (size_t a = axes_.size(); a-- > 0;) {
    out.values[a] = axes_[a][rest % axes_[a].size()];
    rest /= axes_[a].size();
  }
  return out;
}

std::vector<Override> Study::overrides(const StudyRun& run) const {
  std::vector<Override> out;
  // Axes come last: one over run.until goes before the study's own.
  if (!until.empty()) out.push_back({"run.until", until});
  if (run.has_seed) out.push_back({"run.seed", fmt::format("{}", run.seed)});
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].path != kScenarioAxis) out.push_back({inputs[i].path, run.values[i]});
  return out;
}

std::string Study::scenario_of(const StudyRun& run) const {
  for (size_t i = 0; i < axes_.size(); ++i)
    if (inputs[i].path == kScenarioAxis) return io::resolve_path(run.values[i], folder_);
  return scenario;
}

void check_study(const Study& study, const core::Registry& registry, Diagnostics& d) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  // One build each: what only shows in a built system (a signal, a port) is found too.
  std::vector<size_t> ends{0};
  if (study.size() > 1) ends.push_back(study.size() - 1);
  for (const size_t i : ends) {
    const StudyRun run = study.run(i);
    Diagnostics found;
    Simulation::load(study.scenario_of(run), study.overrides(run), study.profile, registry, found);
    add_located(study, run, 0, kNone, found, d);
    if (!d.ok()) return;
  }
  size_t checked = 0, stride = study.size();
  for (size_t a = 0; a < study.inputs.size(); ++a) {
    const size_t values = study.inputs[a].value_locs.size();
    if (values <= 1) continue;  // also all that is sampled
    stride /= values;
    for (size_t v = 1; v + 1 < values && checked < kMostChecked; ++v, ++checked) {
      const StudyRun run = study.run(v * stride);
      Diagnostics found;
      load_scenario(study.scenario_of(run), study.overrides(run), study.profile, registry,
                    home_dir() + "/data", found);
      add_located(study, run, v, a, found, d);
    }
  }
}

std::string run_id(const Scenario& s, Study::Record record) {
  std::string text = s.resolved;
  // Data files by what they hold, not by where they lie: a folder that moved keeps its runs.
  std::vector<std::string> files;
  auto collect = [&](const core::ParamTableBase& table, const void* params) {
    for (size_t r = 0; r < table.rows().size(); ++r) {
      const auto value = table.get(params, static_cast<int>(r));
      const auto* f = std::get_if<std::string>(&value);
      // A text may name a data file of the user's instead of a shipped one.
      if (f && !f->empty() &&
          (table.rows()[r].kind == core::ParamKind::file ||
           (table.rows()[r].kind == core::ParamKind::text && names_data_file(*f))))
        files.push_back(*f);
    }
  };
  for (const auto& c : s.system.components) collect(*c.type->params, c.params.get());
  for (const auto& p : s.system.processes) collect(*p.type->params, p.params.get());
  std::sort(files.begin(), files.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  for (const auto& f : files) {
    const std::string mark = fmt::format("file:{:016x}", hash_file(f));
    for (size_t at = text.find(f); at != std::string::npos; at = text.find(f, at + mark.size()))
      text.replace(at, f.size(), mark);
  }
  text += "program: " STEPPE_VERSION "\n";
  text += fmt::format("carbon: {}\nseed: {}\n", s.carbon, s.seed);
  for (const auto& w : s.windows) {
    const auto& p = w.profile;
    text += fmt::format("window: {} {} {} {} {} {} {} {} {} {}\n", w.from, p.name, p.exchange,
                        p.max_step, p.collapse_below, p.rtol, p.newton_tol, p.record,
                        p.ledger_limit, static_cast<int>(p.method));
  }
  for (const auto& e : s.events)
    text += fmt::format("event: {} {} {} {} {} {} {} {}\n", e.at, e.duration, e.value, e.ramp,
                        e.action, e.target, e.has_value, e.value_text);
  for (const auto c : s.checkpoints) text += fmt::format("checkpoint: {}\n", c);
  if (record == Study::Record::series) {
    text += "record: series\n";
    for (const auto& r : s.record) text += fmt::format("signal: {}\n", r);
  }
  return fmt::format("{:016x}", stable_hash(text));
}

}  // namespace steppe::app
