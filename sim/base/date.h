#pragma once
// Calendar dates as text, proleptic Gregorian, without time zone.
#include <optional>
#include <string>

namespace steppe {

/// Seconds since 1970-01-01 00:00 of "2026-01-15", "2026-01-15 06:30" or "2026-01-15 06:30:00";
/// nothing for any other text.
std::optional<double> parse_date(const std::string& text);

/// "2026-01-15 06:30:00", to the whole second.
std::string format_date(double epoch);

}  // namespace steppe
