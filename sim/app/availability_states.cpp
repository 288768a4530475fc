#include "sim/app/availability_states.h"

#include <algorithm>

namespace steppe::app {

FunctionStates::FunctionStates(const AvailabilityModel& model, const SiteFunction& f)
    : model_(model) {
  tree_ = expand(f.block);
  for (size_t e = 0; e < model.equipment.size(); ++e) {
    const bool used = std::any_of(sets_.begin(), sets_.end(),
                                  [&](const Set& s) { return s.equipment == static_cast<int>(e); });
    if (used && model.equipment[e].common_cause > 0.0) causes_.push_back({static_cast<int>(e)});
  }
}

FunctionStates::Tree FunctionStates::expand(const Block& b) {
  auto once = [&] {
    Tree t;
    t.kind = b.kind;
    if (b.kind == Block::Kind::equipment) {
      t.set = sets_.size();
      sets_.push_back({b.equipment});
    }
    for (const auto& p : b.parts) t.parts.push_back(expand(p));
    if (b.kind == Block::Kind::any) t.needed = 1;
    return t;
  };
  if (b.copies == 1) return once();
  Tree t;
  t.kind = Block::Kind::any;
  t.needed = b.needed;
  for (int i = 0; i < b.copies; ++i) t.parts.push_back(once());
  return t;
}

size_t FunctionStates::cause_of(int equipment) const {
  for (size_t c = 0; c < causes_.size(); ++c)
    if (causes_[c].equipment == equipment) return sets_.size() + c;
  return 0;
}

bool FunctionStates::set_up(size_t set, const State& s) const {
  const Equipment& e = model_.equipment[static_cast<size_t>(sets_[set].equipment)];
  const size_t cause = cause_of(sets_[set].equipment);
  return (cause == 0 || s[cause] == 0) && e.count - s[set] >= e.needed;
}

bool FunctionStates::tree_up(const Tree& t, const State& s) const {
  if (t.kind == Block::Kind::equipment) return set_up(t.set, s);
  int up = 0;
  for (const auto& p : t.parts) up += tree_up(p, s) ? 1 : 0;
  return up >= (t.needed > 0 ? t.needed : static_cast<int>(t.parts.size()));
}

bool FunctionStates::up(const State& s) const { return tree_up(tree_, s); }

bool FunctionStates::runs(int equipment, const State& s) const {
  const int main = model_.equipment[static_cast<size_t>(equipment)].standby_for;
  if (main < 0) return true;
  // It runs while any set of what it stands by for is down.
  for (size_t i = 0; i < sets_.size(); ++i)
    if (sets_[i].equipment == main && !set_up(i, s)) return true;
  return false;
}

void FunctionStates::transitions(const State& s, std::vector<Transition>& out) const {
  out.clear();
  for (size_t i = 0; i < sets_.size(); ++i) {
    const Equipment& e = model_.equipment[static_cast<size_t>(sets_[i].equipment)];
    const int healthy = e.count - s[i];
    const double rate = healthy * e.rate * (1.0 - e.common_cause);
    if (rate > 0.0 && runs(sets_[i].equipment, s))
      out.push_back({Transition::Kind::failure, i, rate});
    if (s[i] > 0) {
      const int busy = e.crews > 0 ? std::min(e.crews, s[i]) : s[i];
      out.push_back({Transition::Kind::repair, i, busy / e.repair});
    }
  }
  for (size_t c = 0; c < causes_.size(); ++c) {
    const Equipment& e = model_.equipment[static_cast<size_t>(causes_[c].equipment)];
    const size_t place = sets_.size() + c;
    if (s[place] > 0)
      out.push_back({Transition::Kind::common_repair, place, 1.0 / e.repair});
    else if (e.rate > 0.0 && runs(causes_[c].equipment, s))
      out.push_back({Transition::Kind::common_failure, place, e.rate * e.common_cause});
  }
}

void FunctionStates::apply(const Transition& t, State& s) const {
  s[t.place] += t.fails() ? 1 : -1;
}

void FunctionStates::demands(const State& before, const State& after,
                             std::vector<Demand>& out) const {
  out.clear();
  for (size_t i = 0; i < sets_.size(); ++i) {
    const int equipment = sets_[i].equipment;
    const Equipment& e = model_.equipment[static_cast<size_t>(equipment)];
    if (e.standby_for < 0 || e.start_failure <= 0.0) continue;
    if (runs(equipment, before) || !runs(equipment, after)) continue;
    const size_t cause = cause_of(equipment);
    out.push_back({i, cause, e.count - after[i], e.start_failure * (1.0 - e.common_cause),
                   cause > 0 && after[cause] == 0 ? e.start_failure * e.common_cause : 0.0});
  }
}

}  // namespace steppe::app
