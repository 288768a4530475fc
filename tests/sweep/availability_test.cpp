// Availability: closed forms, the Markov chain and Monte Carlo against numbers on paper and against
// each other; messages; what a run makes of it.
#include "sim/app/availability.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "models/economics/availability.h"
#include "tests/sweep/study_fixture.h"

using namespace steppe;
using namespace steppe::test;
using app::AvailabilityModel;
using app::Block;

namespace {

constexpr double kHour = 3600.0, kYear = 8760.0 * kHour;

/// Equipment that is up the share `a` of the time, repaired in an hour.
app::Equipment unit(const std::string& id, double a, int count = 1, int needed = 1) {
  app::Equipment e;
  e.id = id;
  e.count = count;
  e.needed = needed;
  e.repair = kHour;
  e.rate = (1.0 / a - 1.0) / kHour;
  return e;
}

Block leaf(int equipment) {
  Block b;
  b.equipment = equipment;
  return b;
}

Block of(Block::Kind kind, std::vector<Block> parts, int copies = 1) {
  Block b;
  b.kind = kind;
  b.parts = std::move(parts);
  b.copies = copies;
  return b;
}

app::SiteFunction function(Block b, double ride = 0.0) {
  app::SiteFunction f;
  f.name = "f";
  f.block = std::move(b);
  f.ride_through = ride;
  return f;
}

double distance(double a, double b) { return std::abs(a / b - 1.0); }

/// Grid and two generators of which one is enough [AC-7-02].
AvailabilityModel grid_and_generators(int generators) {
  AvailabilityModel m;
  app::Equipment grid;
  grid.id = "grid";
  grid.rate = 1.956 / kYear;
  grid.repair = 1.32 * kHour;
  app::Equipment g;
  g.id = "generator";
  g.count = generators;
  g.start_failure = 0.0135;
  g.standby_for = 0;
  // Repaired soon, so that no start meets the failure of the one before.
  g.repair = 0.1 * kHour;
  m.equipment = {grid, g};
  return m;
}

}  // namespace

TEST_CASE("AC-7-01: series, k of n and two paths") {
  AvailabilityModel m;
  m.equipment = {unit("u", 0.9995, 4, 4), unit("v", 0.9995, 5, 4)};
  const auto series = app::closed_form(m, function(leaf(0)));
  CHECK(1.0 - series.down == doctest::Approx(0.99800150).epsilon(1e-9));
  CHECK(1.0 - app::closed_form(m, function(leaf(1))).down ==
        doctest::Approx(0.99999750).epsilon(5e-9));
  CHECK(1.0 - app::closed_form(m, function(of(Block::Kind::all, {leaf(0)}, 2))).down ==
        doctest::Approx(0.99999601).epsilon(5e-9));
  // The other implementation, of independent units without a structure.
  CHECK(distance(app::closed_form(m, function(leaf(1))).down, 1.0 - models::k_of_n(4, 5, 0.9995)) <
        1e-9);
  // Four units in series fail four times as often, while all are up.
  CHECK(distance(series.rate, 4.0 * m.equipment[0].rate * std::pow(0.9995, 4)) < 1e-12);
}

TEST_CASE("AC-7-02: unserved starts of one generator and of two") {
  const auto two = grid_and_generators(2), one = grid_and_generators(1);
  const auto f = function(of(Block::Kind::any, {leaf(0), leaf(1)}));
  const double up = 1.0 / (1.0 + 1.956 * 1.32 / 8760.0);
  const auto chain = app::markov(two, f);
  REQUIRE(chain);
  CHECK(distance(chain->rate * kYear, 1.956 * 0.0135 * 0.0135 * up) < 1e-3);
  CHECK(distance(chain->rate * kYear, 3.56e-4) < 2e-3);
  CHECK(distance(app::markov(one, f)->rate * kYear, 0.0264) < 1e-3);
  const auto mc = app::monte_carlo(two, f, 1);
  CHECK(mc.rate_sigma < 0.05 * mc.rate);
  CHECK(std::abs(mc.rate - chain->rate) < 3.0 * mc.rate_sigma);
  CHECK(std::abs(mc.down - chain->down) < 3.0 * mc.down_sigma);
}

