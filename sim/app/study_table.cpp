#include "sim/app/study_table.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/io/expression.h"
#include "sim/io/hdf5_file.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kFormat = 1;
constexpr const char* kStatuses[] = {"complete", "invalid", "failed"};

std::string object_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

StudyTable collect_table(const Study& study, const std::string& dir) {
  std::map<size_t, json> last;
  std::map<std::string, std::pair<std::string, std::string>> about;  // unit and help
  // In the order of names: the last line about a run counts only when an earlier one failed.
  std::vector<fs::path> logs;
  std::error_code ec;
  for (const auto& f : fs::directory_iterator(fs::path(dir) / "log", ec))
    if (f.path().extension() == ".jsonl") logs.push_back(f.path());
  std::sort(logs.begin(), logs.end());
  for (const auto& log : logs) {
    std::ifstream in(log);
    for (std::string text; std::getline(in, text);) {
      auto line = json::parse(text, nullptr, false);
      if (!line.is_object() || !line.contains("run")) continue;
      const auto i = line["run"].get<size_t>();
      if (i >= study.size()) continue;
      if (const auto a = line.find("about"); a != line.end())
        for (const auto& [name, u] : a->items()) about[name] = {u.at(0), u.at(1)};
      const auto old = last.find(i);
      if (old == last.end() || line["status"] == "complete" || old->second["status"] != "complete")
        last[i] = std::move(line);
    }
  }
  StudyTable t;
  t.study = study.name;
  t.runs = study.size();
  t.saltelli = study.saltelli();
  t.series = study.record == Study::Record::series;
  for (const auto& in : study.inputs) {
    StudyTable::Column c;
    c.name = in.path;
    c.unit = in.unit;
    c.help = "input of the study";
    c.input = true;
    t.columns.push_back(std::move(c));
  }
  if (!study.seeds().empty()) t.columns.push_back({"run.seed", "1", "seed", true, {}, {}});
  const size_t inputs = t.columns.size();
  for (const auto& k : kpi_infos())
    if (std::any_of(last.begin(), last.end(), [&](const auto& l) {
          return l.second.contains("kpi") && l.second["kpi"].contains(k.name);
        }))
      t.columns.push_back({k.name, k.unit, k.help, false, {}, {}});
  for (const auto& [name, u] : about) t.columns.push_back({name, u.first, u.second, false, {}, {}});
  for (const auto& [i, line] : last) {
    const StudyRun run = study.run(i);
    t.index.push_back(i);
    t.id.push_back(line.value("id", ""));
    t.status.push_back(line.value("status", "failed"));
    t.reason.push_back(line.value("reason", ""));
    for (size_t c = 0; c < t.columns.size(); ++c) {
      auto& column = t.columns[c];
      double v = std::nan("");
      if (c < study.inputs.size()) {
        if (study.inputs[c].text) {
          const auto at = std::find(column.texts.begin(), column.texts.end(), run.values[c]);
          v = static_cast<double>(at - column.texts.begin());
          if (at == column.texts.end()) column.texts.push_back(run.values[c]);
        } else {
          v = study.number(c, run.values[c]);
        }
      } else if (c < inputs) {
        v = static_cast<double>(run.seed);
      } else if (line.contains("kpi")) {
        if (const auto k = line["kpi"].find(column.name); k != line["kpi"].end())
          v = k->get<double>();
      }
      column.values.push_back(v);
    }
  }
  t.least = study.least;
  for (const auto& figure : study.figures) {
    StudyTable::Column c{figure.name, figure.unit, figure.value, false, {}, {}};
    for (size_t i = 0; i < t.index.size(); ++i)
      c.values.push_back(t.evaluate(figure.value, i, figure.loc));
    t.columns.push_back(std::move(c));
  }
  return t;
}

double StudyTable::evaluate(const std::string& expression, size_t row,
                            const SourceLoc& where) const {
  io::Variables known;
  bool missing = false;
  for (const auto& c : columns) {
    // Names of inputs have dots, which an expression does not know.
    if (!c.texts.empty() || c.name.find('.') != std::string::npos) continue;
    known[c.name] = c.values[row];
    missing = missing || std::isnan(c.values[row]);
  }
  Diagnostics d;
  if (const auto v = io::evaluate(expression, known, where, d)) return *v;
  // A KPI that this run lacks makes no number; a name that no run has is a mistake.
  for (auto& [name, value] : known)
    if (std::isnan(value)) value = 1.0;
  Diagnostics quiet;
  if (!missing || !io::evaluate(expression, known, where, quiet)) d.throw_if_errors();
  return std::nan("");
}

