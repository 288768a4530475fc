// The form of a study file: keys, units, ranges, distributions.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <numbers>
#include <optional>

#include "sim/app/sampling.h"
#include "sim/app/study.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using io::Node;

constexpr size_t kMostRuns = 10'000'000;
constexpr size_t kMostSteps = 1'000'000;

/// "5 MW" as the number as typed and the unit as typed.
struct Typed {
  double number = 0.0;
  std::string unit;
};

std::optional<Typed> typed_number(const std::string& text) {
  Typed out;
  const char *begin = text.data(), *const end = begin + text.size();
  while (begin < end && (*begin == ' ' || *begin == '+')) ++begin;
  const auto [rest, ec] = std::from_chars(begin, end, out.number);
  if (ec != std::errc() || !std::isfinite(out.number)) return std::nullopt;
  out.unit.assign(rest, end);
  const size_t first = out.unit.find_first_not_of(' ');
  out.unit = first == std::string::npos ? "" : out.unit.substr(first);
  while (!out.unit.empty() && out.unit.back() == ' ') out.unit.pop_back();
  if (!out.unit.empty() && !parse_unit(out.unit)) return std::nullopt;
  return out;
}

/// Number of `text` in `unit`; nullopt when it is no number of that dimension. A bare number is in
/// the parameter's own unit, so it fits only where all are bare.
std::optional<double> number_in(const std::string& text, const std::string& unit) {
  const auto q = parse_quantity(text);
  if (!q || q->has_unit == unit.empty()) return std::nullopt;
  if (unit.empty()) return q->value;
  const auto typed = typed_number(text);
  if (typed && typed->unit == unit) return typed->number;  // not through SI and back: exact
  const auto u = parse_unit(unit);
  if (!u || !(u->dimension == q->dimension)) return std::nullopt;
  return (q->value - u->offset) / u->scale;
}

/// Twelve digits: 0.1 · 3 reads 0.3, and the run's id does not hang on the last bit.
std::string value_text(double number, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.12g}", number) : fmt::format("{:.12g} {}", number, unit);
}

/// A distribution of the sample: quantile function over (0, 1).
struct Distribution {
  enum class Kind { uniform, log_uniform, normal, triangular, choice } kind = Kind::uniform;
  std::vector<double> p;             ///< in `unit`
  std::vector<std::string> choices;  ///< as typed
  std::string unit;

  std::string value(double u) const {
    switch (kind) {
      case Kind::uniform:
        return value_text(p[0] + u * (p[1] - p[0]), unit);
      case Kind::log_uniform:
        return value_text(p[0] * std::pow(p[1] / p[0], u), unit);
      case Kind::normal:
        return value_text(p[0] + p[1] * normal_quantile(u), unit);
      case Kind::triangular: {
        const double a = p[0], m = p[1], b = p[2], at = (m - a) / (b - a);
        return value_text(u < at ? a + std::sqrt(u * (b - a) * (m - a))
                                 : b - std::sqrt((1 - u) * (b - a) * (b - m)),
                          unit);
      }
      case Kind::choice:
        break;
    }
    const auto n = static_cast<double>(choices.size());
    return choices[static_cast<size_t>(std::min(n - 1, std::floor(u * n)))];
  }
};

}  // namespace

class StudyReader {
 public:
  StudyReader(Diagnostics& d, std::string folder) : d_(d), folder_(std::move(folder)) {}