TEST_CASE("AC-7-03: two repairable units; the interval covers as often as it says") {
  AvailabilityModel m;
  m.equipment = {unit("u", 0.99, 2, 1)};
  m.cycles = 2000;
  const auto f = function(leaf(0));
  const double down = std::pow(1.0 - 0.99, 2);
  CHECK(distance(app::closed_form(m, f).down, down) < 1e-12);
  CHECK(distance(app::markov(m, f)->down, down) < 1e-12);
  int covered = 0;
  constexpr int kSeeds = 200;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const auto mc = app::monte_carlo(m, f, static_cast<uint64_t>(seed));
    covered += std::abs(mc.down - down) < 1.96 * mc.down_sigma ? 1 : 0;
  }
  // 190 of 200 on average; fewer than 180 would come once in 1000 times.
  CHECK(covered >= 180);
  CHECK(covered < kSeeds);
}

TEST_CASE("AC-7-04: minutes of a year") {
  CHECK(models::downtime_hours(0.9999) * 60.0 == doctest::Approx(52.56).epsilon(1e-9));
}

TEST_CASE("chain and closed form agree on time and frequency, common causes and copies in") {
  AvailabilityModel m;
  m.equipment = {unit("a", 0.99, 3, 2), unit("b", 0.995), unit("c", 0.98, 2, 1)};
  m.equipment[0].common_cause = 0.1;
  m.equipment[1].common_cause = 0.05;
  for (const auto& b :
       {of(Block::Kind::all, {leaf(0), leaf(1), leaf(2)}),
        of(Block::Kind::any, {leaf(0), leaf(1), leaf(2)}),
        of(Block::Kind::all, {leaf(2), of(Block::Kind::all, {leaf(0), leaf(1)}, 2)})}) {
    const auto exact = app::closed_form(m, function(b));
    const auto chain = app::markov(m, function(b), 1000);
    REQUIRE(chain);
    CHECK(distance(chain->down, exact.down) < 1e-11);
    CHECK(distance(chain->rate, exact.rate) < 1e-11);
    const auto mc = app::monte_carlo(m, function(b), 4);
    CHECK(std::abs(mc.down - exact.down) < 3.3 * mc.down_sigma);
    CHECK(std::abs(mc.rate - exact.rate) < 3.3 * mc.rate_sigma);
  }
}

TEST_CASE("one repair crew: the birth and death chain on paper") {
  AvailabilityModel m;
  m.equipment = {unit("u", 0.9, 2, 1)};
  m.equipment[0].crews = 1;
  const double r = m.equipment[0].rate * kHour;
  const auto chain = app::markov(m, function(leaf(0)));
  CHECK(distance(chain->down, 2 * r * r / (1 + 2 * r + 2 * r * r)) < 1e-12);
  CHECK_THROWS_AS(([&] {
                    auto forced = m;
                    forced.method = AvailabilityModel::Method::closed_form;
                    app::outages_of(forced, function(leaf(0)), 1);
                  }()),
                  UserError);
}

TEST_CASE("ride-through: what is left of exponential repairs") {
  AvailabilityModel m;
  m.equipment = {unit("u", 0.999)};
  const double ride = 0.5 * kHour, kept = std::exp(-0.5);
  const auto exact = app::closed_form(m, function(leaf(0)));
  const auto mc = app::outages_of(m, function(leaf(0), ride), 7);
  CHECK(mc.method == AvailabilityModel::Method::monte_carlo);
  CHECK(std::abs(mc.rate - exact.rate * kept) < 3.0 * mc.rate_sigma);
  CHECK(std::abs(mc.down - exact.down * kept) < 3.0 * mc.down_sigma);
}

