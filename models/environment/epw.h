#pragma once
// EnergyPlus weather files (EPW): read with located complaints, and written.
//
// Format: [EnergyPlus 2024, Auxiliary Programs, EPW data dictionary]. Eight header lines, then one
// record per line: year, month, day, hour 1…24, minute, flags, dry bulb °C, dew point °C, relative
// humidity %, pressure Pa, … GHI, DNI, DHI Wh/m2 (fields 14–16), wind direction, wind speed m/s
// (field 22). Record h covers the hour that ends at h:00. With several records an hour, radiation
// is the energy of the record's own minutes. Years are ignored: a typical year has many.
#include <optional>
#include <ostream>
#include <string>

#include "models/environment/weather_series.h"

namespace steppe::models {

struct EpwOptions {
  /// Fill gaps (missing records or 9999-like codes) up to `max_gap` linearly; without it every gap
  /// is an error.
  bool fill_gaps = false;
  double max_gap = 3.0 * 3600.0;  ///< s
};

/// Reads a file. UserError with file:line:column for anything that cannot be used: no EPW, wrong
/// units, missing values, time that runs backwards, gaps, a short file. IoError when the file
/// cannot be opened.
WeatherSeries read_epw(const std::string& path, const EpwOptions& options = {});

/// The same from text.
WeatherSeries parse_epw(const SourceTextPtr& source, const EpwOptions& options = {});

/// Elevation [m] of the site that the header of a file states; nothing where there is no such file
/// or no such header (read_epw says what is wrong with it).
std::optional<double> epw_elevation(const std::string& path);

/// Writes a series of hourly (or shorter) steps as EPW; fields that steppe has no value for carry
/// the format's code for "missing". What was written reads back within the printed digits (0.1 K, 1
/// %, 1 Pa, 1 Wh/m2, 0.1 m/s).
void write_epw(const WeatherSeries& series, std::ostream& out, const std::string& comment);

}  // namespace steppe::models
