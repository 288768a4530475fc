// The engine against closed forms: accuracy, order, event times, ledger, restart.
#include <doctest/doctest.h>

#include <cmath>

#include "sim/solve/event_loop.h"
#include "tests/verify/toy_models.h"

using namespace steppe;
using namespace steppe::test;

namespace {

struct Watcher final : solve::Observer {
  std::vector<double> times;
  std::vector<solve::EventRecord> events;
  void sample(double t, const core::System&, const double*, const core::Ledger*, bool) override {
    times.push_back(t);
  }
  void record(double) override {}
  void event(const solve::EventRecord& e) override { events.push_back(e); }
};

solve::RunOptions options(double t_end, double rtol, solve::Method method) {
  solve::Profile p = solve::profile_named("thermal");
  p.rtol = rtol;
  p.method = method;
  p.record = t_end;
  p.max_step = t_end;
  p.ledger_limit = 1.0;
  solve::RunOptions o;
  o.t_end = t_end;
  o.windows.push_back({0, p});
  return o;
}

void connect(Site& site, const std::string& source, const std::string& target) {
  core::SignalSpec signal;
  signal.source = source;
  signal.target = target;
  site.spec.signals.push_back(signal);
}

double stiff_error(double a, double x0, double rtol, solve::Method method) {
  Site site;
  auto& p = site.add<Stiff>("s");
  p.a = a;
  p.x0 = x0;
  auto s = site.build();
  Watcher w;
  solve::run(*s, options(2.0, rtol, method), w);
  return std::abs(s->y[0] - std::cos(2.0) - (x0 - 1.0) * std::exp(2.0 * a));
}

}  // namespace

TEST_CASE("AC-8-01 stiff linear pair: error within 10 rtol") {
  for (const auto method : {solve::Method::sdirk, solve::Method::ida})
    for (const double a : {-1.0, -1e5})
      for (const double rtol : {1e-4, 1e-6}) {
        CAPTURE(a);
        CAPTURE(rtol);
        CAPTURE(static_cast<int>(method));
        CHECK(stiff_error(a, 1.5, rtol, method) < 10 * rtol);
      }
}

TEST_CASE("sdirk has order 3 at fixed steps") {
  // Steps are fixed by a loose tolerance and a small largest step; halving it must cut the error by
  // 2³.
  auto error = [](double h) {
    Site site;
    site.add<Stiff>("s").a = -2.0;
    auto s = site.build();
    s->y[0] = 1.5;
    auto i = solve::make_sdirk(*s, 0.0);
    solve::Options o;
    o.rtol = 1.0;
    o.newton_tol = 1e-12;
    o.max_step = o.first_step = h;
    s->refresh_mass(0.0);
    i->set_options(o);
    i->restart(0.0);
    std::vector<int> fired;
    double t = 0.0;
    while (t < 2.0) t = i->advance(2.0, fired);
    return std::abs(s->y[0] - std::cos(2.0) - 0.5 * std::exp(-4.0));
  };
  for (double h : {0.1, 0.05, 0.025}) {
    const double order = std::log2(error(h) / error(h / 2));
    CAPTURE(h);
    CHECK(order > 2.8);
    CHECK(order < 3.3);
  }
}

TEST_CASE("AC-8-02 guard located within 1e-6 s of the analytic time, with hysteresis") {
  for (const auto method : {solve::Method::sdirk, solve::Method::ida}) {
    Site site;
    auto& p = site.add<Boiler>("b");
    auto s = site.build();
    Watcher w;
    // The heater passes 400 K at 0.2 K/s: 1e-6 s is 2e-7 K, hence the tight tolerance.
    const auto r = solve::run(*s, options(3000.0, 1e-10, method), w);
    // T = P/k + (T0 − P/k)·e^{−kt/C} reaches 400 K; then it cools from 400 K to 390 K.
    const double t1 =
        -p.capacity / p.loss * std::log((p.t_off - p.power / p.loss) / (300.0 - p.power / p.loss));
    const double t2 = t1 + p.capacity / p.loss * std::log(p.t_off / p.t_on);
    REQUIRE(w.events.size() >= 2);
    CAPTURE(static_cast<int>(method));
    CHECK(std::abs(w.events[0].time - t1) < 1e-6);
    CHECK(std::abs(w.events[1].time - t2) < 2e-6);
    CHECK(w.events[0].to == "off");
    CHECK(r.residual_heat < 1e-8);
  }
}

TEST_CASE(
    "AC-8-04 a controller that holds its answer for one exchange: error of first order in it") {
  // Sampled as often as one likes, C T' = P − (k + gain) T.
  auto error = [](double exchange) {
    Site site;
    auto& p = site.add<Boiler>("b");
    p.power = 700.0;
    site.registry.processes.emplace("damper", Damper::type());
    core::ProcessSpec d;
    d.id = "d";
    d.type = &site.registry.processes.at("damper");
    d.params = d.type->make_params();
    site.spec.processes.push_back(d);
    connect(site, "b.temp", "d.temp");
    connect(site, "d.heat", "b.boost");
    auto s = site.build();
    auto o = options(200.0, 1e-9, solve::Method::sdirk);
    o.windows[0].profile.exchange = exchange;
    Watcher w;
    solve::run(*s, o, w);
    const double k = p.loss + 0.2, rest = p.power / k;
    return s->y[0] - rest - (300.0 - rest) * std::exp(-k * 200.0 / p.capacity);
  };
  for (double exchange : {10.0, 5.0, 2.5}) {
    const double ratio = error(exchange) / error(exchange / 2);
    CAPTURE(exchange);
    CHECK(ratio > 1.8);
    CHECK(ratio < 2.2);
  }
}

TEST_CASE("a switch without hysteresis is refused with the guards' names") {
  Site site;
  site.add<Chatter>("c");
  auto s = site.build();
  Watcher w;
  try {
    solve::run(*s, options(3.0, 1e-6, solve::Method::sdirk), w);
    FAIL("chattering went unnoticed");
  } catch (const SolveError& e) {
    CHECK(std::string(e.what()).find("c.") != std::string::npos);
    CHECK(std::string(e.what()).find("hysteresis") != std::string::npos);
  }
}

TEST_CASE("AC-8-08 a restart from a checkpoint repeats the uninterrupted run bit for bit") {
  auto prepare = [](Site& site) {
    site.add<Boiler>("b");
    site.add<Stiff>("s").a = -50.0;
  };
  Site a, b, c;
  prepare(a);
  prepare(b);
  prepare(c);
  auto opts = options(900.0, 1e-6, solve::Method::sdirk);
  opts.windows[0].profile.record = 10.0;
  auto sa = a.build();
  Watcher w;
  const auto whole = solve::run(*sa, opts, w);
  std::vector<char> state;
  auto first = opts;
  first.t_end = 430.0;
  first.on_checkpoint = [&](double, const std::vector<char>& bytes) { state = bytes; };
  auto sb = b.build();
  solve::run(*sb, first, w);
  auto second = opts;
  second.restart = &state;
  auto sc = c.build();
  const auto rest = solve::run(*sc, second, w);
  CHECK(sc->y == sa->y);
  CHECK(rest.ledger == whole.ledger);
}