TEST_CASE("importance sampling: one outage in a million is found, and far sooner than without") {
  AvailabilityModel m;
  m.equipment = {unit("u", 0.999, 4, 3)};
  const auto f = function(leaf(0));
  const double down = app::closed_form(m, f).down;  // 6·10⁻⁶
  const auto biased = app::monte_carlo(m, f, 3);
  CHECK(std::abs(biased.down - down) < 3.0 * biased.down_sigma);
  CHECK(biased.down_sigma < 0.03 * down);
  m.cycles = 200000;
  const auto plain = app::monte_carlo(m, f, 3, nullptr, false);
  CHECK(std::abs(plain.down - down) < 3.3 * plain.down_sigma);
  // Variance times cycles.
  const double gain = std::pow(plain.down_sigma / biased.down_sigma, 2) * 10.0;
  CHECK(gain > 20.0);
  // And where nothing would be found without it.
  m.equipment = {unit("u", 0.9999, 3, 1)};
  m.cycles = 20000;
  const auto rare = app::monte_carlo(m, f, 3);
  CHECK(std::abs(rare.down - 1e-12) < 3.0 * rare.down_sigma);
  CHECK_THROWS_WITH_AS(app::monte_carlo(m, f, 3, nullptr, false), doctest::Contains("no outage"),
                       UserError);
}

TEST_CASE("equal seeds give equal bits; sampled outages follow their weights") {
  AvailabilityModel m;
  m.equipment = {unit("u", 0.99, 2, 1), unit("v", 0.9999)};
  m.cycles = 1000;
  m.site = {function(leaf(0)), function(leaf(1))};
  m.site[1].name = "g";
  const auto a = app::monte_carlo(m, m.site[0], 5), b = app::monte_carlo(m, m.site[0], 5);
  CHECK(std::memcmp(&a.down, &b.down, sizeof a.down) == 0);
  CHECK(std::memcmp(&a.rate_sigma, &b.rate_sigma, sizeof a.rate_sigma) == 0);
  CHECK(a.down != app::monte_carlo(m, m.site[0], 6).down);
  // Both functions fail about equally often: 2·λ·U of the pair, λ/100 of the single one.
  double sum = 0.0;
  int first = 0;
  constexpr int kDraws = 100;
  for (int i = 1; i <= kDraws; ++i) {
    const auto o = app::sample_outage(m, 5, i);
    REQUIRE(o);
    first += o->function == 0 ? 1 : 0;
    if (o->function == 0) sum += o->duration;
  }
  CHECK(first > kDraws / 3);
  // With both down two crews work: half an hour on average.
  CHECK(sum / first == doctest::Approx(0.5 * kHour).epsilon(0.5));
}

namespace {

const char* const kSection =
    "availability:\n"
    "  target: 99.9 %\n"
    "  equipment:\n"
    "    feeder: {failures: 2 1/year, repair: 1 h}\n"
    "    machine: {count: 2, needed: 1, mtbf: 1000 h, repair: 10 h, start_failure: 1 %, "
    "standby_for: "
    "feeder}\n"
    "  site:\n"
    "    power: {any: [feeder, machine], replay: {do: fail, target: grid, undo: restore}}\n";

std::string write_site(const Folder& folder, const std::string& section) {
  const std::string file = folder / "up.yaml";
  std::ofstream(file) << "steppe: 1\nextends: site.yaml\n" << section;
  return file;
}

std::string message_of(std::string section, const std::string& from, const std::string& to) {
  const Folder folder;
  section.replace(section.find(from), from.size(), to);
  Diagnostics d;
  app::load_scenario(write_site(folder, section), {}, "", registry(), app::home_dir() + "/data", d);
  return d.ok() ? "" : d.render();
}

}  // namespace

TEST_CASE("outages are drawn by the share of their function, or of the one that is asked for") {
  // 9 and 1 outages a year: of 400 draws 360 ± 6 are of the first; three standard errors.
  AvailabilityModel m;
  m.cycles = 2000;
  for (const double times : {9.0, 1.0}) {
    app::Equipment e;
    e.id = times > 5.0 ? "often" : "seldom";
    e.rate = times / kYear;
    e.repair = times > 5.0 ? 3600.0 : 36000.0;
    m.equipment.push_back(e);
    app::SiteFunction f;
    f.name = e.id;
    f.block.equipment = static_cast<int>(m.equipment.size()) - 1;
    m.site.push_back(f);
  }
  int often = 0;
  for (int i = 1; i <= 400; ++i) often += sample_outage(m, 1, i)->function == 0 ? 1 : 0;
  CHECK(std::abs(often - 360) < 18);
  m.replay_of = 1;
  double mean = 0.0;
  for (int i = 1; i <= 400; ++i) {
    const auto o = sample_outage(m, 1, i);
    CHECK(o->function == 1);
    mean += o->duration / 400.0;
  }
  CHECK(std::abs(mean / 36000.0 - 1.0) < 3.0 / std::sqrt(400.0));
}

