#include "models/controls/pi.h"

#include <algorithm>

namespace steppe::models {

template <const PiUnit& kUnit>
const core::ParamTable<typename Pi<kUnit>::Params>& Pi<kUnit>::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("gain", &Params::gain, kUnit.per_unit, core::required(0.05), {0, 1e6},
           "Output per unit of error")
        .real("integral_time", &Params::integral_time, "s", 60.0, {0.01, 1e5}, "Integral time")
        .real("lo", &Params::lo, "1", 0.0, {-1e6, 1e6}, "Lower limit of the output")
        .real("hi", &Params::hi, "1", 1.0, {-1e6, 1e6}, "Upper limit of the output")
        .real("off_value", &Params::off_value, "1", 0.0, {-1e6, 1e6}, "Output while not enabled")
        .choice("action", &Params::action, core::Choices{{"direct", "reverse"}}, Action::direct,
                "direct: the output rises with the measurement (cooling)");
    return p;
  }();
  return t;
}

template <const PiUnit& kUnit>
core::Layout Pi<kUnit>::layout() {
  core::Layout l;
  l.var(kOut, {.name = "out",
               .unit = "1",
               .kind = core::VarKind::algebraic,
               .atol = 1e-6,
               .guess = 0.5,
               .help = "Controller output"});
  l.var(kIntegral, {.name = "integral",
                    .unit = "1",
                    .kind = core::VarKind::lag,
                    .atol = 1e-6,
                    .guess = 0.5,
                    .help = "Integral part"});
  l.input(kMeasurement, {.name = "measurement",
                         .unit = kUnit.unit,
                         .required = true,
                         .lo = kUnit.lo,
                         .hi = kUnit.hi,
                         .help = "What is controlled"})
      .input(kMinus, {.name = "minus",
                      .unit = kUnit.unit,
                      .lo = std::min(0.0, kUnit.lo),
                      .hi = kUnit.hi,
                      .help = "Taken off the measurement: two pressures make a difference"})
      .input(kSetpoint, {.name = "setpoint",
                         .unit = kUnit.unit,
                         .required = true,
                         .lo = kUnit.lo,
                         .hi = kUnit.hi,
                         .help = "Wanted value"})
      .input(kEnable, {.name = "enable", .unit = "1", .value = 1.0, .help = "0 holds the output"});
  l.output(kError, "error", kUnit.unit, "Measurement over setpoint");
  return l;
}

namespace {
template <const PiUnit& kUnit>
core::ComponentType make() {
  return core::describe<Pi<kUnit>>(
      kUnit.type, "controls",
      std::string("Proportional-integral controller with limits and anti-windup, of a ") +
          kUnit.what);
}
}  // namespace

core::ComponentType pi_model() { return make<kPlainPi>(); }
core::ComponentType pi_temperature_model() { return make<kTemperaturePi>(); }
core::ComponentType pi_pressure_model() { return make<kPressurePi>(); }

}  // namespace steppe::models
