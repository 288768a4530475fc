// The values at the cursor: in the boxes, at the pipes, and as widths and colours of the lines.
#include <QGraphicsSimpleTextItem>
#include <algorithm>
#include <cmath>
#include <map>

#include "gui/diagram/diagram_items.h"
#include "gui/diagram/diagram_view.h"
#include "gui/diagram/heat_item.h"
#include "gui/diagram/legend.h"
#include "gui/document/display.h"
#include "gui/session.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"

namespace steppe::gui {

void DiagramView::update_values() {
  if (!isVisible()) return;
  RunData* r = session_.run();
  const bool known = r && r->usable();
  advance_arrows();
  double most_power = 0.0, most_flow = 0.0;
  for (auto* b : boxes_) {
    ComponentView v = known ? view_of(*r, b->id(), session_.cursor()) : ComponentView{};
    if (v.flow) most_power = std::max(most_power, std::abs(*v.flow));
    if (v.mass_flow) most_flow = std::max(most_flow, std::abs(*v.mass_flow));
    b->set_view(std::move(v), known);
  }
  std::map<NetItem*, double> temps;
  for (auto* n : nets_) {
    const bool fluid = n->kind() == core::PortKind::fluid;
    QString label = n->name();
    if (known) {
      const auto kelvin =
          fluid ? r->value(n->signal_name() + ".temp", session_.cursor()) : std::nullopt;
      if (kelvin) {
        temps[n] = *kelvin;
        label = n->stubs().size() > 2 || !n->name().isEmpty() ? qs(quantity(*kelvin, "K", 3))
                                                              : QString();
      }
      if (!fluid && !n->name().isEmpty()) {
        const bool dc = n->kind() == core::PortKind::dc;
        const auto re = r->value(n->signal_name() + (dc ? ".v" : ".v_re"), session_.cursor());
        const auto im = dc ? std::optional<double>(0.0)
                           : r->value(n->signal_name() + ".v_im", session_.cursor());
        if (re && im) label += "  " + qs(quantity(std::hypot(*re, *im), "V"));
      }
    }
    // The name of a fluid circuit is in the tool tip of its ends; the picture has room for values.
    if (fluid && !known) label.clear();
    n->set_label(label);
    if (fluid)
      n->set_flow_scale(known && most_flow > 0 ? 6.5 / most_flow : 0.0, 0.01 * most_flow);
    else
      n->set_flow_scale(known && most_power > 0 ? 6.5 / most_power : 0.0, 0.002 * most_power);
  }
  QStringList widest;
  if (most_power > 0.0 && part_ != Part::cooling) widest << qs(quantity(most_power, "W", 3));
  if (most_flow > 0.0 && part_ != Part::electrical) widest << qs(quantity(most_flow, "kg/s", 3));
  legend_->set_widest(known ? widest.join(" · ") : QString());
  show_outside();
  find_sides(temps);
  viewport()->update();
}

void DiagramView::show_outside() {
  if (!cooling_title_) return;
  QString text = tr("Cooling, schematic");
  RunData* run = session_.run();
  if (run && run->usable())
    for (const char* name : {"weather.temp", "outdoors.temp"})
      if (run->info(name))
        if (const auto v = run->value(name, session_.cursor())) {
          text += "  ·  " + tr("outside %1").arg(qs(quantity(*v, "K", 3)));
          break;
        }
  cooling_title_->setText(text);
  heat_->set(run && run->usable() ? balance_of(ledger_at(run->accounts, session_.cursor())).sinks
                                  : std::vector<BalanceFlow>{});
  heat_->setPos(cooling_title_->pos() +
                QPointF(cooling_title_->boundingRect().width() + 24.0, 1.0));
}

/// Arrows move while the cursor does: in play and behind a run.
void DiagramView::advance_arrows() {
  constexpr double kTurnsPerSecond = 0.8;
  if (session_.cursor() == arrows_at_) return;
  arrows_at_ = session_.cursor();
  // A jump of the cursor after a rest is no movement.
  const double dt =
      arrow_clock_.isValid() ? 1e-3 * static_cast<double>(arrow_clock_.restart()) : 0.0;
  if (!arrow_clock_.isValid()) arrow_clock_.start();
  if (dt < 0.3) phase_ += kTurnsPerSecond * dt;
  NetItem::set_phase(phase_);
}

/// Which side of a loop is the warm one: a box votes for its own pairs of ports, and parts without
/// a difference of temperature pass the verdict on.
void DiagramView::find_sides(const std::map<NetItem*, double>& temps) {
  std::map<const BoxItem*, std::vector<NetItem*>> at_box;
  for (auto* n : nets_)
    if (n->kind() == core::PortKind::fluid)
      for (const auto& s : n->stubs()) at_box[s.owner].push_back(n);
  std::map<NetItem*, int> votes;
  constexpr double kLeastDifference = 0.5;
  for (const auto& [box, list] : at_box)
    for (size_t i = 0; i + 1 < list.size(); i += 1)
      for (size_t k = i + 1; k < list.size(); ++k) {
        if (list.size() > 2 && !box->model().contains("exchanger")) continue;
        const auto a = temps.find(list[i]), b = temps.find(list[k]);
        if (a == temps.end() || b == temps.end() ||
            std::abs(a->second - b->second) < kLeastDifference)
          continue;
        votes[a->second > b->second ? list[i] : list[k]] += 1;
        votes[a->second > b->second ? list[k] : list[i]] -= 1;
      }
  for (int pass = 0; pass < 8; ++pass)
    for (const auto& [box, list] : at_box)
      if (list.size() == 2 && (votes[list[0]] == 0) != (votes[list[1]] == 0))
        (votes[list[0]] == 0 ? votes[list[0]] : votes[list[1]]) =
            votes[list[0]] == 0 ? votes[list[1]] : votes[list[0]];
  for (auto* n : nets_) {
    if (n->kind() != core::PortKind::fluid) continue;
    int v = votes[n];
    // Before the first run the names are all there is.
    if (v == 0) {
      const QString name = (n->name() + n->signal_name()).toLower();
      v = name.contains("return") || name.contains("hot") || name.contains("out")    ? 1
          : name.contains("supply") || name.contains("cold") || name.contains("_in") ? -1
                                                                                     : 0;
    }
    n->set_side(v > 0   ? NetItem::Side::back
                : v < 0 ? NetItem::Side::supply
                        : NetItem::Side::unknown);
    n->update();
  }
}

}  // namespace steppe::gui
