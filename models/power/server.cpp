#include "models/power/server.h"

namespace steppe::models {

template <bool kAc>
const core::ParamTable<typename Server<kAc>::Params>& Server<kAc>::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    const char* fit =
        kAc ? "engineering: 80 PLUS Titanium 230 V, fit through 94/96/91 % at 20/50/100 %"
            : "engineering: fit through 96.5/97.5/96.5 % at 20/50/100 %";
    t.group("Size")
        .real("voltage", &Params::voltage, "V", kAc ? 400.0 : 240.0, {12.0, 2000.0},
              kAc ? "Nominal line-to-line voltage" : "Nominal voltage")
        .real("rating", &Params::rating, "kW", core::required(100.0), {1e-3, 1e6},
              "Output of the supplies at which the loss curve is per unit 1")
        .group("Loss")
        .real("loss_a", &Params::loss_a, "1", kAc ? 0.02354 : 0.00709, {0.0, 0.2},
              "No-load loss over rating", fit)
        .real("loss_b", &Params::loss_b, "1", kAc ? -0.08620 : -0.00624, {-0.2, 0.2},
              "Proportional loss over output", fit)
        .real("loss_c", &Params::loss_c, "1", kAc ? 0.16156 : 0.03543, {0.0, 0.5},
              "Quadratic loss over rating at full load", fit)
        .group("Input");
    if constexpr (kAc)
      t.real("power_factor", &Params::power_factor, "1", 0.99, {0.5, 1.0},
             "Displacement factor, lagging");
    t.real("window_low", &Params::window_low, "1", kAc ? 0.85 : 0.8, {0.55, 0.98},
           "Lowest input voltage over nominal that the supplies take")
        .real("window_high", &Params::window_high, "1", kAc ? 1.15 : 1.2, {1.02, 1.5},
              "Highest input voltage over nominal that they take")
        .group("Hold-up")
        .real("hold_up", &Params::hold_up, "ms", 20.0, {0.1, 1e5},
              "Time that the capacitors carry the rating", "engineering: 10 to 20 ms")
        .real("recharge", &Params::recharge, "s", 0.5, {0.01, 60.0},
              "Time constant of their recharge")
        .real("restart_delay", &Params::restart_delay, "s", 3.0, {0.0, 3600.0},
              "From a good input to computing, once lost");
    return t;
  }();
  return table;
}

template <bool kAc>
core::Layout Server<kAc>::layout() {
  core::Layout l;
  if constexpr (kAc)
    l.ac(kIn, "in");
  else
    l.dc(kIn, "in");
  return l.heat(kWaste, "waste")
      .optional()
      .var(kEnergy, {.name = "energy",
                     .unit = "J",
                     .kind = core::VarKind::storage,
                     .atol = 1e-3,
                     .energy = core::Energy::electric,
                     .help = "Usable energy of the bulk capacitors"})
      .input(kItPower, {.name = "it_power",
                        .unit = "W",
                        .value = 0.0,
                        .required = true,
                        .lo = 0.0,
                        .hi = 1e5,
                        .help = "Power that the computing draws behind the supplies"})
      .output(kPowerIn, "p_in", "W", "Power drawn from the supply")
      .output(kLoss, "p_loss", "W", "Loss of the supplies")
      .output(kPowered, "powered", "1", "1 while the servers compute")
      .output(kLost, "lost", "1", "1 while they do not", core::Role::rack_lost)
      .output(kUnserved, "unserved", "W", "Power that the computing asked for in vain",
              core::Role::unserved)
      .output(kPu, "v_pu", "1", "Input voltage over nominal")
      .mode(kState, {"state", {"on", "hold_up", "off", "restarting", "stopped"}, kOn})
      .guard(kBad, "input_bad", "Input voltage outside the window")
      .guard(kGood, "input_good", "Input voltage inside the window again")
      .guard(kEmpty, "empty", "The capacitors are empty")
      .timer(kRestart, "restart", "End of the restart")
      .command(kPowerOff, "power_off", "Switches the servers off")
      .command(kPowerOn, "power_on", "Switches them on");
}

template struct Server<false>;
template struct Server<true>;

core::ComponentType server_ac_model() {
  return core::describe<Server<true>>("server_ac", "power",
                                      "Servers on ac: power supplies with hold-up");
}
core::ComponentType server_dc_model() {
  return core::describe<Server<false>>("server_dc", "power",
                                       "Servers on dc: power supplies with hold-up");
}

}  // namespace steppe::models