  Study read(const std::string& path) {
    Node root;
    try {
      root = io::load_yaml_file(path);
    } catch (const UserError& e) {
      d_.add(e.diagnostics());
      return {};
    }
    out_.path = path;
    out_.source = root.loc.source ? root.loc.source->text : "";
    out_.name = fs::path(path).stem().string();
    if (!root.is_map()) {
      d_.error(root.loc, "a study is a map with keys such as study, scenario, axes, sample");
      return std::move(out_);
    }
    io::check_keys(root,
                   {"steppe", "study", "scenario", "axes", "sample", "seeds", "until", "profile",
                    "record", "figures", "least", "note"},
                   d_, "study");
    if (const Node* v = root.find("steppe"); !v || v->scalar != "1")
      d_.error(v ? v->loc : root.loc,
               "a study begins with 'steppe: 1' (the version of the format)");
    if (const Node* n = root.find("study"))
      if (auto text = io::read_text(*n, d_, "study")) out_.name = *text;
    read_scenario(root);
    if (const Node* n = root.find("axes")) read_axes(*n);
    if (const Node* n = root.find("sample")) read_sample(*n);
    if (const Node* n = root.find("seeds")) read_seeds(*n);
    if (const Node* n = root.find("until")) {
      const auto t = io::read_quantity(*n, "s", d_, "until");
      if (t && *t <= 0.0) d_.error(n->loc, "'until' must be more than 0");
      out_.until = n->scalar;
      out_.until_loc_ = n->loc;
    }
    if (const Node* n = root.find("profile")) {
      if (auto text = io::read_text(*n, d_, "profile")) out_.profile = *text;
      out_.profile_loc_ = n->loc;
    }
    if (const Node* n = root.find("record")) {
      if (n->scalar == "series")
        out_.record = Study::Record::series;
      else if (n->scalar != "kpi")
        d_.error(n->loc, fmt::format("record is {}, expected kpi or series", io::describe(*n)));
    }
    if (const Node* n = root.find("figures")) read_figures(*n);
    if (const Node* n = root.find("least"); n && io::check_keys(*n, {"of", "where"}, d_, "least")) {
      if (const Node* of = n->find("of"))
        out_.least.of = io::read_text(*of, d_, "of").value_or("");
      else
        d_.error(n->loc, "'least' needs 'of', the KPI whose least value is wanted");
      if (const Node* where = n->find("where"))
        out_.least.where = io::read_text(*where, d_, "where").value_or("");
    }
    if (d_.ok() && out_.inputs.empty() && out_.seeds_.empty())
      d_.error(root.loc, "the study is empty: nothing varies in it",
               "give 'axes', 'sample' or 'seeds'");
    if (d_.ok()) check_size(root);
    return std::move(out_);
  }

 private:
  void read_scenario(const Node& root) {
    out_.folder_ = folder_.empty() ? fs::path(out_.path).parent_path().string() : folder_;
    const Node* n = root.find("scenario");
    const Node* axes = root.find("axes");
    const Node* axis = axes && axes->is_map() ? axes->find(kScenarioAxis) : nullptr;
    if (n && axis)
      d_.error(n->loc, "the scenario is given twice, here and as an axis", "", axis->loc);
    if (!n && !axis) d_.error(root.loc, "the study names no 'scenario'");
    auto one = [&](const Node& node) {
      const auto text = io::read_text(node, d_, "scenario");
      if (!text) return;
      const std::string path = io::resolve_path(*text, out_.folder_);
      std::error_code ec;
      if (folder_.empty() && !fs::is_regular_file(path, ec))
        d_.error(node.loc, fmt::format("there is no file {}", path));
      if (out_.scenario.empty()) out_.scenario = path;
    };
    if (axis && !axis->is_sequence())
      d_.error(axis->loc, "the axis 'scenario' is a list of scenario files");
    else if (axis)
      for (const Node& v : axis->seq) one(v);
    else if (n)
      one(*n);
  }

  void read_figures(const Node& figures) {
    if (!figures.is_map()) {
      d_.error(figures.loc,
               fmt::format("'figures' is {}, expected a map of names", io::describe(figures)),
               "e.g. cost_owned: {value: cost_total + battery_capital, unit: CNY}");
      return;
    }
    for (const auto& e : figures.items) {
      if (!io::check_keys(e.value, {"value", "unit"}, d_, e.key)) continue;
      StudyFigure f;
      f.name = e.key;
      const Node *value = e.value.find("value"), *unit = e.value.find("unit");
      if (!value) {
        d_.error(e.value.loc, fmt::format("'{}' needs a 'value' made of KPIs", e.key));
        continue;
      }
      f.value = io::read_text(*value, d_, "value").value_or("");
      f.loc = value->loc;
      if (unit) f.unit = io::read_text(*unit, d_, "unit").value_or("1");
      if (unit && !parse_unit(f.unit))
        d_.error(unit->loc, fmt::format("'{}' is not a unit that steppe knows", f.unit));
      out_.figures.push_back(std::move(f));
    }
  }

