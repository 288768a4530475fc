#include "sim/core/system.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::core {

const double* System::held_at(double t) {
  u_.resize(held.value.size());
  for (size_t i = 0; i < u_.size(); ++i)
    u_[i] =
        held.slope[i] == 0.0 ? held.value[i] : held.value[i] + held.slope[i] * (t - held.since[i]);
  return u_.data();
}

void System::residual(double t, const double* yy, double* f, Ledger* ledger) {
  evaluate(t, yy, f, ledger, nullptr, nullptr);
}

void System::evaluate(double t, const double* yy, double* f, Ledger* ledger, double* outputs,
                      double* guards) {
  std::fill(f, f + size(), 0.0);
  if (guards) std::fill(guards, guards + n_guards, -1.0);
  if (ledger) ledger->clear();
  EvalArgs a;
  a.y = yy;
  a.u = held_at(t);
  a.modes = modes.data();
  a.f = f;
  a.outputs = outputs;
  a.guards = guards;
  for (size_t b = 0; b < batches_.size(); ++b) {
    a.ledger = ledger ? &ledger->row(b) : nullptr;
    batches_[b]->evaluate(a);
  }
  if (outdoors_ >= 0) {
    if (ledger) ledger->row(batches_.size())[kToAmbient] += f[outdoors_];
    f[outdoors_] = kOutdoorsTemp - yy[outdoors_];
  }
}

void System::jacobian(double t, const double* yy, double* values) {
  std::fill(values, values + nnz() + 1, 0.0);
  EvalArgs a;
  a.y = yy;
  a.u = held_at(t);
  a.modes = modes.data();
  a.jacobian = values;
  for (const auto& b : batches_) b->jacobian(a);
  if (outdoors_ >= 0) {
    for (int slot : outdoors_row_) values[slot] = 0.0;
    values[diagonal[static_cast<size_t>(outdoors_)]] = -1.0;
  }
}

void System::outputs(double t, const double* yy, double* out) {
  EvalArgs a;
  a.y = yy;
  a.u = held_at(t);
  a.modes = modes.data();
  a.outputs = out;
  for (const auto& b : batches_) b->evaluate(a);
}

void System::guards(double t, const double* yy, double* g) {
  std::fill(g, g + n_guards, -1.0);
  EvalArgs a;
  a.y = yy;
  a.u = held_at(t);
  a.modes = modes.data();
  a.guards = g;
  for (const auto& b : batches_)
    if (!b->layout().guards.empty()) b->evaluate(a);
}

void System::refresh_mass(double collapse_below) {
  mass = node_mass_;
  EvalArgs a;
  a.y = y.data();
  a.u = held_at(0.0);
  a.modes = modes.data();
  a.mass = mass.data();
  for (const auto& b : batches_) b->evaluate(a);
  for (size_t i = 0; i < mass.size(); ++i)
    if (unknowns[i].kind == VarKind::lag && mass[i] < collapse_below) mass[i] = 0.0;
}

LedgerArray System::stored(const double* yy) const {
  LedgerArray e{};
  for (size_t i = 0; i < unknowns.size(); ++i) {
    if (unknowns[i].energy == Energy::heat) e[kHeatStore] += unknowns[i].count * mass[i] * yy[i];
    if (unknowns[i].energy == Energy::electric)
      e[kElectricStore] += unknowns[i].count * mass[i] * yy[i];
  }
  return e;
}

const ChannelRef* System::find_channel(const std::string& name) const {
  const auto it = std::find_if(channels.begin(), channels.end(),
                               [&](const ChannelRef& c) { return c.name == name; });
  return it == channels.end() ? nullptr : &*it;
}

}  // namespace steppe::core
