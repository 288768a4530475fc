#pragma once
// The process `weather`: outdoor air, sun and wind as signals of a scenario.
//
// Every output is a line from one node to the next (nodes at each hour, or each record of a finer
// file), handed over as a ramp: the integrator sees a continuous input and needs no restart.
// Temperature, humidity, pressure and wind pass through the values of the series; radiation passes
// through the mean of the two intervals that meet at a node, which keeps a year's energy. Wet bulb,
// humidity ratio and density are computed at the nodes and run straight between them: for a change
// of 3 K an hour wet bulb stays within 0.05 K of the psychrometer, within 0.4 K where the wick
// freezes.
#include <memory>

#include "models/environment/weather_series.h"
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType weather_type();

/// Order of the outputs of `weather`.
enum WeatherOutput : int {
  kWeatherTemp,           ///< K
  kWeatherWetBulb,        ///< K
  kWeatherDewPoint,       ///< K
  kWeatherHumidityRatio,  ///< kg/kg
  kWeatherPressure,       ///< Pa
  kWeatherDensity,        ///< kg/m3, of the moist air
  kWeatherGhi,            ///< W/m2
  kWeatherDni,
  kWeatherDhi,
  kWeatherWind,  ///< m/s at 10 m
  kWeatherOutputs
};

}  // namespace steppe::models