  bool add_input(const io::Entry& e) {
    for (const auto& i : out_.inputs)
      if (i.path == e.key) {
        d_.error(e.key_loc, fmt::format("'{}' varies twice", e.key), "", i.path_loc);
        return false;
      }
    if (e.key == "run.seed") {
      d_.error(e.key_loc, "the seed does not belong here", "give 'seeds: [1, 2]' or 'seeds: 2'");
      return false;
    }
    StudyInput in;
    in.path = e.key;
    in.path_loc = e.key_loc;
    out_.inputs.push_back(std::move(in));
    return true;
  }

  /// Unit of the column and whether it is one of numbers, from all values that may occur.
  void settle_unit(StudyInput& in, const std::vector<std::string>& values) {
    const auto first = typed_number(values.front());
    in.unit = first ? first->unit : "";
    // "2 h 10 min" has no single unit; any other value may give one.
    for (const auto& v : values)
      if (const auto t = typed_number(v); in.unit.empty() && t) in.unit = t->unit;
    in.text = std::any_of(values.begin(), values.end(),
                          [&](const std::string& v) { return !number_in(v, in.unit); });
    if (in.text) in.unit.clear();
  }

  void read_axes(const Node& axes) {
    if (!axes.is_map()) {
      d_.error(axes.loc, fmt::format("'axes' is {}, expected a map of scenario paths and values",
                                     io::describe(axes)));
      return;
    }
    for (const auto& e : axes.items) {
      if (!add_input(e)) continue;
      std::vector<std::string> values;
      StudyInput& in = out_.inputs.back();
      if (e.value.is_sequence()) {
        for (const Node& n : e.value.seq) {
          if (const auto v = io::read_text(n, d_, e.key)) values.push_back(*v);
          in.value_locs.push_back(n.loc);
        }
        if (e.value.seq.empty()) d_.error(e.value.loc, fmt::format("'{}' has no values", e.key));
      } else if (e.value.is_map()) {
        values = range(e.value, e.key);
        in.value_locs.assign(values.size(), e.value.loc);
      } else {
        d_.error(
            e.value.loc,
            fmt::format("'{}' is {}, expected a list or a range", e.key, io::describe(e.value)),
            "e.g. [5 MW, 10 MW] or {from: 5 MW, to: 20 MW, steps: 4}");
      }
      if (values.empty()) continue;
      settle_unit(in, values);
      out_.axes_.push_back(std::move(values));
    }
  }

  /// A number with its unit; the unit of the first one holds for all.
  std::optional<double> in_unit(const Node& n, const std::string& what, std::string& unit,
                                bool first) {
    const auto text = io::read_text(n, d_, what);
    if (!text) return std::nullopt;
    if (first) {
      const auto t = typed_number(*text);
      if (!t) {
        d_.error(n.loc, fmt::format("'{}: {}' is no number with one unit", what, *text));
        return std::nullopt;
      }
      unit = t->unit;
      return t->number;
    }
    const auto v = number_in(*text, unit);
    if (!v)
      d_.error(n.loc, fmt::format("'{}: {}' is no number [{}]", what, *text,
                                  unit.empty() ? "without a unit" : unit));
    return v;
  }

