#include "sim/app/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <optional>

#include "sim/base/rng.h"
#include "sim/base/units.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using io::Node;

constexpr size_t kMostRuns = 10'000'000;
constexpr size_t kMostSteps = 1'000'000;
/// Values of axes that are read one by one before anything runs.
constexpr size_t kMostChecked = 200;

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

// Polynomials and initial direction numbers of dimensions 2 to 21.
struct SobolRow {
  uint32_t degree, polynomial;
  std::array<uint32_t, 7> m;
};
constexpr std::array<SobolRow, kMostSobolDimensions - 1> kSobol{{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
}};

std::array<uint32_t, 32> sobol_directions(size_t dimension) {
  std::array<uint32_t, 32> v{};
  if (dimension == 0) {
    for (uint32_t i = 0; i < 32; ++i) v[i] = uint32_t{1} << (31 - i);
    return v;
  }
  const SobolRow& row = kSobol.at(dimension - 1);
  const uint32_t s = row.degree;
  for (uint32_t i = 0; i < s; ++i) v[i] = row.m[i] << (31 - i);
  for (uint32_t i = s; i < 32; ++i) {
    v[i] = v[i - s] ^ (v[i - s] >> s);
    for (uint32_t k = 1; k < s; ++k)
      if ((row.polynomial >> (s - 1 - k)) & 1) v[i] ^= v[i - k];
  }
  return v;
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

uint64_t hash_file(const std::string& path) {
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
                    "record", "note"},
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
    if (d_.ok() && out_.inputs.empty() && out_.seeds_.empty())
      d_.error(root.loc, "the study is empty: nothing varies in it",
               "give 'axes', 'sample' or 'seeds'");
    if (d_.ok()) check_size(root);
    return std::move(out_);
  }

 private:
  void read_scenario(const Node& root) {
    const Node* n = root.find("scenario");
    if (!n) {
      d_.error(root.loc, "the study names no 'scenario'");
      return;
    }
    const auto text = io::read_text(*n, d_, "scenario");
    if (!text) return;
    const std::string base = folder_.empty() ? fs::path(out_.path).parent_path().string() : folder_;
    out_.scenario = io::resolve_path(*text, base);
    std::error_code ec;
    if (folder_.empty() && !fs::is_regular_file(out_.scenario, ec))
      d_.error(n->loc, fmt::format("there is no file {}", out_.scenario));
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
    if (!io::check_keys(s, {"method", "n", "seed", "over"}, d_, "sample")) return;
    std::string method = "lhs";
    if (const Node* m = s.find("method")) {
      method = m->scalar;
      if (method != "lhs" && method != "sobol" && method != "random") {
        const auto near = nearest(method, {"lhs", "sobol", "random"});
        d_.error(m->loc,
                 fmt::format("method is {}, expected lhs, sobol or random", io::describe(*m)),
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
    if (!d_.ok() || n == 0 || n * distributions.size() > kMostRuns) return;
    out_.sample_size_ = n;
    const size_t k = distributions.size();
    out_.sampled_.resize(n * k);
    for (size_t j = 0; j < k; ++j) {
      // A stream of its own for each path: one more input leaves the others as they are.
      const std::string& path = over->items[j].key;
      std::vector<double> u(n);
      if (method == "lhs") {
        u = latin_hypercube(n, seed, path);
      } else if (method == "random") {
        Rng rng(seed, "sample/" + path);
        for (double& x : u) x = rng.uniform();
      } else {
        // Seed 0 is the plain sequence. The half keeps 0 out, where a normal has no quantile.
        const auto shift =
            seed == 0 ? 0 : static_cast<uint32_t>(Rng(seed, "sobol/" + path).next() >> 32);
        for (size_t i = 0; i < n; ++i)
          u[i] = sobol_point(static_cast<uint32_t>(i), j, shift) + 0x1p-33;
      }
      for (size_t i = 0; i < n; ++i) out_.sampled_[i * k + j] = distributions[j].value(u[i]);
    }
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
  for (size_t i = 0; i < inputs.size(); ++i) out.push_back({inputs[i].path, run.values[i]});
  return out;
}

double Study::number(size_t i, const std::string& text) const {
  if (inputs[i].text) return std::nan("");
  return number_in(text, inputs[i].unit).value_or(std::nan(""));
}

Study load_study(const std::string& path, Diagnostics& d, const std::string& folder) {
  return StudyReader(d, folder).read(path);
}

namespace {

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

void check_study(const Study& study, const core::Registry& registry, Diagnostics& d) {
  constexpr size_t kNone = static_cast<size_t>(-1);
  // One build each: what only shows in a built system (a signal, a port) is found too.
  std::vector<size_t> ends{0};
  if (study.size() > 1) ends.push_back(study.size() - 1);
  for (const size_t i : ends) {
    const StudyRun run = study.run(i);
    Diagnostics found;
    Simulation::load(study.scenario, study.overrides(run), study.profile, registry, found);
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
      load_scenario(study.scenario, study.overrides(run), study.profile, registry,
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
    for (size_t r = 0; r < table.rows().size(); ++r)
      if (table.rows()[r].kind == core::ParamKind::file) {
        const auto value = table.get(params, static_cast<int>(r));
        if (const auto* f = std::get_if<std::string>(&value); f && !f->empty()) files.push_back(*f);
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

double sobol_point(uint32_t index, size_t dimension, uint32_t shift) {
  const auto v = sobol_directions(dimension);
  // The order of Gray's code, as usual: consecutive points differ in one direction.
  const uint32_t gray = index ^ (index >> 1);
  uint32_t x = shift;
  for (uint32_t b = 0; b < 32; ++b)
    if ((gray >> b) & 1) x ^= v[b];
  return static_cast<double>(x) * 0x1p-32;
}

std::vector<double> latin_hypercube(size_t n, uint64_t seed, std::string_view dimension) {
  Rng rng(seed, "lhs/" + std::string(dimension));
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = n; i > 1; --i)
    std::swap(order[i - 1], order[static_cast<size_t>(rng.uniform() * static_cast<double>(i))]);
  std::vector<double> out(n);
  for (size_t i = 0; i < n; ++i)
    out[i] = (static_cast<double>(order[i]) + rng.uniform()) / static_cast<double>(n);
  return out;
}

double normal_quantile(double p) {
  // Acklam's rational approximation (relative error 1.15e-9), then one step of Halley.
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                          6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                          3.754408661907416e+00};
  auto tail = [&](double q) {
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
  };
  double x = 0.0;
  if (p < 0.02425) {
    x = tail(std::sqrt(-2.0 * std::log(p)));
  } else if (p > 1.0 - 0.02425) {
    x = -tail(std::sqrt(-2.0 * std::log1p(-p)));
  } else {
    const double q = p - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
  }
  const double e = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
  const double u = e * std::sqrt(2.0 * std::numbers::pi) * std::exp(0.5 * x * x);
  return x - u / (1.0 + 0.5 * x * u);
}

}  // namespace steppe::app
