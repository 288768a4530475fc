#include "models/cooling/chiller_fitter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "models/cooling/chiller_fit.h"
#include "sim/base/error.h"

namespace steppe::models {
namespace {

enum Column : size_t { kTime, kPower, kEvapOut, kCondIn, kCooling, kEvapIn, kFlow };

struct Options {
  double first, capacity, settle, heat_capacity;
  bool second_state;
};

const core::ParamTable<Options>& options() {
  static const auto t = [] {
    core::ParamTable<Options> p;
    p.real("first", &Options::first, "1", 0.5, {0.1, 1.0},
           "Share of the rows, from the beginning, that is fitted; the rest checks the fit")
        .real("capacity", &Options::capacity, "kW", 0.0, {0, 1e5},
              "Nameplate cooling capacity; 0: the highest cooling of the fitted rows")
        .real("settle", &Options::settle, "min", 15.0, {0, 240},
              "Time after a start that does not count")
        .real("heat_capacity", &Options::heat_capacity, "kJ/(m3.K)", 4187.0, {1000, 5000},
              "Of the chilled water, with `flow`")
        .boolean("second_state", &Options::second_state, true,
                 "Look for a second operating state that the columns do not name");
    return p;
  }();
  return t;
}

std::vector<ChillerSample> samples_of(const std::vector<std::vector<double>>& d,
                                      double heat_capacity) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (d[kCooling].empty() && (d[kFlow].empty() || d[kEvapIn].empty()))
    throw UserError(
        "the cooling is not known: give the column 'cooling', or both 'flow' and 'evap_in'");
  std::vector<ChillerSample> s(d[kPower].size());
  for (size_t i = 0; i < s.size(); ++i) {
    const double q = !d[kCooling].empty()
                         ? d[kCooling][i]
                         : heat_capacity * d[kFlow][i] * (d[kEvapIn][i] - d[kEvapOut][i]);
    s[i] = {d[kTime].empty() ? kNaN : d[kTime][i], d[kPower][i], q, d[kEvapOut][i], d[kCondIn][i]};
  }
  return s;
}

std::string yaml_of(const ChillerFit& f) {
  const auto& p = f.params;
  const auto degc = [](double k) { return fmt::format("{:.2f} degC", k - 273.15); };
  std::string t;
  t += fmt::format("capacity: {:.6g} kW\ncop: {:.6g}\n", p.capacity / 1e3, p.cop);
  t += fmt::format("cap_ft: [{:.9g}]\n", fmt::join(p.cap_ft, ", "));
  t += fmt::format("eir_ft: [{:.9g}]\n", fmt::join(p.eir_ft, ", "));
  t += fmt::format("eir_plr: [{:.9g}]\n", fmt::join(p.eir_plr, ", "));
  t += fmt::format("evap_min: {}\nevap_max: {}\ncond_min: {}\ncond_max: {}\n", degc(p.evap_min),
                   degc(p.evap_max), degc(p.cond_min), degc(p.cond_max));
  t += fmt::format("min_load: {:.4g}\nmax_load: {:.4g}\n", p.min_load, p.max_load);
  return t;
}

core::FitReport report(const ChillerFit& f, bool given_capacity) {
  core::FitReport r;
  const auto figure = [&](const char* name, double v, const char* help, const char* unit = "1") {
    r.figures.push_back({name, unit, v, 0.0, help});
  };
  const auto count = [](size_t n) { return static_cast<double>(n); };
  figure("rows", count(f.rows), "Rows of the file");
  figure("rows_bad", count(f.bad), "Left out: missing or impossible values");
  figure("rows_off", count(f.off), "Left out: chiller off");
  figure("rows_settling", count(f.settling), "Left out: just after a start");
  figure("rows_fitted", count(f.first.rows), "First part: fitted");
  figure("fit_cv_rmse", f.first.cv_rmse, "CV(RMSE) of the power there (calibrated)");
  figure("fit_nmbe", f.first.nmbe, "NMBE there, positive: model too high");
  if (f.checked > 0) {
    figure("rows_checked", count(f.second.rows), "Second part: not fitted");
    figure("cv_rmse", f.second.cv_rmse, "CV(RMSE) of the power there (predicted)");
    figure("nmbe", f.second.nmbe, "NMBE there");
    figure("rows_beyond", count(f.beyond), "Rows there that lie outside what was fitted");
  }
  if (f.offset != 0.0) {
    r.figures.push_back({"state_offset", "W", f.offset, f.offset_error,
                         "Power of the second operating state over the first"});
    figure("rows_state_fitted", count(f.offset_fitted), "Rows in it, first part");
    figure("rows_state_checked", count(f.offset_checked), "Rows in it, second part");
    figure("fit_cv_rmse_one_state", f.first_blind.cv_rmse, "CV(RMSE) if it is ignored, first part");
    if (f.checked > 0) {
      figure("cv_rmse_one_state", f.second_blind.cv_rmse, "CV(RMSE) if it is ignored, second part");
      figure("nmbe_one_state", f.second_blind.nmbe, "NMBE if it is ignored, second part");
    }
  }
  for (const auto& p : f.parameters)
    r.parameters.push_back({p.name, "1", p.value, p.standard_error, ""});
  r.notes.push_back(fmt::format(
      "Curves: {}, from leaving water {:.2f} °C and entering condenser water {:.2f} °C, chosen on "
      "blocks of the first part",
      f.terms, f.ref_evap, f.ref_cond));
  if (!given_capacity)
    r.notes.push_back(
        "The capacity is the highest cooling that was fitted; give the nameplate with capacity=…");
  if (f.offset != 0.0)
    r.notes.push_back(fmt::format(
        "For {} and {} rows, an hour or more at a time, the chiller draws {:+.1f} kW beside the "
        "relation of all others: a state that the columns do not name (another compressor, hot-gas "
        "bypass). It is fitted as an offset. In the second part the state of a row is that of the "
        "hour before it, from the measured power; cv_rmse_one_state is the error without any "
        "measured power. The parameter file holds the first state.",
        f.offset_fitted, f.offset_checked, f.offset / 1e3));
  r.yaml = yaml_of(f);
  return r;
}

}  // namespace

core::Fitter chiller_fitter() {
  core::Fitter f;
  f.help = "Capacity, COP and DOE-2 curves of a water-cooled chiller";
  f.columns = {
      {"time", "s", "Date and time, or seconds", false},
      {"power", "W", "Electric power of the chiller, pumps and fans not included", true},
      {"evap_out", "K", "Chilled water leaving the evaporator", true},
      {"cond_in", "K", "Water entering the condenser", true},
      {"cooling", "W", "Heat taken from the chilled water; or give flow and evap_in", false},
      {"evap_in", "K", "Chilled water entering the evaporator", false},
      {"flow", "m3/s", "Chilled water flow", false}};
  f.options = &options();
  f.make_options = []() -> std::shared_ptr<void> {
    auto o = std::make_shared<Options>();
    options().set_defaults(o.get());
    return o;
  };
  f.fit = [](const std::vector<std::vector<double>>& data, const void* given) {
    const auto& o = *static_cast<const Options*>(given);
    return report(fit_chiller(samples_of(data, o.heat_capacity),
                              {o.first, o.capacity, o.settle, o.second_state}),
                  o.capacity > 0.0);
  };
  return f;
}

}  // namespace steppe::models
