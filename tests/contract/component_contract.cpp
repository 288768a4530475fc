// What every component model promises, checked at scattered points for each type in the registry.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <new>
#include <set>
#include <sstream>

#include "models/registry.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"
#include "tests/support/bench.h"

namespace {
std::atomic<long> allocations{0};
}
// Counts what the program allocates; kernels must not.
[[gnu::noinline]] void* operator new(size_t n) {
  ++allocations;
  if (void* p = std::malloc(n ? n : 1)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace steppe::test {
namespace {

using core::EventContext;
using core::ParamKind;
using core::PortKind;
using core::VarKind;

constexpr int kPoints = 60;  // per combination of modes, half of them with random parameters

/// Lines of words of a data file, without comments.
std::vector<std::vector<std::string>> read_words(const std::string& file) {
  std::ifstream in(std::string(STEPPE_SOURCE_DIR) + "/tests/contract/" + file);
  REQUIRE(in.good());
  std::vector<std::vector<std::string>> out;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::vector<std::string> w;
    for (std::string s; words >> s;) w.push_back(s);
    if (!w.empty()) out.push_back(std::move(w));
  }
  return out;
}

/// Collects failures of one type and check; the first few are shown.
class Verdict {
 public:
  /// `quiet`: only collects.
  explicit Verdict(std::string type, bool quiet = false) : type_(std::move(type)), quiet_(quiet) {
    for (const auto& w : read_words("known_failures.txt"))
      if (w.size() > 2 && w[0] == type_) known_.insert(w[1]);
  }
  template <class... A>
  void fail(const std::string& check, fmt::format_string<A...> format, A&&... a) {
    auto& list = failures_[check];
    ++list.first;
    if (list.second.size() < 4) list.second.push_back(fmt::format(format, std::forward<A>(a)...));
  }
  std::set<std::string> failed() const {
    std::set<std::string> out;
    for (const auto& f : failures_) out.insert(f.first);
    return out;
  }
  ~Verdict() {
    if (quiet_) return;
    for (const auto& [check, list] : failures_) {
      if (known_.count(check)) continue;
      for (const auto& text : list.second)
        FAIL_CHECK(fmt::format("{}: {}: {} ({} in all)", type_, check, text, list.first));
    }
    for (const auto& k : known_)
      if (!failures_.count(k))
        FAIL_CHECK(fmt::format("{}: {} is listed as a known failure but holds", type_, k));
  }

 private:
  std::string type_;
  bool quiet_;
  std::set<std::string> known_;
  std::map<std::string, std::pair<int, std::vector<std::string>>> failures_;
};

/// Random value of a parameter inside its bounds; near the default where a bound is open.
core::ParamValue random_value(const core::ParamInfo& row, Rng& rng) {
  const auto real = [&](double normal) {
    double lo = row.bounds.lo, hi = row.bounds.hi;
    const double size = std::max(std::abs(normal), 1e-6);
    if (!std::isfinite(lo)) lo = normal - size;
    if (!std::isfinite(hi)) hi = normal + size;
    if (lo > 0.0 && hi / lo > 20.0)
      return std::clamp(lo * std::pow(hi / lo, rng.uniform()), lo, hi);
    return lo + (hi - lo) * rng.uniform();
  };
  switch (row.kind) {
    case ParamKind::real:
      return real(std::get<double>(row.value));
    case ParamKind::integer:
      return static_cast<int64_t>(
          std::llround(real(static_cast<double>(std::get<int64_t>(row.value)))));
    case ParamKind::boolean:
      return rng.uniform() < 0.5;
    case ParamKind::choice:
      return row.choices[rng.next() % row.choices.size()];
    case ParamKind::list:
    case ParamKind::text:
    case ParamKind::file:
      return row.value;
  }
  return row.value;
}

std::shared_ptr<void> random_params(const core::ComponentType& t, Rng& rng) {
  auto p = t.make_params();
  const auto& rows = t.params->rows();
  // The medium is what the bench fills its ports with, so it stays.
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name != "medium" && rows[i].name != "design_temp")
      t.params->set(p.get(), static_cast<int>(i), random_value(rows[i], rng));
  return p;
}

/// Scatters the unknowns around the model's guesses, inputs over their plausible range.
void scatter(Bench& b, const std::vector<double>& start, Rng& rng) {
  const auto& l = b.layout;
  const auto spread = [&](double s) { return s * (2.0 * rng.uniform() - 1.0); };
  for (const auto& port : l.ports) {
    const auto o = static_cast<size_t>(port.offset);
    switch (port.kind) {
      case PortKind::ac: {
        const double v = start[o] * (0.4 + 0.8 * rng.uniform()), angle = spread(0.4);
        b.x[o] = v * std::cos(angle);
        b.x[o + 1] = v * std::sin(angle);
        break;
      }
      case PortKind::dc:
        b.x[o] = start[o] * (0.5 + 0.7 * rng.uniform());
        break;
      case PortKind::fluid:
        b.x[o] = start[o] + spread(0.5) * std::max(std::abs(start[o]), 200.0);
        b.x[o + 1] = start[o + 1] + spread(12.0);
        break;
      case PortKind::heat:
        b.x[o] = start[o] + spread(12.0);
        break;
    }
  }
  for (size_t v = 0; v < l.vars.size(); ++v) {
    const auto& info = l.vars[v];
    const auto k = static_cast<size_t>(l.n_port_unknowns) + v;
    double s = 0.4 * std::max(std::abs(start[k]), 1e6 * info.atol);
    if (info.unit == "K") s = 12.0;
    if (info.lo > -1e299 && info.hi < 1e299) s = std::min(s, 0.4 * (info.hi - info.lo));
    b.x[k] = std::clamp(start[k] + spread(s), info.lo, info.hi);
  }
  for (size_t i = 0; i < l.inputs.size(); ++i)
    b.x[static_cast<size_t>(l.n_rows()) + i] =
        l.inputs[i].lo + (l.inputs[i].hi - l.inputs[i].lo) * rng.uniform();
}

std::string where(const Bench& b) {
  std::string text;
  for (size_t m = 0; m < b.modes.size(); ++m)
    text += b.layout.modes[m].name + "=" +
            b.layout.modes[m].values[static_cast<size_t>(b.modes[m])] + " ";
  for (int i = 0; i < b.layout.n_locals(); ++i)
    text += fmt::format("{}={:.6g} ", local_name(b.layout, i), b.x[static_cast<size_t>(i)]);
  return text;
}

bool all_finite(const std::vector<double>& v) {
  return std::all_of(v.begin(), v.end(), [](double d) { return std::isfinite(d); });
}

void check_finite(Bench& b, Verdict& verdict) {
  if (!all_finite(b.f) || !all_finite(b.mass) || !all_finite(b.outputs) || !all_finite(b.guards) ||
      !std::all_of(b.ledger.begin(), b.ledger.end(), [](double d) { return std::isfinite(d); }))
    verdict.fail("finite", "at {}", where(b));
}

void check_ledger(const Bench& b, Verdict& verdict) {
  constexpr double kClosure = 1e-9;
  const auto e = electrical_closure(b), h = heat_closure(b);
  if (!(std::abs(e.sum) <= kClosure * e.size + 1e-9))
    verdict.fail("ledger", "electrical side is off by {:.3g} W of {:.3g} W at {}", e.sum, e.size,
                 where(b));
  if (!(std::abs(h.sum) <= kClosure * h.size + 1e-9))
    verdict.fail("ledger", "heat side is off by {:.3g} W of {:.3g} W at {}", h.sum, h.size,
                 where(b));
}

/// A length of local unknown c that means something.
double size_of(const Bench& b, int c) {
  double size = std::max(std::abs(b.x[static_cast<size_t>(c)]), 1e-2);
  if (c >= b.layout.n_rows()) {
    const auto& input = b.layout.inputs[static_cast<size_t>(c - b.layout.n_rows())];
    size = std::max(size, 0.05 * (input.hi - input.lo));
  } else if (c >= b.layout.n_port_unknowns) {
    const auto& var = b.layout.vars[static_cast<size_t>(c - b.layout.n_port_unknowns)];
    size = std::max(size, 1e3 * var.atol);
  }
  return size;
}

/// Raises `noise` to the size of the terms of each row at this point.
void add_terms(const Bench& b, const std::vector<double>& jac, std::vector<double>& noise) {
  const int n = b.layout.n_locals();
  for (int r = 0; r < b.layout.n_rows(); ++r) {
    double sum = std::abs(b.f[static_cast<size_t>(r)]);
    for (int c = 0; c < n; ++c)
      sum += std::abs(jac[static_cast<size_t>(r * n + c)] * size_of(b, c));
    if (std::isfinite(sum))
      noise[static_cast<size_t>(r)] = std::max(noise[static_cast<size_t>(r)], sum);
  }
}

/// Exact derivatives against central differences of several step lengths; the best of them counts,
/// because short steps drown in rounding and long ones in curvature. `noise`: largest terms seen in
/// each row of this bench, what rounding is measured against.
void check_jacobian(Bench& b, std::vector<double>& noise, Verdict& verdict) {
  const int n = b.layout.n_locals(), rows = b.layout.n_rows();
  const std::vector<double> jac = b.jacobian();
  if (!all_finite(jac)) {
    verdict.fail("finite", "Jacobian at {}", where(b));
    return;
  }
  const auto x0 = b.x;
  add_terms(b, jac, noise);
  for (int c = 0; c < n; ++c) {
    const auto col = static_cast<size_t>(c);
    const double size = size_of(b, c);
    std::vector<double> best(static_cast<size_t>(rows), 1e300), seen(static_cast<size_t>(rows));
    for (double relative : {1e-4, 1e-5, 1e-6, 1e-7}) {
      const double h = relative * size;
      b.x[col] = x0[col] + h;
      b.eval();
      const auto up = b.f;
      b.x[col] = x0[col] - h;
      b.eval();
      for (int r = 0; r < rows; ++r) {
        const auto row = static_cast<size_t>(r);
        const double d = (up[row] - b.f[row]) / (2.0 * h), j = jac[static_cast<size_t>(r * n + c)];
        // A full swing of the unknown that moves the row by 1e-9 of its terms does not matter.
        const double allowed = 2e-4 * std::abs(j) + (4e-15 / h + 1e-9 / size) * noise[row];
        const double error = std::abs(d - j) / allowed;
        if (error < best[row]) {
          best[row] = error;
          seen[row] = d;
        }
      }
    }
    b.x = x0;
    for (int r = 0; r < rows; ++r)
      if (!(best[static_cast<size_t>(r)] <= 1.0))
        verdict.fail("jacobian", "row {} by {}: exact {:.8g}, difference {:.8g} at {}",
                     local_name(b.layout, r), local_name(b.layout, c),
                     jac[static_cast<size_t>(r * n + c)], seen[static_cast<size_t>(r)], where(b));
  }
  b.eval();
}

void check_lag(Bench& b, Verdict& verdict) {
  const auto& l = b.layout;
  for (size_t v = 0; v < l.vars.size(); ++v) {
    const int row = l.n_port_unknowns + static_cast<int>(v);
    const double m = b.mass[static_cast<size_t>(row)];
    if (m < 0.0) verdict.fail("lag", "lhs of {} is negative", l.vars[v].name);
    if (l.vars[v].kind == VarKind::algebraic && m != 0.0)
      verdict.fail("lag", "{} is algebraic but has lhs {}", l.vars[v].name, m);
    if (l.vars[v].kind == VarKind::storage && !(m > 0.0))
      verdict.fail("lag", "{} is a storage but has lhs {}", l.vars[v].name, m);
    if (l.vars[v].kind != VarKind::lag) continue;
    const double slope = b.jacobian()[static_cast<size_t>(row * l.n_locals() + row)];
    if (!(m > 0.0 && slope < 0.0))
      verdict.fail("lag", "{}: lhs {}, slope {} at {}", l.vars[v].name, m, slope, where(b));
  }
}

void check_allocation(Bench& b, Verdict& verdict) {
  const long before = allocations;
  b.eval();
  b.jacobian();
  if (allocations != before) verdict.fail("allocation", "{} allocations", allocations - before);
}

bool modes_valid(const Bench& b) {
  for (size_t m = 0; m < b.modes.size(); ++m)
    if (b.modes[m] < 0 || b.modes[m] >= static_cast<int>(b.layout.modes[m].values.size()))
      return false;
  return true;
}

/// A guard that fires must be left behind by its handler; handlers keep to their modes.
void check_events(Bench& b, Verdict& verdict) {
  const auto x0 = b.x;
  const auto modes0 = b.modes;
  const auto timers0 = b.timers;
  const auto restore = [&] {
    b.x = x0;
    b.modes = modes0;
    b.timers = timers0;
    b.eval();
  };
  for (size_t g = 0; g < b.layout.guards.size(); ++g) {
    if (!(b.guards[g] >= 0.0)) continue;
    b.event(EventContext::Kind::guard, static_cast<int>(g));
    b.eval();
    if (!modes_valid(b)) verdict.fail("event", "guard {} leaves a mode", b.layout.guards[g].name);
    if (!(b.guards[g] < 0.0))
      verdict.fail("guard", "{} still fires ({:.3g}) after its handler at {}",
                   b.layout.guards[g].name, b.guards[g], where(b));
    restore();
  }
  const auto try_event = [&](EventContext::Kind kind, int id, const std::string& name) {
    b.event(kind, id, 0.5);
    if (!modes_valid(b)) verdict.fail("event", "{} leaves a mode", name);
    b.eval();
    check_finite(b, verdict);
    restore();
  };
  for (size_t i = 0; i < b.layout.commands.size(); ++i)
    try_event(EventContext::Kind::command, static_cast<int>(i), b.layout.commands[i].name);
  for (size_t i = 0; i < b.layout.timers.size(); ++i)
    try_event(EventContext::Kind::timer, static_cast<int>(i), b.layout.timers[i].name);
  try_event(EventContext::Kind::start, 0, "start");
}

void check_metadata(const core::ComponentType& t, Verdict& verdict) {
  const auto text = [&](const std::string& s, const std::string& what) {
    if (s.empty()) verdict.fail("metadata", "{} is empty", what);
  };
  const auto unit = [&](const std::string& u, const std::string& what) {
    if (!parse_unit(u)) verdict.fail("metadata", "unit '{}' of {} is unknown", u, what);
  };
  text(t.help, "help of the type");
  text(t.domain, "domain of the type");
  std::set<std::string> names;
  const auto unique = [&](const std::string& n, const char* what) {
    if (!names.insert(n).second) verdict.fail("metadata", "name {} ({}) is used twice", n, what);
  };
  for (const auto& p : t.layout.ports) unique(p.name, "port");
  for (const auto& v : t.layout.vars) {
    unique(v.name, "variable");
    unit(v.unit, v.name);
    text(v.help, "help of " + v.name);
    if (!(v.atol > 0.0)) verdict.fail("metadata", "atol of {} is not positive", v.name);
    if (v.lo >= v.hi) verdict.fail("metadata", "bounds of {}", v.name);
  }
  for (const auto& i : t.layout.inputs) {
    unique(i.name, "input");
    unit(i.unit, i.name);
    text(i.help, "help of " + i.name);
    if (!(i.lo < i.hi)) verdict.fail("metadata", "range of input {}", i.name);
  }
  for (const auto& o : t.layout.outputs) {
    unique(o.name, "output");
    unit(o.unit, o.name);
    text(o.help, "help of " + o.name);
  }
  for (const auto& m : t.layout.modes) {
    unique(m.name, "mode");
    if (m.values.size() < 2) verdict.fail("metadata", "mode {} has one value", m.name);
  }
  for (const auto* list : {&t.layout.guards, &t.layout.timers, &t.layout.commands})
    for (const auto& n : *list) text(n.help, "help of " + n.name);
}

}  // namespace

/// Also used for processes: rows of a parameter table.
void check_table(const core::ParamTableBase& table, void* params,
                 const std::function<void(const std::string& check, const std::string&)>& fail) {
  std::set<std::string> names;
  for (size_t i = 0; i < table.rows().size(); ++i) {
    const auto& row = table.rows()[i];
    if (!names.insert(row.name).second) fail("metadata", row.name + " is declared twice");
    if (row.help.empty()) fail("metadata", "help of " + row.name + " is empty");
    if (row.source.empty()) fail("metadata", "source of " + row.name + " is empty");
    const bool number = row.kind == ParamKind::real || row.kind == ParamKind::integer ||
                        row.kind == ParamKind::list;
    if (number && !parse_unit(row.unit)) fail("metadata", "unit of " + row.name);
    if (const auto e = core::ParamTableBase::check(row, row.value); !e.empty())
      fail("metadata", "default of " + row.name + " " + e);
    const auto same = [](double a, double b) { return std::abs(a - b) <= 1e-14 * std::abs(b); };
    // Value as a user would write it, at its bounds and its default.
    if (row.kind == ParamKind::real) {
      const auto u = parse_unit(row.unit);
      for (double v : {std::get<double>(row.value), row.bounds.lo, row.bounds.hi}) {
        if (!std::isfinite(v) || !u) continue;
        std::string error;
        const auto text =
            fmt::format("{:.17g} {}", (v - u->offset) / u->scale, row.unit == "1" ? "" : row.unit);
        const double back = quantity_as(text, row.unit, error);
        if (!error.empty() || std::abs(back - v) > 1e-13 * (std::abs(v) + std::abs(u->offset)))
          fail("round_trip", fmt::format("{}: '{}' reads as {} ({})", row.name, text, back, error));
      }
    }
    table.set(params, static_cast<int>(i), row.value);
    const auto back = table.get(params, static_cast<int>(i));
    if (const auto* d = std::get_if<double>(&back)) {
      if (!same(*d, std::get<double>(row.value))) fail("round_trip", row.name + " changes");
    } else if (!(back == row.value)) {
      fail("round_trip", row.name + " changes");
    }
  }
}

static void check_component(const core::ComponentType& type, const core::Registry& registry,
                            const std::vector<std::string>& port_media, Verdict& verdict) {
  check_metadata(type, verdict);
  check_table(
      *type.params, type.make_params().get(),
      [&](const std::string& check, const std::string& text) { verdict.fail(check, "{}", text); });
  Rng rng(7, type.name);
  int combinations = 1;
  for (const auto& m : type.layout.modes) combinations *= static_cast<int>(m.values.size());
  for (int point = 0; point < kPoints; ++point) {
    const double altitude = point % 3 == 0 ? 0.0 : 3000.0 * rng.uniform();
    Bench b(type, registry, point % 2 ? random_params(type, rng) : nullptr, altitude, port_media);
    const auto start = b.x;
    std::vector<double> noise(static_cast<size_t>(type.layout.n_rows()), 1e-9);
    const auto set_modes = [&](int c) {
      for (size_t m = 0; m < type.layout.modes.size(); ++m) {
        const int n = static_cast<int>(type.layout.modes[m].values.size());
        b.modes[m] = c % n;
        c /= n;
      }
    };
    for (int c = 0; c < combinations; ++c) {
      set_modes(c);
      for (int k = 0; k < 6; ++k) {
        b.x = start;
        if (k > 0) scatter(b, start, rng);
        b.eval();
        add_terms(b, b.jacobian(), noise);
      }
    }
    for (int c = 0; c < combinations; ++c) {
      set_modes(c);
      if (point == 0)
        b.x = start;  // the guesses themselves
      else
        scatter(b, start, rng);
      b.eval();
      check_finite(b, verdict);
      check_ledger(b, verdict);
      check_lag(b, verdict);
      check_jacobian(b, noise, verdict);
      check_events(b, verdict);
      if (point < 2) check_allocation(b, verdict);
    }
  }
}

TEST_CASE("every component model keeps its contract") {
  const auto registry = models::registry();
  std::map<std::pair<std::string, std::string>, std::string> media;
  for (const auto& w : read_words("media.txt"))
    if (w.size() == 3) media[{w[0], w[1]}] = w[2];
  for (const auto& w : read_words("known_failures.txt"))
    CHECK_MESSAGE(
        (w.size() > 2 && (registry.components.count(w[0]) || registry.processes.count(w[0]))),
        "known_failures.txt: ", w[0]);

  for (const auto& [name, type] : registry.components) {
    CAPTURE(name);
    Verdict verdict(name);
    std::vector<std::string> port_media;
    for (const auto& p : type.layout.ports) {
      const auto it = media.find({name, p.name});
      port_media.push_back(it != media.end() ? it->second : "");
    }
    check_component(type, registry, port_media, verdict);
  }
}

namespace {

/// Breaks every promise that a kernel can break.
struct Broken {
  struct Params {
    double r;
  };
  static const core::ParamTable<Params>& params() {
    static const auto t =
        core::ParamTable<Params>{}.real("r", &Params::r, "ohm", 1.0, {0.1, 10.0}, "");
    return t;
  }
  static core::Layout layout() {
    return core::Layout{}
        .dc(0, "a")
        .var(0, {.name = "x", .unit = "V", .kind = VarKind::lag, .guess = 1.0, .help = "state"})
        .output(0, "y", "V", "output")
        .mode(0, {"state", {"one", "two"}, 0})
        .guard(0, "high", "always");
  }
  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const std::string text(100, 'x');  // allocates
    out.current(0, x.v(0) / p.r + core::value(x.var(0)) * static_cast<double>(text.size()));
    out.balance(0, 1.0, x.var(0) + x.v(0));  // runs away
    out.value(0, sqrt(-1.0 - x.v(0) * x.v(0)));
    out.guard(0, S(1.0));
  }
};

}  // namespace

TEST_CASE("the contract finds what is broken") {
  const auto registry = models::registry();
  const auto type = core::describe<Broken>("broken", "test", "a bad example");
  Verdict verdict("broken", true);
  check_component(type, registry, {}, verdict);
  const std::set<std::string> expected = {"jacobian", "ledger",   "finite", "allocation",
                                          "lag",      "metadata", "guard"};
  CHECK(verdict.failed() == expected);
}

}  // namespace steppe::test
