#include "models/battery/cell_step.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {

CellStepper::Pair::Pair(double tau, double dt)
    : decay(std::exp(-dt / tau)),
      mean1(tau / dt * (1.0 - decay)),
      mean2(0.5 * tau / dt * (1.0 - decay * decay)) {}

double CellStepper::Pair::step(double& v, double target) const {
  const double off = v - target;
  v = target + off * decay;
  return target * target + 2.0 * target * off * mean1 + off * off * mean2;
}

CellStepper::CellStepper(const CellParams& p, double dt)
    : p_(p),
      dt_(dt),
      pair1_(p.tau1, dt),
      pair2_(p.tau2, dt),
      decay_temp_(std::exp(-dt / (p.cell_heat_capacity * p.thermal_resistance))) {
  if (!p_.table) prepare_cell(p_);
}

CellStepper::Result CellStepper::power(CellState& s, double power, double coolant,
                                       const CellAge& age) const {
  const auto c = cell_point(p_, s.soc, s.temp);
  const double inner = c.u + c.m * s.hysteresis - s.v1 - s.v2;
  const double r_charge = p_.r0 * age.resistance * c.charge,
               r_discharge = p_.r0 * age.resistance * c.discharge;
  double i = 0.0;
  if (power != 0.0) {
    const auto offer = cell_offer(p_, s.soc, s.temp, inner, r_charge, r_discharge);
    const double r = power > 0.0 ? r_discharge : r_charge;
    // P = I·(inner − I·R); beyond the vertex no current gives more.
    const double root = inner * inner - 4.0 * r * power;
    i = root > 0.0 ? 2.0 * power / (inner + std::sqrt(root)) : offer.discharge;
    i = std::clamp(i, -offer.charge, offer.discharge);
    // The step must not run through the end of the window.
    const double capacity = p_.cell_capacity * age.capacity;
    i = std::clamp(i, std::min(0.0, (s.soc - p_.soc_max) * capacity / dt_),
                   std::max(0.0, (s.soc - p_.soc_min) * capacity / dt_));
  }
  return advance(s, c, i, coolant, age);
}

CellStepper::Result CellStepper::current(CellState& s, double current, double coolant,
                                         const CellAge& age) const {
  return advance(s,
                 current < 0.0 ? cell_point<true, false>(p_, s.soc, s.temp)
                               : cell_point<false, true>(p_, s.soc, s.temp),
                 current, coolant, age);
}

CellStepper::Result CellStepper::advance(CellState& s, const CellPoint<double>& c, double i,
                                         double coolant, const CellAge& age) const {
  const double factor = age.resistance * (i < 0.0 ? c.charge : c.discharge);
  const double r0 = p_.r0 * factor, r1 = p_.r1 * factor, r2 = p_.r2 * factor;
  const double m = c.m * s.hysteresis;
  const double before = c.u + m - s.v1 - s.v2 - i * r0;
  const double heat = i * i * r0 + pair1_.step(s.v1, i * r1) / r1 + pair2_.step(s.v2, i * r2) / r2 -
                      i * (m + s.temp * c.du);
  s.soc -= i * dt_ / (p_.cell_capacity * age.capacity);
  if (i != 0.0) {
    const double end = i > 0.0 ? -1.0 : 1.0;
    s.hysteresis =
        end + (s.hysteresis - end) * std::exp(-p_.kappa * std::fabs(i) * dt_ / p_.cell_capacity);
  }
  const double rest = coolant + heat * p_.thermal_resistance;
  s.temp = rest + (s.temp - rest) * decay_temp_;
  double u[CellTable::kResistance];
  p_.table->voltages(s.soc, u);
  const double after = u[CellTable::kOcv] +
                       (s.temp - CellTable::kReference) * u[CellTable::kEntropy] +
                       u[CellTable::kHysteresis] * s.hysteresis - s.v1 - s.v2 - i * r0;
  return {i, 0.5 * (before + after), heat};
}

}  // namespace steppe::models