  std::vector<std::string> range(const Node& n, const std::string& path) {
    if (!io::check_keys(n, {"from", "to", "steps", "step", "scale"}, d_, "range")) return {};
    const Node *from = n.find("from"), *to = n.find("to"), *steps = n.find("steps"),
               *step = n.find("step"), *scale = n.find("scale");
    if (!from || !to || (!steps == !step)) {
      d_.error(n.loc,
               fmt::format("the range of '{}' needs from, to, and one of steps and step", path));
      return {};
    }
    std::string unit;
    const auto a = in_unit(*from, "from", unit, true);
    if (!a) return {};
    const auto b = in_unit(*to, "to", unit, false);
    if (!b) return {};
    const bool log = scale && scale->scalar == "log";
    if (scale && !log && scale->scalar != "linear") {
      d_.error(scale->loc,
               fmt::format("scale is {}, expected linear or log", io::describe(*scale)));
      return {};
    }
    if (log && (*a <= 0.0 || *b <= 0.0)) {
      d_.error(from->loc, "a logarithmic range needs both ends above 0");
      return {};
    }
    std::vector<double> x;
    if (steps) {
      const auto count = io::read_integer(*steps, d_, "steps");
      if (!count) return {};
      if (*count < 1 || static_cast<size_t>(*count) > kMostSteps || (*count == 1 && *a != *b)) {
        d_.error(steps->loc, fmt::format("steps is the number of values, 2 to {}", kMostSteps));
        return {};
      }
      const auto m = static_cast<size_t>(*count);
      for (size_t i = 0; i < m; ++i) {
        const double s = m == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(m - 1);
        // The ends are as typed.
        x.push_back(i == 0       ? *a
                    : i + 1 == m ? *b
                    : log        ? *a * std::pow(*b / *a, s)
                                 : *a + s * (*b - *a));
      }
    } else {
      if (log) {
        d_.error(step->loc, "a logarithmic range takes 'steps', not 'step'");
        return {};
      }
      // A difference of temperatures has no zero of its own: "step: 2 K" for degC.
      double h = 0.0;
      const auto typed = typed_number(step->scalar);
      const auto u = parse_unit(unit.empty() ? "1" : unit);
      const auto su = parse_unit(!typed || typed->unit.empty() ? "1" : typed->unit);
      if (!typed || !u || !su || (typed->unit.empty() != unit.empty()) ||
          !(u->dimension == su->dimension)) {
        d_.error(step->loc, fmt::format("'step: {}' does not fit [{}]", step->scalar,
                                        unit.empty() ? "no unit" : unit));
        return {};
      }
      h = typed->number * su->scale / u->scale;
      const double n_steps = (*b - *a) / h;
      if (h == 0.0 || n_steps < 0.0 || n_steps > static_cast<double>(kMostSteps)) {
        d_.error(step->loc, "'step' does not lead from 'from' to 'to'");
        return {};
      }
      const auto m = static_cast<size_t>(std::floor(n_steps * (1 + 1e-12) + 1e-12));
      for (size_t i = 0; i <= m; ++i) x.push_back(*a + static_cast<double>(i) * h);
    }
    std::vector<std::string> out;
    for (double v : x) out.push_back(value_text(v, unit));
    return out;
  }

