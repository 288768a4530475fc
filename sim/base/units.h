#pragma once
// Units at the border: "1.2 MW", "25 degC", "2 h 10 min" become SI doubles with a checked
// dimension. Inside all is SI.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace steppe {

/// Exponents of m, kg, s, A, K, CNY, token, request. Angles and fractions are dimensionless.
struct Dimension {
  std::array<int8_t, 8> exponent{};
  bool operator==(const Dimension&) const = default;
};

/// value_SI = value · scale + offset (offset only for degC and degF written alone).
struct Unit {
  Dimension dimension;
  double scale = 1.0;
  double offset = 0.0;
};

struct Quantity {
  double value = 0.0;  ///< SI
  Dimension dimension;
  bool has_unit = false;  ///< false: a bare number
};

/// Parses a unit expression: "kW", "W/K", "m3/h", "kJ/(kg.K)", "MW/min", "CNY/kWh", "degC", "%",
/// "1". nullopt: unknown.
std::optional<Unit> parse_unit(std::string_view text);

/// Parses "1.2 MW", "80MWh", "25 degC", "2 h 10 min" (sum of parts of equal dimension), "0.5".
/// nullopt: not a quantity.
std::optional<Quantity> parse_quantity(std::string_view text);

/// Number in SI of `text` for a parameter whose unit is `unit`: a bare number is in `unit`, a unit
/// must have its dimension. A temperature *difference* is written in K. Error text (empty on
/// success) in `error`.
double quantity_as(std::string_view text, std::string_view unit, std::string& error);

/// "power", "temperature", "mass flow"… or the base exponents when the dimension has no name.
std::string dimension_name(const Dimension& d);

/// Value in display units with a unit: 1.25e6 W -> "1.25 MW", 298.15 K -> "25 °C" when
/// `absolute_temperature`.
std::string format_quantity(double si, std::string_view unit, int digits = 4);

/// Duration for people: 7809.9 -> "2 h 10 min 9.9 s".
std::string format_duration(double seconds);

}  // namespace steppe
