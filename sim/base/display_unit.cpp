#include "sim/base/display_unit.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "sim/base/units.h"

namespace steppe {

namespace {

struct Step {
  double from;  ///< smallest magnitude that is shown in this unit
  const char* name;
  double scale;
};

DisplayUnit pick(std::initializer_list<Step> steps, double magnitude) {
  for (const auto& s : steps)
    if (magnitude >= s.from) return {s.name, s.scale, 0.0};
  const Step& smallest = *(steps.end() - 1);
  return {smallest.name, smallest.scale, 0.0};
}

/// Units that take a prefix: kW, MPa, Mtoken/s.
constexpr std::string_view kPrefixed[] = {"W",  "V",     "A",       "Pa",      "var",      "VA",
                                          "Hz", "token", "token/s", "request", "request/s"};

}  // namespace

DisplayUnit display_unit(std::string_view unit, double low, double high) {
  const double most = low <= high ? std::max(std::abs(low), std::abs(high)) : 0.0;
  if (unit.empty() || unit == "1" || unit == "-") return {"", 1.0, 0.0};
  if (unit == "K" && low <= 150.0) return {"K", 1.0, 0.0};
  if (unit == "K" || unit == "degC") return {"°C", 1.0, 273.15};
  if (unit == "J" || unit == "Wh")
    return pick({{3.6e12, "GWh", 3.6e12},
                 {3.6e9, "MWh", 3.6e9},
                 {3.6e5, "kWh", 3.6e6},
                 {1e4, "kJ", 1e3},
                 {0, "J", 1.0}},
                most);
  if (unit == "s")
    return pick({{7200, "h", 3600}, {180, "min", 60}, {1, "s", 1}, {0, "ms", 1e-3}}, most);
  if (unit == "m3/s") return pick({{10, "m³/s", 1}, {0, "L/s", 1e-3}}, most);
  if (unit == "kg") return pick({{1e4, "t", 1e3}, {0, "kg", 1}}, most);
  if (unit == "CNY") return pick({{1e6, "M CNY", 1e6}, {1e4, "kCNY", 1e3}, {0, "CNY", 1}}, most);
  if (unit == "kg/J") return {"kg/kWh", 1.0 / 3.6e6, 0.0};
  if (std::find(std::begin(kPrefixed), std::end(kPrefixed), unit) != std::end(kPrefixed)) {
    DisplayUnit u = pick({{1e9, "G", 1e9}, {1e6, "M", 1e6}, {1e3, "k", 1e3}, {0, "", 1}}, most);
    u.name += unit;
    return u;
  }
  if (const auto u = parse_unit(unit)) return {std::string(unit), u->scale, u->offset};
  return {std::string(unit), 1.0, 0.0};
}

}  // namespace steppe