  std::optional<Distribution> distribution(const Node& n, const std::string& path) {
    static const std::map<std::string, Distribution::Kind> kinds{
        {"uniform", Distribution::Kind::uniform},
        {"log_uniform", Distribution::Kind::log_uniform},
        {"normal", Distribution::Kind::normal},
        {"triangular", Distribution::Kind::triangular},
        {"choice", Distribution::Kind::choice}};
    const char* const form =
        "e.g. {uniform: [5 MW, 20 MW]}, {normal: [5800, 300]}, "
        "{triangular: [low, mode, high]}, {choice: [a, b]}";
    if (!n.is_map() || n.items.size() != 1 || !kinds.count(n.items[0].key)) {
      const std::string near = n.is_map() && n.items.size() == 1
                                   ? nearest(n.items[0].key, {"uniform", "log_uniform", "normal",
                                                              "triangular", "choice"})
                                   : "";
      d_.error(n.loc, fmt::format("'{}' needs one distribution", path),
               near.empty() ? form : fmt::format("did you mean '{}'?", near));
      return std::nullopt;
    }
    Distribution out;
    out.kind = kinds.at(n.items[0].key);
    const Node& list = n.items[0].value;
    const size_t want = out.kind == Distribution::Kind::triangular ? 3 : 2;
    if (!list.is_sequence() || list.seq.empty() ||
        (out.kind != Distribution::Kind::choice && list.seq.size() != want)) {
      d_.error(
          list.loc,
          fmt::format(
              "'{}' of '{}' takes a list of {}", n.items[0].key, path,
              out.kind == Distribution::Kind::choice ? "values" : fmt::format("{} numbers", want)),
          form);
      return std::nullopt;
    }
    if (out.kind == Distribution::Kind::choice) {
      for (const Node& c : list.seq)
        if (const auto t = io::read_text(c, d_, path)) out.choices.push_back(*t);
      return out.choices.empty() ? std::nullopt : std::optional(out);
    }
    for (const Node& c : list.seq) {
      const bool first = out.p.empty();
      const auto typed = c.is_scalar() ? typed_number(c.scalar) : std::nullopt;
      const auto u = parse_unit(out.unit.empty() ? "1" : out.unit);
      // The width of a normal distribution of temperatures is a difference: 2 K beside 25 degC.
      if (!first && out.kind == Distribution::Kind::normal && typed && u && u->offset != 0.0) {
        const auto su = parse_unit(typed->unit.empty() ? "1" : typed->unit);
        if (su && su->dimension == u->dimension) {
          out.p.push_back(typed->number * su->scale / u->scale);
          continue;
        }
      }
      const auto v = in_unit(c, n.items[0].key, out.unit, first);
      if (!v) return std::nullopt;
      out.p.push_back(*v);
    }
    const auto& p = out.p;
    const bool good = out.kind == Distribution::Kind::normal        ? p[1] >= 0.0
                      : out.kind == Distribution::Kind::log_uniform ? p[0] > 0.0 && p[1] > p[0]
                      : out.kind == Distribution::Kind::triangular
                          ? p[0] <= p[1] && p[1] <= p[2] && p[0] < p[2]
                          : p[0] < p[1];
    if (!good) {
      d_.error(list.loc, fmt::format("the numbers of '{}' are not in order", n.items[0].key), form);
      return std::nullopt;
    }
    return out;
  }

