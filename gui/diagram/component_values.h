#pragma once
// What a component says about itself at the cursor: its state from its modes, and the one or two
// values that people look at first. Knows signals by name and unit only, never models.
#include <QString>
#include <optional>
#include <vector>

#include "gui/style/icons.h"

namespace steppe::gui {

class RunData;
struct SignalInfo;

struct ComponentView {
  Health state = Health::normal;
  int unit = 0;                     ///< of several units the one in the worst state
  QString mode;                     ///< "tripped", "off" …; "" without a mode
  QString main;                     ///< "10.7 MW"; power and flow of all units together
  QString second;                   ///< "63 %"
  std::optional<double> flow;       ///< W, all units together; for the width of lines
  std::optional<double> mass_flow;  ///< kg/s, all units together
  /// Every flow of mass by the name of its signal: "mdot", "mdot_air" [kg/s].
  std::vector<std::pair<QString, double>> flows;
  std::optional<double> soc;  ///< 0 … 1
  std::vector<Health> units;  ///< the state of every unit (at most 64); empty without a mode
};

/// Signals of a component, most telling first.
std::vector<const SignalInfo*> signals_of(const RunData&, const QString& id);
ComponentView view_of(RunData&, const QString& id, double t);
/// "10.70 MW", the word of a mode, or "–" without a value.
QString value_text(const SignalInfo&, std::optional<double> value);
Health state_of_mode(const QString& mode);

}  // namespace steppe::gui
