#include "models/environment/weather.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "models/environment/epw.h"
#include "models/environment/synthetic_year.h"
#include "models/properties/moist_air.h"

namespace steppe::models {
namespace {

using core::Nanoseconds;

constexpr Nanoseconds kDay = 86400LL * 1000000000LL;

enum class WeatherSource { synthetic, epw, constant };

struct WeatherParams {
  WeatherSource source = WeatherSource::synthetic;
  std::string file;
  bool fill_gaps = false;
  double altitude = 0, latitude = 0, longitude = 0, time_zone = 0;
  int64_t seed_offset = 0;
  std::vector<double> temp_normals, dew_point_normals;
  double diurnal = 0, noise = 0, noise_memory = 0, wind_mean = 0, wind_shape = 0, clearness = 0;
  bool exact_means = true;
  double temp = 0, rel_humidity = 0, daily_half_range = 0, wind_speed = 0, ghi = 0, dni = 0,
         dhi = 0;
  double shift_temp = 0;
  double heat_wave_day = 0, heat_wave_days = 0, heat_wave_rise = 0;
  double cold_wave_day = 0, cold_wave_days = 0, cold_wave_drop = 0;
};

const core::ParamTable<WeatherParams>& weather_params() {
  using P = WeatherParams;
  static const auto table = [] {
    core::ParamTable<P> t;
    t.group("source")
        .choice("source", &P::source, core::Choices{{"synthetic", "epw", "constant"}},
                WeatherSource::synthetic,
                "synthetic: a year made from monthly normals; epw: a weather file; constant: a "
                "design day that repeats")
        .text("file", &P::file, "", "EPW weather file (source epw)", core::ParamKind::file)
        .boolean("fill_gaps", &P::fill_gaps, false,
                 "Fill gaps of the file up to 3 h linearly instead of refusing it")
        .group("place")
        .real(
            "altitude", &P::altitude, "m", 1412.0, {-430, 6000},
            "Altitude; sets the pressure of synthetic and constant weather (a file brings its own)")
        .real("latitude", &P::latitude, "1", 41.0, {-66, 66}, "Degrees north (synthetic sun)")
        .real("longitude", &P::longitude, "1", 113.1, {-180, 180}, "Degrees east (synthetic sun)")
        .real("time_zone", &P::time_zone, "1", 8.0, {-12, 14}, "Hours ahead of UTC (synthetic sun)")
        .group("synthetic year")
        .integer("seed_offset", &P::seed_offset, 0, {0, 1000000},
                 "Added to the scenario's seed: another year of the same climate")
        .list("temp_normals", &P::temp_normals, "degC",
              {-12.6, -8.5, -1.2, 7.2, 13.6, 18.2, 20.3, 18.2, 12.7, 5.1, -4.1, -10.8}, {-60, 50},
              "Monthly means of dry bulb, January first", "Ulanqab normals, as commonly quoted")
        .list("dew_point_normals", &P::dew_point_normals, "degC",
              {-19, -18, -15, -10.5, -1.5, 5.5, 12, 10, 2.5, -5.8, -13.8, -17.1}, {-70, 35},
              "Monthly means of dew (frost) point before it is limited by dry bulb",
              "[CSWD 2005], mean of three stations")
        .real("diurnal", &P::diurnal, "K", 6.0, {0, 20}, "Half range of the daily cosine",
              "[CSWD 2005]")
        .real("noise", &P::noise, "K", 4.0, {0, 15}, "Standard deviation of the hourly noise")
        .real("noise_memory", &P::noise_memory, "1", 0.97, {0, 0.999},
              "Correlation of the noise from hour to hour")
        .boolean("exact_means", &P::exact_means, true, "Every month meets its normal exactly")
        .real("clearness", &P::clearness, "1", 0.80, {0.15, 1},
              "Mean share of clear-sky radiation that arrives")
        .real("wind_mean", &P::wind_mean, "m/s", 3.5, {0.1, 20}, "Mean wind speed at 10 m",
              "[CSWD 2005]")
        .real("wind_shape", &P::wind_shape, "1", 2.0, {1, 4}, "Weibull shape of the wind speed")
        .group("constant weather")
        .real("temp", &P::temp, "degC", 25.0, {-60, 60}, "Mean dry bulb")
        .real("rel_humidity", &P::rel_humidity, "1", 0.4, {0.001, 1},
              "Relative humidity at that temperature; dew point stays constant")
        .real("daily_half_range", &P::daily_half_range, "K", 0.0, {0, 25},
              "Half range of a daily cosine, warmest at 15:00")
        .real("wind_speed", &P::wind_speed, "m/s", 3.0, {0, 60}, "Wind speed at 10 m")
        .real("ghi", &P::ghi, "W/m2", 0.0, {0, 1400}, "Global horizontal radiation")
        .real("dni", &P::dni, "W/m2", 0.0, {0, 1400}, "Direct normal radiation")
        .real("dhi", &P::dhi, "W/m2", 0.0, {0, 1400}, "Diffuse horizontal radiation")
        .group("change of climate and extremes")
        .real("shift_temp", &P::shift_temp, "K", 0.0, {-20, 20},
              "Added to every dry bulb at unchanged relative humidity")
        .real("heat_wave_day", &P::heat_wave_day, "1", 0.0, {0, 366},
              "First day (of the year) of a heat wave; 0: none")
        .real("heat_wave_days", &P::heat_wave_days, "1", 5.0, {1, 60}, "Its length in days")
        .real("heat_wave_rise", &P::heat_wave_rise, "K", 6.0, {0, 20},
              "Its height, at unchanged dew point, with flanks of 12 h")
        .real("cold_wave_day", &P::cold_wave_day, "1", 0.0, {0, 366},
              "First day (of the year) of a cold wave; 0: none")
        .real("cold_wave_days", &P::cold_wave_days, "1", 5.0, {1, 60}, "Its length in days")
        .real("cold_wave_drop", &P::cold_wave_drop, "K", 10.0, {0, 30},
              "Its depth, at unchanged dew point (down to saturation)");
    return t;
  }();
  return table;
}

/// Wave of height 1 that begins at 00:00 of `day` and lasts `days`, with raised-cosine flanks of 12
/// h inside it.
double wave(double hour_of_year, double hours_in_year, double day, double days) {
  if (day < 1.0) return 0.0;
  double x = std::fmod(hour_of_year - 24.0 * (day - 1.0), hours_in_year);
  if (x < 0.0) x += hours_in_year;
  const double edge = std::min(x, 24.0 * days - x);
  if (edge <= 0.0) return 0.0;
  return edge >= 12.0 ? 1.0 : 0.5 * (1.0 - std::cos(std::numbers::pi * edge / 12.0));
}

using Values = std::array<double, kWeatherOutputs>;

class Weather : public core::Process {
 public:
  Weather(const WeatherParams& p, const core::ProcessSetup& setup)
      : p_(p), id_(setup.id), start_(core::from_seconds(setup.start_epoch)) {
    series_ = make_series(setup.seed);
    step_ = core::from_seconds(series_.step);
    check_covered(start_, start_);
  }

  Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    const Nanoseconds now = start_ + c.now;
    if (!told_) {
      // What lies beyond a short file is found at the start of the run, not days into it.
      if (c.end != core::kNever) check_run(c.now, c.end);
      for (const auto& note : series_.notes) c.event("weather", "", "", note);
      told_ = 1;
    }
    const int64_t node = now / step_ - (now % step_ < 0 ? 1 : 0);
    if (node != node_ || !have_) {
      from_ = have_ && node == node_ + 1 ? to_ : at_node(node);
      to_ = at_node(node + 1);
      node_ = node;
      have_ = true;
    }
    const double fraction = static_cast<double>(now - node * step_) / static_cast<double>(step_);
    for (size_t k = 0; k < kWeatherOutputs; ++k) {
      const double rise = to_[k] - from_[k];
      c.ramp(static_cast<int>(k), from_[k] + fraction * rise, rise / series_.step);
    }
    next_ = (node + 1) * step_ - start_;
  }