const StudyTable::Column* StudyTable::find(const std::string& name) const {
  for (const auto& c : columns)
    if (c.name == name) return &c;
  return nullptr;
}

bool is_study_folder(const std::string& dir) {
  std::error_code ec;
  return fs::is_directory(dir, ec);
}

StudyTable read_study(const std::string& dir) {
  const fs::path folder(dir), manifest = folder / "manifest.json", file = folder / "study.h5";
  std::error_code ec;
  if (!fs::exists(manifest, ec))
    throw UserError(fmt::format("{} is a folder without a study (it has no manifest.json)", dir));
  bool fresh = fs::exists(file, ec);
  if (fresh)
    for (const auto& f : fs::directory_iterator(folder / "log", ec))
      if (f.path().extension() == ".jsonl" && f.last_write_time(ec) > fs::last_write_time(file, ec))
        fresh = false;
  if (fresh) return read_table(file.string());
  std::ifstream in(manifest);
  const auto j = json::parse(in, nullptr, false);
  if (!j.is_object()) throw IoError(fmt::format("{}: manifest.json is damaged", dir));
  Diagnostics d;
  const Study study = load_study((folder / "study.yaml").string(), d,
                                 fs::path(j.value("file", "/")).parent_path().string());
  d.throw_if_errors();
  auto table = collect_table(study, dir);
  if (table.index.empty())
    throw UserError(fmt::format("{}: no run of this study has ended yet", dir));
  try {
    write_table(table, file.string());
  } catch (const IoError&) {
    // A folder of someone else's: the table is shown all the same.
  }
  return table;
}

namespace {

/// The rows as one compound dataset, for tools that think in records.
void write_rows(io::Hdf5File& f, const StudyTable& t) {
  std::vector<io::RecordColumn> columns(2);
  columns[0].name = "run";
  columns[0].numbers.assign(t.index.begin(), t.index.end());
  columns[1].name = "id";
  columns[1].texts = t.id;
  columns.push_back({"status", {}, t.status});
  for (const auto& c : t.columns) {
    io::RecordColumn out{c.name, {}, {}};
    if (c.texts.empty()) {
      out.numbers = c.values;
    } else {
      for (const double v : c.values) out.texts.push_back(c.texts[static_cast<size_t>(v)]);
    }
    columns.push_back(std::move(out));
  }
  f.write_records("/table", columns);
  f.set_attribute("/table", "long_name", "the columns of /runs, one record per run");
}

}  // namespace

