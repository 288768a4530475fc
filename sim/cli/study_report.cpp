// steppe report of a folder: the table of a study, its statistics and sensitivities.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/app/statistics.h"
#include "sim/app/study_table.h"
#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/io/csv.h"

namespace steppe::cli {
namespace {

using nlohmann::ordered_json;

struct Summary {
  size_t n = 0;
  double mean = 0.0, deviation = 0.0;
  std::vector<double> sorted;
};

Summary summarize(const std::vector<double>& values) {
  Summary s;
  for (double v : values)
    if (!std::isnan(v)) s.sorted.push_back(v);
  std::sort(s.sorted.begin(), s.sorted.end());
  s.n = s.sorted.size();
  if (s.n == 0) return s;
  for (double v : s.sorted) s.mean += v / static_cast<double>(s.n);
  double sum = 0.0;
  for (double v : s.sorted) sum += (v - s.mean) * (v - s.mean);
  s.deviation = s.n > 1 ? std::sqrt(sum / static_cast<double>(s.n - 1)) : 0.0;
  return s;
}

/// Only runs with a valid result count in statistics.
std::vector<double> valid(const app::StudyTable& t, const app::StudyTable::Column& c) {
  std::vector<double> out = c.values;
  for (size_t i = 0; i < out.size(); ++i)
    if (t.status[i] != "complete") out[i] = std::nan("");
  return out;
}

struct ParetoRequest {
  const app::StudyTable::Column *a = nullptr, *b = nullptr;
  bool a_max = false, b_max = false;
};

/// The column of numbers of that name; `option` asks for it.
const app::StudyTable::Column& number_column(const app::StudyTable& t, const std::string& name,
                                             const char* option) {
  const auto* c = t.find(name);
  if (c && c->texts.empty()) return *c;
  std::vector<std::string> all;
  for (const auto& other : t.columns)
    if (other.texts.empty()) all.push_back(other.name);
  const auto near = nearest(name, all);
  throw UserError(fmt::format("{}: this study has no number '{}'{}", option, name,
                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

/// "energy_site,tokens_out:max".
ParetoRequest parse_pareto(const app::StudyTable& t, const std::string& text) {
  auto one = [&](std::string part, bool& max) {
    const size_t colon = part.find(':');
    const std::string sense = colon == std::string::npos ? "min" : part.substr(colon + 1);
    part = part.substr(0, colon);
    if (sense != "min" && sense != "max")
      throw UserError(fmt::format("--pareto: '{}' is neither min nor max", sense));
    max = sense == "max";
    return &number_column(t, part, "--pareto");
  };
  const size_t comma = text.find(',');
  if (comma == std::string::npos)
    throw UserError("--pareto: expected two KPIs, e.g. cost_total,slo_attainment:max");
  ParetoRequest out;
  out.a = one(text.substr(0, comma), out.a_max);
  out.b = one(text.substr(comma + 1), out.b_max);
  return out;
}

/// The runs in the order of a KPI, least first, and which of them meet a condition.
struct Ranking {
  const app::StudyTable::Column* of = nullptr;  ///< null: none is asked for
  std::vector<size_t> rows;
  std::vector<bool> meets;  ///< by row of the table
};

Ranking rank(const app::StudyTable& t) {
  Ranking r;
  if (t.least.of.empty() && !t.least.where.empty())
    throw UserError("--where needs --least, the KPI that counts among the runs that meet it");
  if (t.least.of.empty()) return r;
  r.of = &number_column(t, t.least.of, "--least");
  const auto values = valid(t, *r.of);
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) r.rows.push_back(i);
    r.meets.push_back(t.least.where.empty() || t.evaluate(t.least.where, i, {}) > 0.0);
  }
  std::stable_sort(r.rows.begin(), r.rows.end(),
                   [&](size_t a, size_t b) { return values[a] < values[b]; });
  return r;
}

/// Whether a text has `name` as a word of its own.
bool names(const std::string& text, const std::string& name) {
  const auto word = [&](size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_');
  };
  for (size_t i = text.find(name); i != std::string::npos; i = text.find(name, i + 1))
    if ((i == 0 || !word(i - 1)) && !word(i + name.size())) return true;
  return false;
}

/// What most people weigh: cost or energy against what comes out. Empty when the study varies
/// neither.
std::string usual_pareto(const app::StudyTable& t) {
  auto first = [&](std::initializer_list<const char*> names) -> std::string {
    for (const std::string name : names)
      if (const auto* c = t.find(name.substr(0, name.find(':')))) {
        const auto s = summarize(valid(t, *c));
        if (s.n > 1 && s.sorted.back() - s.sorted.front() > 1e-9 * std::abs(s.mean)) return name;
      }
    return {};
  };
  const auto cost = first({"cost_total", "energy_site"}),
             use = first({"tokens_out:max", "slo_attainment:max", "unserved_energy"});
  return cost.empty() || use.empty() ? "" : cost + "," + use;
}

std::vector<size_t> front(const app::StudyTable& t, const ParetoRequest& r) {
  return app::pareto(valid(t, *r.a), r.a_max, valid(t, *r.b), r.b_max);
}

std::string cell(const app::StudyTable::Column& c, size_t row) {
  const double v = c.values[row];
  if (std::isnan(v)) return "-";
  if (!c.texts.empty()) return c.texts[std::min(static_cast<size_t>(v), c.texts.size() - 1)];
  if (!c.input) return kpi_text(c.name, v, c.unit);
  return c.unit.empty() || c.unit == "1" ? fmt::format("{:.6g}", v)
                                         : fmt::format("{:.6g} {}", v, c.unit);
}

size_t column_width(const app::StudyTable::Column& c) {
  return std::max<size_t>(16, c.name.size() + 2);
}

ordered_json number(double v) { return std::isfinite(v) ? ordered_json(v) : ordered_json(); }

/// Sobol's indices of a KPI, one per input; empty without a Saltelli sample.
std::vector<app::SobolIndex> sobol_of(const app::StudyTable& t, const app::StudyTable::Column& c) {
  if (t.saltelli == 0) return {};
  std::vector<double> y(t.runs, std::nan(""));
  const auto values = valid(t, c);
  for (size_t i = 0; i < t.index.size(); ++i) y.at(t.index[i]) = values[i];
  return app::sobol_indices(y, t.saltelli);
}

std::string sobol_page(const app::StudyTable& t,
                       const std::vector<const app::StudyTable::Column*>& kpis) {
  std::string out =
      "\nSobol's indices with 95 % intervals: share of the variance by the input alone (first) and "
      "with\nits interactions (total)\n";
  out += fmt::format("{:<34}{:<28}{:>26}{:>26}\n", "KPI", "input", "first", "total");
  auto share = [](double v, double low, double high) {
    return fmt::format("{:6.3f} [{:6.3f}, {:6.3f}]", v, low, high);
  };
  for (const auto* c : kpis) {
    const auto indices = sobol_of(t, *c);
    for (size_t i = 0; i < indices.size(); ++i)
      out += fmt::format("{:<34}{:<28}{:>26}{:>26}\n", i == 0 ? c->name : "", t.columns[i].name,
                         share(indices[i].first, indices[i].first_low, indices[i].first_high),
                         share(indices[i].total, indices[i].total_low, indices[i].total_high));
  }
  return out;
}

std::string study_json(const app::StudyTable& t, const ParetoRequest* pareto,
                       const Ranking& ranking) {
  ordered_json j;
  j["study"] = t.study;
  j["runs"] = t.runs;
  j["done"] = t.index.size();
  for (const char* s : {"complete", "invalid", "failed"})
    j[s] = std::count(t.status.begin(), t.status.end(), s);
  j["inputs"] = ordered_json::array();
  for (const auto& c : t.columns)
    if (c.input) j["inputs"].push_back({{"name", c.name}, {"unit", c.unit}});
  j["kpi"] = ordered_json::object();
  for (const auto& c : t.columns) {
    if (c.input) continue;
    const auto values = valid(t, c);
    const auto s = summarize(values);
    if (s.n == 0) continue;
    ordered_json k{{"unit", c.unit},
                   {"n", s.n},
                   {"mean", number(s.mean)},
                   {"standard_deviation", number(s.deviation)},
                   {"min", number(s.sorted.front())}};
    for (const int p : {5, 25, 50, 75, 95})
      k[fmt::format("p{}", p)] = number(app::quantile(s.sorted, p / 100.0));
    k["max"] = number(s.sorted.back());
    for (const auto& in : t.columns)
      if (in.input)
        k["sensitivity"][in.name] = {
            {"rank_correlation",
             in.texts.empty() ? number(app::rank_correlation(in.values, values)) : ordered_json()},
            {"correlation_ratio", number(app::correlation_ratio(in.values, values))}};
    const auto indices = sobol_of(t, c);
    for (size_t i = 0; i < indices.size(); ++i) {
      const auto& s1 = indices[i];
      k["sensitivity"][t.columns[i].name]["sobol"] = {{"first", s1.first},
                                                      {"first_95", {s1.first_low, s1.first_high}},
                                                      {"total", s1.total},
                                                      {"total_95", {s1.total_low, s1.total_high}}};
    }
    j["kpi"][c.name] = std::move(k);
  }
  if (pareto) {
    j["pareto"] = ordered_json::array();
    for (const size_t i : front(t, *pareto)) {
      ordered_json row{{"run", t.index[i]}, {"id", t.id[i]}};
      for (const auto& c : t.columns)
        if (c.input && !c.texts.empty())
          row[c.name] = cell(c, i);
        else if (c.input || &c == pareto->a || &c == pareto->b)
          row[c.name] = number(c.values[i]);
      j["pareto"].push_back(std::move(row));
    }
  }
  if (ranking.of) {
    j["least"] = {{"of", t.least.of}, {"where", t.least.where}, {"runs", ordered_json::array()}};
    for (const size_t i : ranking.rows)
      j["least"]["runs"].push_back({{"run", t.index[i]},
                                    {"id", t.id[i]},
                                    {t.least.of, number(ranking.of->values[i])},
                                    {"meets", bool(ranking.meets[i])}});
  }
  j["failures"] = ordered_json::array();
  for (size_t i = 0; i < t.index.size(); ++i)
    if (t.status[i] != "complete")
      j["failures"].push_back(
          {{"run", t.index[i]}, {"id", t.id[i]}, {"status", t.status[i]}, {"reason", t.reason[i]}});
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string ranking_page(const app::StudyTable& t, const Ranking& r) {
  constexpr size_t kMost = 30;
  std::vector<const app::StudyTable::Column*> columns;
  for (const auto& c : t.columns)
    if (c.input) columns.push_back(&c);
  columns.push_back(r.of);
  // What the KPI is made of, and what the condition is about.
  const std::string about = r.of->help + " " + t.least.where;
  for (const auto& c : t.columns)
    if (!c.input && &c != r.of && names(about, c.name)) columns.push_back(&c);
  std::string out = fmt::format("\nLeast {}{}\n{:>8}{:>8}", t.least.of,
                                t.least.where.empty() ? "" : " where " + t.least.where, "run",
                                t.least.where.empty() ? "" : "meets");
  for (const auto* c : columns) out += fmt::format("{:>{}}", c->name, column_width(*c));
  out += "\n";
  size_t shown = 0, meeting = 0;
  for (const size_t i : r.rows) {
    meeting += r.meets[i] ? 1 : 0;
    if (shown++ >= kMost) continue;
    out += fmt::format("{:>8}{:>8}", t.index[i],
                       t.least.where.empty() ? ""
                       : r.meets[i]          ? "yes"
                                             : "no");
    for (const auto* c : columns) out += fmt::format("{:>{}}", cell(*c, i), column_width(*c));
    out += "\n";
  }
  if (shown > kMost) out += "  … steppe report --json lists all\n";
  const auto best =
      std::find_if(r.rows.begin(), r.rows.end(), [&](size_t i) { return r.meets[i]; });
  if (best == r.rows.end()) return out + "No run meets the condition.\n";
  out += fmt::format(
      "Run {} is the least{}:", t.index[*best],
      t.least.where.empty() ? "" : fmt::format(" of the {} that meet the condition", meeting));
  for (const auto* c : columns)
    if (c->input || c == r.of) out += fmt::format(" {} {}", c->name, cell(*c, *best));
  if (const size_t first = r.rows.front(); first != *best)
    out += fmt::format("; the condition costs {}",
                       kpi_text(r.of->name, r.of->values[*best] - r.of->values[first], r.of->unit));
  return out + "\n";
}

std::string study_page(const app::StudyTable& t, const ParetoRequest* pareto,
                       const Ranking& ranking) {
  constexpr size_t kMostFailures = 10, kMostFront = 30;
  const auto count = [&](const char* s) { return std::count(t.status.begin(), t.status.end(), s); };
  std::string out =
      fmt::format("{}: {} of {} runs ended: {} complete, {} invalid, {} failed\n", t.study,
                  t.index.size(), t.runs, count("complete"), count("invalid"), count("failed"));
  out += fmt::format("\n{:<34}{:>16}{:>16}{:>16}{:>16}{:>16}\n", "KPI", "min", "p5", "p50", "p95",
                     "max");
  std::vector<const app::StudyTable::Column*> inputs, varying;
  for (const auto& c : t.columns) {
    if (c.input) {
      inputs.push_back(&c);
      continue;
    }
    const auto s = summarize(valid(t, c));
    if (s.n == 0) continue;
    out += fmt::format("{:<34}", c.name);
    for (const double p : {0.0, 0.05, 0.5, 0.95, 1.0})
      out += fmt::format("{:>16}", kpi_text(c.name, app::quantile(s.sorted, p), c.unit));
    out += "\n";
    if (s.sorted.back() - s.sorted.front() > 1e-9 * std::abs(s.mean) &&
        !c.name.starts_with("ledger_"))
      varying.push_back(&c);
  }
  // Few runs stand side by side.
  constexpr size_t kMostSideBySide = 8;
  if (t.index.size() <= kMostSideBySide && !varying.empty()) {
    std::vector<const app::StudyTable::Column*> rows = inputs;
    rows.insert(rows.end(), varying.begin(), varying.end());
    std::vector<size_t> width(t.index.size(), 12);
    for (const auto* c : rows)
      for (size_t i = 0; i < width.size(); ++i)
        width[i] = std::max(width[i], cell(*c, i).size() + 2);
    out += fmt::format("\n{:<34}", "run");
    for (size_t i = 0; i < width.size(); ++i) out += fmt::format("{:>{}}", t.index[i], width[i]);
    out += "\n";
    for (const auto* c : rows) {
      out += fmt::format("{:<34}", c->name);
      for (size_t i = 0; i < width.size(); ++i) out += fmt::format("{:>{}}", cell(*c, i), width[i]);
      out += "\n";
    }
  }
  if (!inputs.empty() && !varying.empty()) {
    out +=
        "\nSensitivity: rank correlation, and the part of the variance that the input explains\n";
    out += fmt::format("{:<34}", "KPI");
    const auto head = [](const std::string& name) { return std::max<size_t>(22, name.size() + 2); };
    for (const auto* in : inputs) out += fmt::format("{:>{}}", in->name, head(in->name));
    out += "\n";
    for (const auto* c : varying) {
      const auto values = valid(t, *c);
      out += fmt::format("{:<34}", c->name);
      for (const auto* in : inputs) {
        const double rho =
            in->texts.empty() ? app::rank_correlation(in->values, values) : std::nan("");
        const double eta = app::correlation_ratio(in->values, values);
        out +=
            fmt::format("{:>{}}",
                        fmt::format("{}  {}", std::isnan(rho) ? "-" : fmt::format("{:+.2f}", rho),
                                    std::isnan(eta) ? "-" : fmt::format("{:3.0f} %", 100 * eta)),
                        head(in->name));
      }
      out += "\n";
    }
  }
  if (t.saltelli > 0 && !varying.empty()) out += sobol_page(t, varying);
  if (pareto) {
    const auto rows = front(t, *pareto);
    std::vector<const app::StudyTable::Column*> columns = inputs;
    for (const auto* c : {pareto->a, pareto->b})
      if (std::find(columns.begin(), columns.end(), c) == columns.end()) columns.push_back(c);
    out += fmt::format("\nPareto: {} ({}) against {} ({}), {} runs\n{:>8}", pareto->a->name,
                       pareto->a_max ? "max" : "min", pareto->b->name,
                       pareto->b_max ? "max" : "min", rows.size(), "run");
    for (const auto* c : columns) out += fmt::format("{:>22}", c->name);
    out += "\n";
    for (size_t k = 0; k < rows.size() && k < kMostFront; ++k) {
      out += fmt::format("{:>8}", t.index[rows[k]]);
      for (const auto* c : columns) out += fmt::format("{:>22}", cell(*c, rows[k]));
      out += "\n";
    }
    if (rows.size() > kMostFront) out += "  … steppe report --json lists all\n";
  }
  if (ranking.of && !ranking.rows.empty()) out += ranking_page(t, ranking);
  size_t shown = 0;
  for (size_t i = 0; i < t.index.size(); ++i) {
    if (t.status[i] == "complete") continue;
    if (shown++ == 0) out += "\nWithout a valid result\n";
    if (shown > kMostFailures) {
      out += "  … steppe report --json lists all\n";
      break;
    }
    out += fmt::format("{:>8}  {}  {}\n", t.index[i], t.status[i], t.reason[i]);
  }
  return out;
}

void write_csv(const app::StudyTable& t, const std::string& file) {
  io::CsvWriter out(file);
  std::vector<std::string> line{"run", "id", "status"};
  for (const auto& c : t.columns) line.push_back(c.name);
  out.texts(line);
  for (size_t i = 0; i < t.index.size(); ++i) {
    line = {fmt::format("{}", t.index[i]), t.id[i], t.status[i]};
    for (const auto& c : t.columns)
      line.push_back(!c.texts.empty()          ? cell(c, i)
                     : std::isnan(c.values[i]) ? ""
                                               : fmt::format("{}", c.values[i]));
    out.texts(line);
  }
  out.close();
}

}  // namespace

int report_study(const std::string& dir, const StudyReportArgs& a) {
  auto table = app::read_study(dir);
  if (!a.least.empty()) table.least = {a.least, ""};
  if (!a.where.empty()) table.least.where = a.where;
  const Ranking ranking = rank(table);
  std::optional<ParetoRequest> request;
  const std::string wanted = a.pareto.empty() ? usual_pareto(table) : a.pareto;
  if (!wanted.empty()) request = parse_pareto(table, wanted);
  if (!a.csv.empty()) {
    write_csv(table, a.csv);
    if (a.csv == "-") return 0;
  }
  const auto* r = request ? &*request : nullptr;
  fmt::print("{}\n", a.json ? study_json(table, r, ranking) : study_page(table, r, ranking));
  return 0;
}

}  // namespace steppe::cli