  // Everything else follows from the parameters and the time.
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(told_);
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(told_);
    have_ = false;
  }

 private:
  WeatherSeries make_series(uint64_t seed) const {
    switch (p_.source) {
      case WeatherSource::epw:
        if (p_.file.empty())
          throw UserError(fmt::format(
              "weather '{}': source is epw but no file is named; set 'file: PATH.epw'", id_));
        return read_epw(p_.file, {.fill_gaps = p_.fill_gaps});
      case WeatherSource::synthetic:
        return make_synthetic_year(synthetic(seed));
      case WeatherSource::constant:
        return design_day();
    }
    return {};
  }

  SyntheticYear synthetic(uint64_t seed) const {
    if (p_.temp_normals.size() != 12 || p_.dew_point_normals.size() != 12)
      throw UserError(fmt::format(
          "weather '{}': temp_normals and dew_point_normals need 12 values each, got {} and {}",
          id_, p_.temp_normals.size(), p_.dew_point_normals.size()));
    SyntheticYear y;
    y.seed = seed + static_cast<uint64_t>(p_.seed_offset);
    y.latitude = p_.latitude;
    y.longitude = p_.longitude;
    y.time_zone = p_.time_zone;
    y.altitude = p_.altitude;
    std::copy_n(p_.temp_normals.begin(), 12, y.temp.begin());
    std::copy_n(p_.dew_point_normals.begin(), 12, y.dew_point.begin());
    y.diurnal = p_.diurnal;
    y.noise = p_.noise;
    y.noise_memory = p_.noise_memory;
    y.exact_means = p_.exact_means;
    y.clearness = p_.clearness;
    y.wind_mean = p_.wind_mean;
    y.wind_shape = p_.wind_shape;
    return y;
  }