void write_table(const StudyTable& t, const std::string& file) {
  const std::string fresh = fmt::format("{}.{}.part", file, ::getpid());
  try {
    auto f = io::Hdf5File::create(fresh);
    f.set_attribute("/", "Conventions", "CF-1.8");
    f.set_attribute("/", "steppe_study", kFormat);
    f.set_attribute("/", "study", t.study);
    f.set_attribute("/", "program", "steppe " STEPPE_VERSION);
    f.set_attribute("/", "runs", static_cast<double>(t.runs));
    f.set_attribute("/", "saltelli", static_cast<double>(t.saltelli));
    f.set_attribute("/", "series", t.series ? 1.0 : 0.0);
    f.set_attribute("/", "least_of", t.least.of);
    f.set_attribute("/", "least_where", t.least.where);
    f.make_group("/runs");
    const uint64_t chunk = std::clamp<uint64_t>(t.index.size(), 1, 8192);
    auto put = [&](const std::string& name, const std::vector<double>& values) {
      const std::string object = "/runs/" + object_name(name);
      auto series = f.make_series(object, io::Hdf5Type::f64, 0, chunk, 1);
      f.append(series, values.data(), values.size());
      return object;
    };
    const std::string axis = put("run", std::vector<double>(t.index.begin(), t.index.end()));
    f.set_attribute(axis, "long_name", "index of the run in the study");
    f.make_dimension_scale(axis);
    std::vector<double> status;
    for (const auto& s : t.status)
      status.push_back(static_cast<double>(
          std::find(std::begin(kStatuses), std::end(kStatuses), s) - std::begin(kStatuses)));
    const std::string s = put("status", status);
    f.set_attribute(s, "long_name", "how the run ended");
    f.set_attribute(s, "flag_meanings", "complete invalid failed");
    f.attach_dimension_scale(s, 0, axis);
    for (const auto& c : t.columns) {
      const std::string object = put(c.name, c.values);
      f.set_attribute(object, "units", c.unit);
      f.set_attribute(object, "long_name", c.help);
      f.set_attribute(object, "role", c.input ? "input" : "kpi");
      if (!c.texts.empty())
        f.set_attribute(object, "texts", fmt::format("{}", fmt::join(c.texts, "\n")));
      f.attach_dimension_scale(object, 0, axis);
    }
    std::string failures;
    for (size_t i = 0; i < t.index.size(); ++i)
      if (!t.reason[i].empty())
        failures += fmt::format("{}\t{}\n", t.index[i], one_line(t.reason[i]));
    f.write_text("/run_ids", fmt::format("{}\n", fmt::join(t.id, "\n")));
    f.write_text("/failures", failures);
    write_rows(f, t);
    if (t.series) {
      f.make_group("/series");
      // One level of names, so that a loop over the group is a loop over the runs.
      for (size_t i = 0; i < t.index.size(); ++i)
        if (!t.id[i].empty() && t.status[i] != "failed")
          f.link(fmt::format("/series/{}", t.index[i]), fmt::format("runs/{}.h5", t.id[i]),
                 "/signals");
    }
    f.close();
    if (std::rename(fresh.c_str(), file.c_str()) != 0)
      throw IoError(fmt::format("{}: cannot be written: {}", file, std::strerror(errno)));
  } catch (...) {
    std::remove(fresh.c_str());
    throw;
  }
}

StudyTable read_table(const std::string& file) {
  const auto f = io::Hdf5File::open(file);
  if (!f.number_attribute("/", "steppe_study"))
    throw IoError(fmt::format("{}: is no table of a study", file));
  StudyTable t;
  t.study = f.text_attribute("/", "study").value_or("");
  t.runs = static_cast<size_t>(f.number_attribute("/", "runs").value_or(0.0));
  t.saltelli = static_cast<size_t>(f.number_attribute("/", "saltelli").value_or(0.0));
  t.series = f.number_attribute("/", "series").value_or(0.0) != 0.0;
  t.least = {f.text_attribute("/", "least_of").value_or(""),
             f.text_attribute("/", "least_where").value_or("")};
  auto get = [&](const std::string& object) { return f.read(object, 0, f.shape(object).first); };
  for (double x : get("/runs/run")) t.index.push_back(static_cast<size_t>(x));
  for (double x : get("/runs/status"))
    t.status.push_back(kStatuses[std::min<int>(static_cast<int>(x), 2)]);
  t.id = lines_of(f.read_text("/run_ids"));
  t.id.resize(t.index.size());
  t.reason.resize(t.index.size());
  std::map<size_t, size_t> row;
  for (size_t i = 0; i < t.index.size(); ++i) row[t.index[i]] = i;
  for (const auto& line : lines_of(f.read_text("/failures")))
    if (const size_t tab = line.find('\t'); tab != std::string::npos)
      if (const auto r = row.find(std::strtoul(line.c_str(), nullptr, 10)); r != row.end())
        t.reason[r->second] = line.substr(tab + 1);
  for (const auto& name : f.children("/runs")) {
    if (name == "run" || name == "status") continue;
    const std::string object = "/runs/" + name;
    StudyTable::Column c;
    c.name = name;
    c.unit = f.text_attribute(object, "units").value_or("");
    c.help = f.text_attribute(object, "long_name").value_or("");
    c.input = f.text_attribute(object, "role") == "input";
    if (const auto texts = f.text_attribute(object, "texts")) c.texts = lines_of(*texts);
    c.values = get(object);
    t.columns.push_back(std::move(c));
  }
  return t;
}

}  // namespace steppe::app