  void read_sample(const Node& s) {
    if (!io::check_keys(s, {"method", "n", "seed", "over", "correlations"}, d_, "sample")) return;
    std::string method = "lhs";
    if (const Node* m = s.find("method")) {
      method = m->scalar;
      const std::vector<std::string> methods{"lhs", "sobol", "random", "saltelli"};
      if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
        const auto near = nearest(method, methods);
        d_.error(
            m->loc,
            fmt::format("method is {}, expected lhs, sobol, random or saltelli", io::describe(*m)),
            near.empty() ? "" : fmt::format("did you mean '{}'?", near));
      }
    }
    size_t n = 0;
    if (const Node* c = s.find("n")) {
      if (const auto v = io::read_integer(*c, d_, "n")) {
        if (*v < 1 || static_cast<size_t>(*v) > kMostRuns)
          d_.error(c->loc, fmt::format("'n' must be 1 to {}", kMostRuns));
        else
          n = static_cast<size_t>(*v);
      }
    } else {
      d_.error(s.loc, "the sample needs 'n', the number of its points");
    }
    uint64_t seed = 1;
    if (const Node* c = s.find("seed"))
      if (const auto v = io::read_integer(*c, d_, "seed")) seed = static_cast<uint64_t>(*v);
    const Node* over = s.find("over");
    if (!over || !over->is_map() || over->items.empty()) {
      d_.error(over ? over->loc : s.loc,
               "the sample needs 'over', a map of scenario paths and distributions");
      return;
    }
    if (method == "sobol" && over->items.size() > kMostSobolDimensions)
      d_.error(over->loc, fmt::format("the Sobol sequence here has {} dimensions, this sample {}",
                                      kMostSobolDimensions, over->items.size()));
    std::vector<Distribution> distributions;
    for (const auto& e : over->items) {
      if (!add_input(e)) continue;
      const auto dist = distribution(e.value, e.key);
      if (!dist) continue;
      StudyInput& in = out_.inputs.back();
      in.value_locs = {e.value.loc};
      if (dist->kind == Distribution::Kind::choice)
        settle_unit(in, dist->choices);
      else
        in.unit = dist->unit;
      distributions.push_back(*dist);
    }
    const size_t k = distributions.size();
    const bool saltelli = method == "saltelli";
    const size_t points = saltelli ? n * (k + 2) : n;
    if (saltelli && out_.inputs.size() > k)
      d_.error(s.loc, "a saltelli sample stands alone: its indices need all that varies in 'over'",
               "move the axes into 'over', or take another method");
    std::vector<double> factor;
    if (const Node* c = s.find("correlations")) factor = correlations(*c, *over, saltelli);
    if (!d_.ok() || n == 0 || points * k > kMostRuns) return;
    std::vector<double> u = saltelli ? saltelli_points(n, k, seed, over->items)
                                     : plain_points(method, n, k, seed, over->items);
    if (!factor.empty()) correlate(u, k, factor, method == "lhs");
    out_.sample_size_ = points;
    out_.saltelli_ = saltelli ? k : 0;
    out_.sampled_.resize(u.size());
    for (size_t i = 0; i < u.size(); ++i) out_.sampled_[i] = distributions[i % k].value(u[i]);
  }

  /// Points × k coordinates in (0, 1).
  static std::vector<double> plain_points(const std::string& method, size_t n, size_t k,
                                          uint64_t seed, const std::vector<io::Entry>& over) {
    std::vector<double> out(n * k);
    for (size_t j = 0; j < k; ++j) {
      // A stream of its own for each path: one more input leaves the others as they are.
      const std::string& path = over[j].key;
      std::vector<double> u(n);
      if (method == "lhs") {
        u = latin_hypercube(n, seed, path);
      } else if (method == "random") {
        Rng rng(seed, "sample/" + path);
        for (double& x : u) x = rng.uniform();
      } else {
        for (size_t i = 0; i < n; ++i) u[i] = sobol(i, j, seed, path);
      }
      for (size_t i = 0; i < n; ++i) out[i * k + j] = u[i];
    }
    return out;
  }

  /// Seed 0 is the plain sequence. The half keeps 0 out, where a normal has no quantile.
  static double sobol(size_t i, size_t dimension, uint64_t seed, const std::string& path) {
    const auto shift =
        seed == 0 ? 0 : static_cast<uint32_t>(Rng(seed, "sobol/" + path).next() >> 32);
    return sobol_point(static_cast<uint32_t>(i), dimension, shift) + 0x1p-33;
  }

  /// A, B, and A with one column from B, for each of n base points: the design of [Saltelli 2010]
  /// over a Sobol sequence of 2k dimensions, or over two Latin hypercubes where that has too few.
  static std::vector<double> saltelli_points(size_t n, size_t k, uint64_t seed,
                                             const std::vector<io::Entry>& over) {
    std::vector<std::vector<double>> a(k), b(k);
    for (size_t j = 0; j < k; ++j) {
      const std::string& path = over[j].key;
      if (2 * k > kMostSobolDimensions) {
        a[j] = latin_hypercube(n, seed, path);
        b[j] = latin_hypercube(n, seed, path + "/b");
        continue;
      }
      for (size_t i = 0; i < n; ++i) {
        a[j].push_back(sobol(i, j, seed, path));
        b[j].push_back(sobol(i, k + j, seed, path + "/b"));
      }
    }
    std::vector<double> out;
    for (size_t i = 0; i < n; ++i)
      for (size_t row = 0; row < k + 2; ++row)
        for (size_t j = 0; j < k; ++j) out.push_back(row == 1 || row == j + 2 ? b[j][i] : a[j][i]);
    return out;
  }

  /// Rank correlations [[path, path, value], …] as the Cholesky factor of a Gaussian copula; empty
  /// after an error.
  std::vector<double> correlations(const Node& n, const Node& over, bool saltelli) {
    const char* const form = "a list such as [[bess.power, load.rate, 0.6]]";
    if (saltelli)
      d_.error(n.loc,
               "Sobol's indices hold for independent inputs: a saltelli sample has no "
               "correlations");
    const size_t k = over.items.size();
    std::vector<double> r(k * k, 0.0);
    for (size_t i = 0; i < k; ++i) r[i * k + i] = 1.0;
    if (!n.is_sequence()) {
      d_.error(n.loc, fmt::format("correlations is {}, expected {}", io::describe(n), form));
      return {};
    }
    std::vector<std::string> paths;
    for (const auto& e : over.items) paths.push_back(e.key);
    for (const Node& c : n.seq) {
      if (!c.is_sequence() || c.seq.size() != 3 || !c.seq[0].is_scalar() || !c.seq[1].is_scalar()) {
        d_.error(c.loc, fmt::format("a correlation is two paths and a number, in {}", form));
        continue;
      }
      size_t at[2] = {0, 0};
      bool known = true;
      for (int e = 0; e < 2; ++e) {
        const Node& path = c.seq[static_cast<size_t>(e)];
        const auto it = std::find(paths.begin(), paths.end(), path.scalar);
        at[e] = static_cast<size_t>(it - paths.begin());
        if (it != paths.end()) continue;
        known = false;
        const auto near = nearest(path.scalar, paths);
        d_.error(path.loc, fmt::format("'{}' is not sampled here", path.scalar),
                 near.empty() ? "" : fmt::format("did you mean '{}'?", near));
      }
      const auto rho = io::read_quantity(c.seq[2], "1", d_, "correlation");
      if (!known || !rho) continue;
      if (at[0] == at[1] || std::abs(*rho) >= 1.0) {
        d_.error(c.loc, "a correlation is between two inputs, and above -1 and below 1");
        continue;
      }
      // Of the normal scores, so that the ranks of the inputs have the one asked for
      // [Pearson 1907].
      r[at[0] * k + at[1]] = r[at[1] * k + at[0]] = 2.0 * std::sin(std::numbers::pi / 6.0 * *rho);
    }
    if (!d_.ok()) return {};
    auto l = cholesky(r, k);
    if (l.empty()) d_.error(n.loc, "no inputs can be correlated like that (not positive definite)");
    return l;
  }

  void read_seeds(const Node& n) {
    out_.seeds_loc_ = n.loc;
    if (n.is_sequence()) {
      for (const Node& s : n.seq)
        if (const auto v = io::read_integer(s, d_, "seeds")) {
          if (*v < 0) d_.error(s.loc, "a seed is 0 or more");
          out_.seeds_.push_back(static_cast<uint64_t>(*v));
        }
      if (n.seq.empty()) d_.error(n.loc, "'seeds' is empty");
      return;
    }
    const auto count = io::read_integer(n, d_, "seeds");
    if (!count) return;
    if (*count < 1 || static_cast<size_t>(*count) > kMostRuns) {
      d_.error(n.loc, fmt::format("'seeds' is a list, or their number from 1 to {}", kMostRuns));
      return;
    }
    for (int64_t i = 1; i <= *count; ++i) out_.seeds_.push_back(static_cast<uint64_t>(i));
  }

  void check_size(const Node& root) {
    double n = 1.0;
    for (const auto& a : out_.axes_) n *= static_cast<double>(a.size());
    n *= static_cast<double>(std::max<size_t>(1, out_.sample_size_));
    n *= static_cast<double>(std::max<size_t>(1, out_.seeds_.size()));
    if (n > static_cast<double>(kMostRuns))
      d_.error(root.loc,
               fmt::format("the study has {:.3g} runs; at most {} are possible", n, kMostRuns));
  }

  Diagnostics& d_;
  std::string folder_;
  Study out_;
};

double Study::number(size_t i, const std::string& text) const {
  if (inputs[i].text) return std::nan("");
  return number_in(text, inputs[i].unit).value_or(std::nan(""));
}

Study load_study(const std::string& path, Diagnostics& d, const std::string& folder) {
  return StudyReader(d, folder).read(path);
}

}  // namespace steppe::app
