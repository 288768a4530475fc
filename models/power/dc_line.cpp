#include "models/power/dc_line.h"

namespace steppe::models {

const core::ParamTable<DcLine::Params>& DcLine::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", 240.0, {1.0, 5000.0}, "Nominal voltage")
          .real("resistance", &Params::resistance, "mohm", core::required(5.0), {0.001, 1e5},
                "Resistance of both conductors")
          .real("inductance", &Params::inductance, "uH", core::required(20.0), {0.01, 1e6},
                "Inductance of the loop");
  return table;
}

core::Layout DcLine::layout() {
  return core::Layout{}
      .dc(kA, "a")
      .dc(kB, "b")
      .heat(kWaste, "waste")
      .optional()
      .var(kI, {.name = "current",
                .unit = "A",
                .kind = core::VarKind::lag,
                .atol = 1e-3,
                .help = "Current from a to b"})
      .output(kPower, "power", "W", "Power from a to b")
      .output(kLoss, "p_loss", "W", "Loss");
}

core::ComponentType dc_line_model() {
  return core::describe<DcLine>("dc_line", "power", "Dc cable with resistance and inductance");
}

}  // namespace steppe::models
