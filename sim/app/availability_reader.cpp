#include "sim/app/availability_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/io/reader.h"

namespace steppe::app {
namespace {

using io::Node;

constexpr int64_t kMostUnits = 1'000'000;
constexpr int kMostCopies = 1000, kDeepest = 16;

class Reader {
 public:
  explicit Reader(Diagnostics& d) : d_(d) {}

  AvailabilityModel read(const Node& n) {
    if (!io::check_keys(n,
                        {"equipment", "site", "part", "target", "method", "cycles", "restart",
                         "checkpoint", "replay", "replay_of", "replay_at", "note"},
                        d_, "availability"))
      return {};
    if (const Node* e = n.find("equipment"))
      read_equipment(*e);
    else
      d_.error(n.loc, "availability needs 'equipment', a map of names and their failures");
    if (const Node* s = n.find("site"); s && s->is_map() && !s->items.empty())
      for (const auto& e : s->items) out_.site.push_back(function(e, nullptr));
    else
      d_.error(s ? s->loc : n.loc, "availability needs 'site', a map of functions that it needs");
    if (const Node* p = n.find("part")) {
      if (!p->is_map()) d_.error(p->loc, "'part' is a map of functions");
      for (const auto& e : p->items) {
        int count = 1;
        out_.part.push_back(function(e, &count));
        out_.part_count.push_back(count);
      }
    }
    number(n, "target", "1", out_.target, 0.0, 1.0);
    number(n, "restart", "s", out_.restart, 0.0, 1e9);
    number(n, "checkpoint", "s", out_.checkpoint, 0.0, 1e9);
    number(n, "replay_at", "s", out_.replay_at, 0.0, 1e9);
    out_.cycles = integer(n, "cycles", 20000, 100, 1'000'000'000);
    out_.replay = static_cast<int>(integer(n, "replay", 0, 0, 1'000'000'000));
    if (const Node* of = n.find("replay_of")) {
      std::vector<std::string> names;
      for (const auto& f : out_.site) names.push_back(f.name);
      const auto it = std::find(names.begin(), names.end(), of->scalar);
      out_.replay_of = static_cast<int>(it - names.begin());
      const auto near = nearest(of->scalar, names);
      if (it == names.end())
        d_.error(of->loc, fmt::format("the site has no function '{}'", of->scalar),
                 near.empty() ? "" : fmt::format("did you mean '{}'?", near));
    }
    if (const Node* m = n.find("method")) {
      using Method = AvailabilityModel::Method;
      static const std::map<std::string, Method> methods{{"auto", Method::automatic},
                                                         {"closed_form", Method::closed_form},
                                                         {"markov", Method::markov},
                                                         {"monte_carlo", Method::monte_carlo}};
      if (const auto it = methods.find(m->scalar); it != methods.end())
        out_.method = it->second;
      else
        d_.error(m->loc, fmt::format("method is {}, expected auto, closed_form, markov or "
                                     "monte_carlo",
                                     io::describe(*m)));
    }
    for (size_t i = 0; i < out_.equipment.size(); ++i)
      if (places_[i].uses == 0)
        d_.warning(places_[i].loc, fmt::format("equipment '{}' is in no function", names_[i]));
    return std::move(out_);
  }

 private:
  struct Place {
    SourceLoc loc;
    int uses = 0;
    std::string function;
  };

  void number(const Node& n, const char* key, const char* unit, double& out, double lo, double hi) {
    const Node* k = n.find(key);
    if (!k) return;
    const auto v = io::read_quantity(*k, unit, d_, key);
    if (!v) return;
    if (*v < lo || *v > hi)
      d_.error(k->loc, fmt::format("'{}' must be {:g} to {:g}", key, lo, hi));
    else
      out = *v;
  }
  int64_t integer(const Node& n, const char* key, int64_t standard, int64_t lo, int64_t hi) {
    const Node* k = n.find(key);
    if (!k) return standard;
    const auto v = io::read_integer(*k, d_, key);
    if (!v) return standard;
    if (*v >= lo && *v <= hi) return *v;
    d_.error(k->loc, fmt::format("'{}' must be {} to {}", key, lo, hi));
    return standard;
  }

  void read_equipment(const Node& n) {
    if (!n.is_map()) return d_.error(n.loc, "'equipment' is a map of names and their failures");
    for (const auto& e : n.items) {
      names_.push_back(e.key);
      places_.push_back({e.key_loc, 0, {}});
    }
    for (const auto& e : n.items) out_.equipment.push_back(one(e));
  }

  Equipment one(const io::Entry& entry) {
    Equipment e;
    e.id = entry.key;
    const Node& n = entry.value;
    if (!io::check_keys(n,
                        {"count", "needed", "failures", "mtbf", "repair", "start_failure",
                         "common_cause", "standby_for", "crews", "source", "note"},
                        d_, fmt::format("equipment '{}'", e.id)))
      return e;
    e.count = static_cast<int>(integer(n, "count", 1, 1, kMostUnits));
    e.needed = static_cast<int>(integer(n, "needed", e.count, 1, kMostUnits));
    if (e.needed > e.count)
      d_.error(n.find("needed")->loc,
               fmt::format("'{}' needs {} of {} units", e.id, e.needed, e.count));
    e.crews = static_cast<int>(integer(n, "crews", 0, 1, kMostUnits));
    const Node *failures = n.find("failures"), *mtbf = n.find("mtbf");
    if ((failures == nullptr) == (mtbf == nullptr))
      d_.error(n.loc,
               fmt::format("'{}' needs one of failures (1.956 1/year) and mtbf (1e5 h)", e.id));
    else if (failures)
      number(n, "failures", "1/s", e.rate, 0.0, 1e3);
    else if (double hours = 0.0; number(n, "mtbf", "s", hours, 1.0, 1e15), hours > 0.0)
      e.rate = 1.0 / hours;
    if (n.find("repair"))
      number(n, "repair", "s", e.repair, 1e-3, 1e12);
    else
      d_.error(n.loc, fmt::format("'{}' has no 'repair', the mean time to repair", e.id));
    number(n, "start_failure", "1", e.start_failure, 0.0, 1.0);
    number(n, "common_cause", "1", e.common_cause, 0.0, 1.0);
    if (const Node* s = n.find("standby_for")) {
      const auto it = std::find(names_.begin(), names_.end(), s->scalar);
      if (it == names_.end() || s->scalar == e.id) {
        const auto near = nearest(s->scalar, names_);
        d_.error(
            s->loc,
            fmt::format("'{}' stands by for '{}', which is no other equipment", e.id, s->scalar),
            near.empty() || near == e.id ? "" : fmt::format("did you mean '{}'?", near));
      } else {
        e.standby_for = static_cast<int>(it - names_.begin());
      }
    } else if (n.find("start_failure")) {
      d_.error(
          n.find("start_failure")->loc,
          fmt::format("'{}' always runs: 'start_failure' belongs to what has 'standby_for'", e.id));
    }
    return e;
  }

  /// `count` (may be null): equal parts of the site.
  SiteFunction function(const io::Entry& entry, int* count) {
    SiteFunction f;
    f.name = entry.key;
    const Node& n = entry.value;
    if (n.is_map()) {
      number(n, "ride_through", "s", f.ride_through, 0.0, 1e9);
      if (const Node* r = n.find("replay")) read_replay(*r, f);
      if (count) *count = static_cast<int>(integer(n, "count", 1, 1, kMostUnits));
      f.block = block(n, f.name, 0, count ? "count" : nullptr);
    } else {
      f.block = block(n, f.name, 0, nullptr);
    }
    // What starts must know what it starts for.
    for (size_t i = 0; i < out_.equipment.size(); ++i) {
      const int main = out_.equipment[i].standby_for;
      if (main >= 0 && places_[i].function == f.name &&
          places_[static_cast<size_t>(main)].function != f.name)
        d_.error(entry.key_loc,
                 fmt::format("'{}' is in '{}', but what it stands by for, '{}', is not", names_[i],
                             f.name, names_[static_cast<size_t>(main)]));
    }
    return f;
  }

  void read_replay(const Node& n, SiteFunction& f) {
    if (!io::check_keys(n, {"set", "to", "do", "target", "undo"}, d_, "replay")) return;
    auto text = [&](const char* key) {
      const Node* k = n.find(key);
      return k ? io::read_text(*k, d_, key).value_or("") : "";
    };
    f.replay_set = text("set");
    f.replay_to = text("to");
    f.replay_do = text("do");
    f.replay_target = text("target");
    f.replay_undo = text("undo");
    const bool set = !f.replay_set.empty() && !f.replay_to.empty(),
               act = !f.replay_do.empty() && !f.replay_target.empty();
    if (set == act)
      d_.error(n.loc,
               "a replay is {set: INPUT, to: VALUE} or {do: COMMAND, target: COMPONENT, "
               "undo: COMMAND}");
  }

  Block block(const Node& n, const std::string& function, int depth, const char* extra) {
    Block b;
    if (n.is_scalar()) {
      const auto it = std::find(names_.begin(), names_.end(), n.scalar);
      if (it == names_.end()) {
        const auto near = nearest(n.scalar, names_);
        d_.error(n.loc, fmt::format("there is no equipment '{}'", n.scalar),
                 near.empty() ? "" : fmt::format("did you mean '{}'?", near));
        return b;
      }
      const auto i = static_cast<size_t>(it - names_.begin());
      if (places_[i].uses++ > 0)
        d_.error(n.loc, fmt::format("'{}' is used twice; 'copies' repeats a block, 'count' a unit",
                                    n.scalar));
      places_[i].function = function;
      b.equipment = static_cast<int>(i);
      return b;
    }
    if (depth >= kDeepest) {
      d_.error(n.loc, "blocks are nested too deeply");
      return b;
    }
    std::vector<std::string> keys{"all", "any", "copies", "needed", "note"};
    if (depth == 0) keys.insert(keys.end(), {"ride_through", "replay"});
    if (extra) keys.push_back(extra);
    if (!io::check_keys(n, keys, d_, fmt::format("function '{}'", function))) return b;
    const Node *all = n.find("all"), *any = n.find("any");
    if ((all == nullptr) == (any == nullptr)) {
      d_.error(n.loc,
               "a block is the name of an equipment, or has 'all' or 'any', a list of blocks");
      return b;
    }
    b.kind = all ? Block::Kind::all : Block::Kind::any;
    const Node& list = all ? *all : *any;
    if (!list.is_sequence() || list.seq.empty()) d_.error(list.loc, "expected a list of blocks");
    for (const Node& p : list.seq) b.parts.push_back(block(p, function, depth + 1, nullptr));
    b.copies = static_cast<int>(integer(n, "copies", 1, 1, kMostCopies));
    b.needed = static_cast<int>(integer(n, "needed", 1, 1, kMostCopies));
    if (b.needed > b.copies)
      d_.error(n.find("needed")->loc,
               fmt::format("{} of {} copies are needed", b.needed, b.copies));
    return b;
  }

  Diagnostics& d_;
  AvailabilityModel out_;
  std::vector<std::string> names_;
  std::vector<Place> places_;
};

}  // namespace

AvailabilityModel read_availability(const Node& n, Diagnostics& d) { return Reader(d).read(n); }

}  // namespace steppe::app
