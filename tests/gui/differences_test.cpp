// Places of labels, differences of curves and of key figures: no widgets.
#include <doctest/doctest.h>

#include "gui/diagram/label_places.h"
#include "gui/panels/run_differences.h"
#include "gui/plot/analysis.h"

using namespace steppe::gui;

TEST_CASE("labels keep clear of boxes and of each other") {
  const std::vector<Area> boxes{{0, 0, 100, 40}, {0, 60, 100, 40}};
  const LabelWish wish{40, 16, {{50, 20}, {50, 50}, {130, 20}}};
  // The first place is in a box, the second between them is too low for 16 px and free.
  const auto one = place_labels(boxes, {}, {wish});
  REQUIRE(one.size() == 1);
  CHECK(one[0] == 1);
  // A second label of the same wish goes beside, a third has nowhere to go.
  CHECK(place_labels(boxes, {}, {wish, wish, wish}) == std::vector<int>{1, 2, -1});
  // A line under a place makes the next one better, but does not forbid it.
  const std::vector<Area> line{{0, 49, 100, 2}};
  CHECK(place_labels(boxes, line, {wish})[0] == 2);
  CHECK(place_labels(boxes, line, {{40, 16, {{50, 50}}}})[0] == 0);
}

TEST_CASE("difference of two curves: at the samples of the first, where both are known") {
  auto series = [](std::vector<double> t, const std::vector<double>& v, Between between) {
    Series s(std::make_shared<TimeAxis>(std::move(t)), between);
    s.append(v);
    return s;
  };
  const Series a = series({0, 10, 20}, {0, 10, 0}, Between::linear);
  const Series b = series({-5, 0, 5, 15, 20, 25}, {1, 1, 1, 1, 1, 1}, Between::linear);
  const auto d = difference_of(b, a);
  REQUIRE(d);
  REQUIRE(d->size() == 4);
  CHECK(d->t(0) == 0.0);
  CHECK(d->v(0) == 1.0);
  CHECK(d->v(1) == -4.0);
  CHECK(d->v(2) == -4.0);
  CHECK(d->v(3) == 1.0);
  const Series held = series({0, 10, 20}, {0, 10, 0}, Between::hold);
  CHECK(difference_of(b, held)->v(2) == -9.0);
  CHECK_FALSE(difference_of(series({30, 40}, {1, 1}, Between::linear), a));
  CHECK_FALSE(difference_of(series({}, {}, Between::linear), a));
}

TEST_CASE("what a difference is made of adds up to it") {
  using Figures = std::vector<steppe::io::ResultNumber>;
  auto figure = [](const char* name, double value, const char* unit) {
    steppe::io::ResultNumber n;
    n.name = name;
    n.value = value;
    n.unit = unit;
    return n;
  };
  const Figures a{figure("energy_site", 100, "J"), figure("energy_it", 80, "J"),
                  figure("energy_cooling", 12, "J"), figure("energy_loss_chain", 8, "J")};
  const Figures b{figure("energy_site", 90, "J"), figure("energy_it", 80, "J"),
                  figure("energy_cooling", 3, "J"), figure("energy_loss_chain", 7, "J")};
  const auto d = explain_difference(a, b);
  REQUIRE(d);
  CHECK(d->name == "energy_site");
  CHECK(d->delta == -10.0);
  REQUIRE(d->parts.size() == 3);
  CHECK(d->parts[0] == std::pair<std::string, double>{"energy_cooling", -9.0});
  CHECK(d->parts[1].second == -1.0);
  // With bills on both sides it is money; what no part explains is said to be so.
  Figures c = a, e = b;
  for (auto [to, total, energy] : {std::tuple{&c, 50.0, 40.0}, {&e, 45.0, 42.0}}) {
    to->push_back(figure("cost_total", total, "CNY"));
    to->push_back(figure("cost_energy", energy, "CNY"));
    to->push_back(figure("cost_per_million_output_tokens", total, "CNY"));
  }
  const auto money = explain_difference(c, e);
  REQUIRE(money);
  CHECK(money->name == "cost_total");
  CHECK(money->delta == -5.0);
  REQUIRE(money->parts.size() == 2);
  CHECK(money->parts[0] == std::pair<std::string, double>{"other", -7.0});
  CHECK(money->parts[1] == std::pair<std::string, double>{"cost_energy", 2.0});
  CHECK_FALSE(explain_difference({}, b));
}