TEST_CASE("a run tells its availability, and replays a sampled outage") {
  const Folder folder;
  const auto file = write_site(folder, kSection);
  Diagnostics d;
  auto sim = app::Simulation::load(file, {}, "", registry(), d);
  REQUIRE_MESSAGE(sim, d.render());
  const auto r = sim->run({});
  auto kpi = [&](const std::string& name) {
    for (const auto& k : r.kpis)
      if (k.name == name) return k.value;
    return std::nan("");
  };
  const auto exact =
      app::markov(*sim->scenario().availability, sim->scenario().availability->site[0]);
  CHECK(kpi("availability") == 1.0 - exact->down);
  CHECK(kpi("availability_low") == kpi("availability_high"));
  CHECK(kpi("outages") == exact->rate * kYear);
  CHECK(kpi("outage_time_power") == kpi("outage_time"));
  CHECK(kpi("availability_target_met") == 1.0);
  CHECK(kpi("availability_nines") == -std::log10(exact->down));
  // An interruption costs the restart and half an interval between checkpoints.
  CHECK(kpi("training_time_lost") ==
        doctest::Approx(kYear * (exact->down + exact->rate * (600.0 + 600.0))).epsilon(1e-12));

  app::RunResult out;
  auto replay = app::Simulation::load(file, {{"availability.replay", "1"}}, "", registry(), d);
  REQUIRE_MESSAGE(replay, d.render());
  REQUIRE(replay->scenario().events.size() >= 1);
  CHECK(replay->scenario().events[0].action == "fail");
  CHECK(replay->scenario().events[0].at == 60.0);
  const auto one = app::sample_outage(*sim->scenario().availability, 1, 1);
  if (replay->scenario().events.size() == 2)
    CHECK(replay->scenario().events[1].at == 60.0 + one->duration);
  for (const auto& k : replay->run({}).kpis)
    if (k.name == "outage_replayed") CHECK(k.value == one->duration);
  // Other numbers of the section are other runs.
  CHECK(app::run_id(sim->scenario(), app::Study::Record::kpi) !=
        app::run_id(replay->scenario(), app::Study::Record::kpi));
}

TEST_CASE("mistakes in the section are told with their place") {
  auto has = [](const std::string& text, const std::string& part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  CHECK(message_of(kSection, "99.9 %", "99.95 %").empty());
  has(message_of(kSection, "[feeder, machine]", "[feeder, machin]"), "did you mean 'machine'?");
  has(message_of(kSection, "[feeder, machine]", "[feeder, feeder]"), "used twice");
  has(message_of(kSection, "repair: 1 h", "repiar: 1 h"), "did you mean 'repair'?");
  has(message_of(kSection, ", repair: 1 h", ""), "has no 'repair'");
  has(message_of(kSection, "failures: 2 1/year, ", ""), "one of failures");
  has(message_of(kSection, "repair: 1 h", "repair: 1 kg"), "up.yaml:6:");
  has(message_of(kSection, "needed: 1,", "needed: 3,"), "needs 3 of 2");
  has(message_of(kSection, "standby_for: feeder", "standby_for: feedr"), "did you mean 'feeder'?");
  has(message_of(kSection, "99.9 %", "110 %"), "'target' must be");
  has(message_of(kSection, "any: [", "some: ["), "some");
  has(message_of(kSection, "undo: restore", "und: restore"), "did you mean 'undo'?");
  has(message_of(kSection, "  target:", "  replay_of: powr\n  target:"), "did you mean 'power'?");
}
