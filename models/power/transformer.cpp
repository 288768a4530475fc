#include "models/power/transformer.h"

namespace steppe::models {

const core::ParamTable<Transformer::Params>& Transformer::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("rating", &Params::rating, "kVA", core::required(2500.0), {10.0, 500e3},
                "Rated apparent power")
          .real("v_primary", &Params::v_primary, "kV", core::required(10.0), {0.2, 500.0},
                "Rated line-to-line voltage of the primary")
          .real("v_secondary", &Params::v_secondary, "kV", core::required(0.4), {0.1, 220.0},
                "Rated line-to-line voltage of the secondary")
          .real("uk", &Params::uk, "%", 6.0, {1.0, 25.0}, "Short-circuit voltage", "[SCB18 test]")
          .real("no_load_loss", &Params::no_load_loss, "kW", 2.08, {0.01, 500.0},
                "Loss at rated voltage without load", "[SCB18 test]")
          .real("load_loss", &Params::load_loss, "kW", 16.605, {0.05, 3000.0},
                "Loss in the windings at rated current, at the reference temperature",
                "[SCB18 test]")
          .real("no_load_current", &Params::no_load_current, "%", 0.4, {0.0, 5.0},
                "Current at rated voltage without load, of the rated current")
          .real("tap", &Params::tap, "1", 1.0, {0.85, 1.15},
                "Position of the tap changer: above 1 lowers the secondary voltage");
  return table;
}

core::Layout Transformer::layout() {
  return core::Layout{}
      .ac(kPrimary, "primary")
      .ac(kSecondary, "secondary")
      .heat(kWaste, "waste")
      .optional()
      .output(kPower, "p_in", "W", "Power into the primary")
      .output(kReactive, "q_in", "var", "Reactive power into the primary")
      .output(kLoss, "p_loss", "W", "No-load and load loss")
      .output(kLoad, "load", "1", "Current over rated current");
}

core::ComponentType transformer_model() {
  return core::describe<Transformer>("transformer", "power",
                                     "Two-winding transformer with no-load and load loss");
}

}  // namespace steppe::models
