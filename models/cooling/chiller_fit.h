#pragma once
// Parameters of `chiller_water_cooled` from measurements of a chiller.
#include <array>
#include <string>
#include <vector>

#include "models/cooling/chiller_water_cooled.h"

namespace steppe::models {

/// One row of measurements: electric power [W], cooling [W], leaving chilled water and entering
/// condenser water [K], seconds since any origin (NaN: unknown).
struct ChillerSample {
  double time, power, cooling, evap_out, cond_in;
};

struct ChillerFitOptions {
  double first = 0.5;      ///< share of the running rows, from the beginning, that is fitted
  double capacity = 0.0;   ///< W, nameplate; 0: highest cooling of the fitted rows
  double settle = 900.0;   ///< s after a start that do not count
  bool find_state = true;  ///< look for a second operating state
};

/// Error of a prediction, in shares of the mean: [ASHRAE 14 2014] without its degrees of freedom.
struct FitError {
  size_t rows = 0;
  double cv_rmse = 0.0, nmbe = 0.0;  ///< nmbe > 0: the model is too high
};

struct FitParameter {
  std::string name;
  double value, standard_error;  ///< 0 standard error: held, not fitted
};

/// Fit of P = (Q_r/COP_r)·EIRFT(x, y)·EIRFPLR(u), u = Q/Q_r, CAPFT = 1: part-load measurements do
/// not tell the capacity's dependence on temperature.
///
/// Rows without power or cooling, with impossible values, and the first minutes after a start are
/// left out; the rest is split in time. Terms of the curves are added as long as they lower the
/// error of blocks of the first part that the fit has not seen by more than half its standard
/// error. The fit is a robust least-squares one (biweight). Standard errors count as many
/// independent rows as the residuals' correlation leaves.
///
/// Chillers have states that such data do not name (a second compressor, hot-gas bypass). Where
/// stretches of an hour or more lie off the relation, all by the same power, the offset is fitted
/// as a second state. In the second part the state of a row is the one of the hour before it
/// (median residual): no row is predicted with its own power, but the power up to then is read.
/// Errors are given with that and for one state throughout, which reads no power at all.
struct ChillerFit {
  ChillerWaterCooled::Params params;  ///< set: capacity, cop, curves, limits of the curves
  std::vector<FitParameter> parameters;
  double ref_evap = 0.0, ref_cond = 0.0;  ///< °C, where EIRFT = 1
  size_t rows = 0, bad = 0, off = 0, settling = 0;
  size_t fitted = 0, checked = 0, beyond = 0;    ///< beyond: checked rows outside the fitted range
  double offset = 0.0, offset_error = 0.0;       ///< W, of the second state; 0: none found
  size_t offset_fitted = 0, offset_checked = 0;  ///< rows in it
  FitError first, second;                        ///< second: state of the hour before
  FitError first_blind, second_blind;            ///< one state for all rows
  std::string terms;                             ///< "EIRFT 1 y xy, EIRFPLR 1 u"
  double split_time = 0.0;
};

/// UserError when fewer than 50 rows of a running chiller remain in either part or nothing varies.
ChillerFit fit_chiller(std::vector<ChillerSample> samples, const ChillerFitOptions& options = {});

}  // namespace steppe::models
