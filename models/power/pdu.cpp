#include "models/power/pdu.h"

namespace steppe::models {

const core::ParamTable<Pdu::Params>& Pdu::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", 240.0, {12.0, 2000.0}, "Nominal voltage")
          .real("rating", &Params::rating, "kW", core::required(500.0), {0.1, 1e5}, "Rated power")
          .real("loss_fraction", &Params::loss_fraction, "%", 0.5, {0.01, 10.0},
                "Loss in the conductors at rated power, of that power")
          .real("standby", &Params::standby, "W", 50.0, {0.0, 1e5},
                "Consumption of meters and relays at nominal voltage");
  return table;
}

core::Layout Pdu::layout() {
  return core::Layout{}
      .dc(kIn, "in")
      .dc(kOut, "out")
      .heat(kWaste, "waste")
      .optional()
      .output(kPower, "p_in", "W", "Power into the distribution")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kLoad, "load", "1", "Current over rated current");
}

core::ComponentType pdu_model() {
  return core::describe<Pdu>("pdu", "power", "Distribution of a dc chain: cabinet, busway, cables");
}

}  // namespace steppe::models
