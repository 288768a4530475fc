#include "models/power/breaker.h"

namespace steppe::models {

const core::ParamTable<Breaker::Params>& Breaker::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "kV", core::required(10.0), {0.1, 500.0},
                "Nominal line-to-line voltage")
          .real("rating", &Params::rating, "MVA", core::required(10.0), {0.01, 2000.0},
                "Rated apparent power")
          .real("contact_loss", &Params::contact_loss, "1", 1e-5, {1e-6, 1e-2},
                "Loss at rated current over rated power")
          .boolean("closed", &Params::closed, true, "Closed at the start of the run");
  return table;
}

core::Layout Breaker::layout() {
  return core::Layout{}
      .ac(kA, "a")
      .ac(kB, "b")
      .heat(kWaste, "waste")
      .optional()
      .output(kPower, "power", "W", "Power from a to b")
      .output(kLoss, "p_loss", "W", "Loss in the contacts")
      .mode(kPosition, {"position", {"closed", "open"}, kClosed})
      .command(kDoOpen, "open", "Opens the breaker")
      .command(kDoClose, "close", "Closes the breaker");
}

core::ComponentType breaker_model() {
  return core::describe<Breaker>("breaker", "power", "Circuit breaker of an ac line");
}

}  // namespace steppe::models
