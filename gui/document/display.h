#pragma once
// Numbers as people read them: display units by quantity, a real minus sign, fixed digits.
#include <string>
#include <string_view>

#include "sim/base/display_unit.h"

namespace steppe::gui {

/// "−1.23", four significant digits by default, no exponent between 1e-4 and 1e7.
std::string number(double value, int digits = 4);
/// Value with unit in its own best prefix: "10.7 MW", "−21.0 °C".
std::string quantity(double si, std::string_view unit, int digits = 4);

/// Instants: "Thu 15 Jan 2026 14:02:31" from the start ("2026-01-15 00:00:00") and seconds since.
std::string clock_long(std::string_view start, double t);
/// "14:02:31", with fractions of a second only where they are not zero.
std::string clock_short(std::string_view start, double t);
/// Seconds since 1970-01-01 of a start text; 0 when it is none.
double epoch_of(std::string_view start);

/// Names of KPIs and accounts for people: "peak_site_power_15min" -> "Peak site power 15 min".
/// The unit in which a signal is told: a state of charge stored as a fraction is told in percent.
std::string told_unit(std::string_view signal, std::string_view unit);
std::string title_of(std::string_view name);

}  // namespace steppe::gui
