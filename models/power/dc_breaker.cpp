#include "models/power/dc_breaker.h"

namespace steppe::models {

const core::ParamTable<DcBreaker::Params>& DcBreaker::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", core::required(240.0), {12.0, 5000.0},
                "Nominal voltage")
          .real("rating", &Params::rating, "kW", core::required(500.0), {0.1, 1e5}, "Rated power")
          .real("contact_loss", &Params::contact_loss, "1", 1e-4, {1e-6, 1e-2},
                "Loss at rated current over rated power")
          .boolean("closed", &Params::closed, true, "Closed at the start of the run");
  return table;
}

core::Layout DcBreaker::layout() {
  return core::Layout{}
      .dc(kA, "a")
      .dc(kB, "b")
      .heat(kWaste, "waste")
      .optional()
      .output(kPower, "power", "W", "Power from a to b")
      .output(kLoss, "p_loss", "W", "Loss in the contacts")
      .mode(kPosition, {"position", {"closed", "open"}, kClosed})
      .command(kDoOpen, "open", "Opens the breaker")
      .command(kDoClose, "close", "Closes the breaker");
}

core::ComponentType dc_breaker_model() {
  return core::describe<DcBreaker>("dc_breaker", "power", "Circuit breaker of a dc line");
}

}  // namespace steppe::models
