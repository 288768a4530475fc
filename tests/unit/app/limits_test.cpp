// Limits: the ITIC curve at its edges, and every kind of rule just inside and just outside.
#include "sim/app/limits.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "sim/app/spectrum.h"

using namespace steppe;
using app::LimitRule;

namespace {

const std::string kData = std::string(STEPPE_SOURCE_DIR) + "/data";

/// Samples every `step` for `seconds` of f(t).
template <class F>
app::Verdict judged(const LimitRule& rule, double seconds, double step, F f) {
  std::vector<double> t, x;
  for (int k = 0; k <= std::lround(seconds / step); ++k) {
    t.push_back(k * step);
    x.push_back(f(t.back()));
  }
  return app::judge(rule, t, x);
}

/// 1 per unit but for `duration` from 0.1 s on.
bool rides(const LimitRule& rule, double voltage, double duration) {
  std::vector<double> t{0.0, 0.1, 0.1 + 1e-9, 0.1 + duration, 0.1 + duration + 1e-9, 100.0},
      x{1, 1, voltage, voltage, 1, 1};
  return app::judge(rule, t, x).pass;
}

std::string refusal(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / "steppe-limits-test.yaml";
  std::ofstream(path) << text;
  std::string what = "no error";
  try {
    app::load_limits(path.string(), kData);
  } catch (const UserError& e) {
    what = e.what();
  }
  std::filesystem::remove(path);
  return what;
}

}  // namespace

TEST_CASE("AC-5-05 ITIC: twelve points at the edges of the curve [ITIC 2000]") {
  const auto rule = app::load_limits("itic", kData).rules.at(0);
  struct Point {
    double voltage, duration;
    bool inside;
  };
  for (const Point& p : {Point{0.0, 0.0199, true},
                         {0.0, 0.0201, false},
                         {0.69, 0.0201, false},
                         {0.70, 0.499, true},
                         {0.70, 0.501, false},
                         {0.80, 9.99, true},
                         {0.80, 10.01, false},
                         {0.90, 50.0, true},
                         {1.10, 50.0, true},
                         {1.19, 0.499, true},
                         {1.19, 0.501, false},
                         {1.39, 0.0029, true}}) {
    CAPTURE(p.voltage);
    CAPTURE(p.duration);
    CHECK(rides(rule, p.voltage, p.duration) == p.inside);
  }
}

TEST_CASE("every shipped limits file reads and says where it comes from") {
  int files = 0;
  for (const auto& e : std::filesystem::directory_iterator(kData + "/limits")) {
    const auto l = app::load_limits(e.path().stem().string(), kData);
    CHECK(l.name == e.path().stem().string());
    CHECK_FALSE(l.source.empty());
    CHECK_FALSE(l.rules.empty());
    ++files;
  }
  CHECK(files >= 6);
}

TEST_CASE("AC-2-09 a ramp or a line 1 % beyond the limit is flagged, 1 % inside passes") {
  const auto limits = app::load_limits("utility-ramp", kData);
  const auto &ramp = limits.rules.at(0), &band = limits.rules.at(1);
  for (double factor : {0.99, 1.01}) {
    const auto r =
        judged(ramp, 600.0, 1.0, [&](double t) { return 50e6 + factor * 20e6 / 60.0 * t; });
    CHECK(r.pass == (factor < 1.0));
    CHECK(std::abs(r.margin / (20e6 / 60.0)) == doctest::Approx(0.01).epsilon(1e-6));
    const auto b = judged(band, 60.0, 0.01, [&](double t) {
      return 50e6 * (1.0 + factor * 0.01 * std::sin(2 * std::numbers::pi * 1.237 * t));
    });
    CHECK(b.pass == (factor < 1.0));
    CHECK(b.worst == doctest::Approx(0.01 * factor).epsilon(2e-3));
  }
  // Beyond half the sampling rate nothing can be judged, and the verdict says so.
  const auto coarse = judged(band, 600.0, 1.0, [](double) { return 1.0; });
  CHECK(coarse.note.find("cannot be seen") != std::string::npos);
}

TEST_CASE("range with an allowed time, swing in a window, recovery after a dip") {
  LimitRule range;
  range.lo = 49.5;
  range.hi = 50.5;
  range.time = 2.0;
  const auto dip = [](double length) {
    return [=](double t) { return t >= 10.0 && t < 10.0 + length ? 49.0 : 50.0; };
  };
  CHECK(judged(range, 60.0, 0.1, dip(1.9)).pass);
  const auto v = judged(range, 60.0, 0.1, dip(2.5));
  CHECK_FALSE(v.pass);
  CHECK(v.margin == doctest::Approx(-0.5));
  CHECK(v.at == doctest::Approx(12.0).epsilon(0.01));

  LimitRule swing;
  swing.kind = LimitRule::Kind::swing;
  swing.hi = 10.0;
  swing.time = 5.0;
  const auto wave = [](double period) {
    return [=](double t) { return 6.0 * std::sin(2 * std::numbers::pi * t / period); };
  };
  CHECK_FALSE(judged(swing, 60.0, 0.05, wave(8.0)).pass);
  CHECK(judged(swing, 200.0, 0.05, wave(60.0)).pass);

  LimitRule recovery;
  recovery.kind = LimitRule::Kind::recovery;
  recovery.threshold = recovery.share = 0.9;
  recovery.time = 1.0;
  for (double delay : {0.5, 1.5}) {
    std::vector<double> t, p, u;
    for (int k = 0; k < 1000; ++k) {
      t.push_back(0.01 * k);
      u.push_back(k >= 200 && k < 210 ? 0.3 : 1.0);
      p.push_back(t.back() >= 2.0 && t.back() < 2.1 + delay ? 0.0 : 1.0);
    }
    const auto r = app::judge(recovery, t, p, u);
    CHECK(r.pass == (delay < 1.0));
    CHECK(r.worst == doctest::Approx(delay).epsilon(0.03));
  }
}

TEST_CASE("bad limits files: what is wrong and where") {
  const auto has = [](const std::string& text, const std::string& part) {
    if (text.find(part) != std::string::npos) return true;
    MESSAGE("missing '", part, "' in: ", text);
    return false;
  };
  const std::string head = "limits: x\nsource: me\nrules:\n";
  CHECK(has(refusal("limits: x\nsource: me\n"), "a limits file has a list 'rules'"));
  CHECK(has(refusal(head + "  - {name: a, kind: rnage, signal: s}\n"),
            ":4:21: 'rnage' is no kind of limit"));
  CHECK(has(refusal(head + "  - {name: a, kind: rnage, signal: s}\n"), "did you mean 'range'?"));
  CHECK(has(refusal(head + "  - {name: a, kind: swing, signal: s, most: 3}\n"), "needs 'window'"));
  CHECK(has(refusal(head + "  - {name: a, kind: range, signal: s, max: 3 kW, unit: Hz}\n"), "kW"));
  CHECK(has(
      refusal(head + "  - {name: a, kind: mask, signal: s, normal: [0, 1], lower: [[1 s, 0]]}\n"),
      "a mask begins at 0 s"));
  CHECK(has(
      refusal(head + "  - {name: a, kind: band, signal: s, form: 3 Hz, from: 1, to: 2, most: 1}\n"),
      "form"));
  std::string what;
  try {
    app::load_limits("itik", kData);
  } catch (const UserError& e) {
    what = e.what();
  }
  CHECK(has(what, "did you mean 'itic'?"));
}