  WeatherSeries design_day() const {
    WeatherSeries s;
    s.site = "constant weather";
    const size_t n = 8760;
    const double dew = moist_air::dew_point_from_rh(p_.temp, p_.rel_humidity);
    s.pressure.assign(n, moist_air::pressure(p_.altitude));
    s.wind.assign(n, p_.wind_speed);
    s.ghi.assign(n, p_.ghi);
    s.dni.assign(n, p_.dni);
    s.dhi.assign(n, p_.dhi);
    for (size_t i = 0; i < n; ++i) {
      const double hour = static_cast<double>(i % 24 + 1);
      s.temp.push_back(p_.temp + p_.daily_half_range *
                                     std::cos(2.0 * std::numbers::pi * (hour - 15.0) / 24.0));
      s.dew_point.push_back(std::min(dew, s.temp.back()));
    }
    return s;
  }

  /// Entry for a node; at the very begin of a short file its first record stands for the hour
  /// before.
  std::optional<size_t> entry(int64_t node) const {
    const auto e = entry_at(series_, node);
    if (!e && entry_at(series_, node + 1) == size_t{0}) return size_t{0};
    return e;
  }

  /// `shown` is the instant whose date the message names.
  void check_covered(Nanoseconds absolute, Nanoseconds shown) const {
    if (series_.full_year()) return;
    // Of an instant between two nodes the later one must exist as well.
    if (entry((absolute + step_ - 1) / step_)) return;
    const MonthDay d = date_of_epoch_day(shown / kDay);
    throw UserError(series_.period,
                    fmt::format("weather '{}': the run needs weather of {}/{}, this file covers {}",
                                id_, d.month, d.day, series_.dates()),
                    "choose start and duration within these dates, or a file of a whole year");
  }

  void check_run(Nanoseconds from, Nanoseconds to) const {
    if (series_.full_year()) return;
    for (Nanoseconds t = from; t < to; t += kDay) check_covered(start_ + t, start_ + t);
    check_covered(start_ + to, start_ + to - 1);
  }

  Values at_node(int64_t node) const {
    const auto here = entry(node);
    const auto after = entry_at(series_, node + 1);
    // The last node of a run may ask for one more at its very end.
    const size_t i = here ? *here : series_.size() - 1;
    const size_t j = after ? *after : i;

    const int64_t per_day = series_.steps_per_day();
    const int64_t day = node / per_day;
    const double hour = static_cast<double>(node % per_day) * series_.step / 3600.0;
    const MonthDay date = date_of_epoch_day(day);
    const double hour_of_year = 24.0 * (day_of_year(date, series_.leap) - 1) + hour;
    const double hours_in_year = 24.0 * days_in_year(series_.leap);

    double temp = series_.temp[i], dew = series_.dew_point[i];
    if (p_.shift_temp != 0.0) {
      const double rh = moist_air::saturation_pressure(dew) / moist_air::saturation_pressure(temp);
      temp += p_.shift_temp;
      dew = moist_air::dew_point_from_rh(temp, rh);
    }
    temp +=
        p_.heat_wave_rise * wave(hour_of_year, hours_in_year, p_.heat_wave_day, p_.heat_wave_days) -
        p_.cold_wave_drop * wave(hour_of_year, hours_in_year, p_.cold_wave_day, p_.cold_wave_days);
    dew = std::min(dew, temp);

    const double pressure = series_.pressure[i];
    const double w = moist_air::humidity_ratio_from_dew_point(dew, pressure);
    Values v{};
    v[kWeatherTemp] = temp;
    v[kWeatherWetBulb] = moist_air::wet_bulb(temp, w, pressure);
    v[kWeatherDewPoint] = dew;
    v[kWeatherHumidityRatio] = w;
    v[kWeatherPressure] = pressure;
    v[kWeatherDensity] = moist_air::density(temp, w, pressure);
    v[kWeatherGhi] = 0.5 * (series_.ghi[i] + series_.ghi[j]);
    v[kWeatherDni] = 0.5 * (series_.dni[i] + series_.dni[j]);
    v[kWeatherDhi] = 0.5 * (series_.dhi[i] + series_.dhi[j]);
    v[kWeatherWind] = series_.wind[i];
    return v;
  }

  WeatherParams p_;
  std::string id_;
  Nanoseconds start_ = 0, step_ = 0;
  WeatherSeries series_;
  Nanoseconds next_ = 0;
  uint8_t told_ = 0;
  bool have_ = false;
  int64_t node_ = 0;
  Values from_{}, to_{};
};

}  // namespace

core::ProcessType weather_type() {
  core::ProcessType t;
  t.name = "weather";
  t.domain = "environment";
  t.help = "Outdoor air, sun and wind from a weather file, a synthetic year or a design day";
  t.params = &weather_params();
  t.make_params = [] {
    auto p = std::make_shared<WeatherParams>();
    weather_params().set_defaults(p.get());
    return p;
  };
  t.outputs = {{.name = "temp", .unit = "K", .help = "Dry bulb"},
               {.name = "wet_bulb", .unit = "K", .help = "Wet bulb (ice on the wick below 0 °C)"},
               {.name = "dew_point", .unit = "K", .help = "Dew point (frost point below 0 °C)"},
               {.name = "humidity_ratio", .unit = "1", .help = "Water per dry air, by mass"},
               {.name = "pressure", .unit = "Pa", .help = "Air pressure at the site"},
               {.name = "density", .unit = "kg/m3", .help = "Density of the moist air"},
               {.name = "ghi", .unit = "W/m2", .help = "Global horizontal radiation"},
               {.name = "dni", .unit = "W/m2", .help = "Direct normal radiation"},
               {.name = "dhi", .unit = "W/m2", .help = "Diffuse horizontal radiation"},
               {.name = "wind", .unit = "m/s", .help = "Wind speed 10 m above ground"}};
  t.make = [](const void* params, const core::ProcessSetup& setup) {
    return std::make_unique<Weather>(*static_cast<const WeatherParams*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
