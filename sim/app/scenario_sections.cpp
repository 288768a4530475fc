#include "sim/app/scenario_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "sim/app/availability_reader.h"
#include "sim/base/date.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using core::from_seconds;
using io::Node;

solve::Profile read_base(const Node& n, solve::Profile p, Diagnostics& d) {
  try {
    p = solve::profile_named(n.scalar);
  } catch (const UserError& e) {
    d.error(n.loc, e.diagnostics().items().at(0).message);
  }
  return p;
}
void read_numbers(const Node& n, solve::Profile& p, Diagnostics& d) {
  auto number = [&](const char* key, const char* unit, double& value, double lo, double hi) {
    const Node* k = n.find(key);
    if (!k) return;
    const auto v = io::read_quantity(*k, unit, d, key);
    if (!v) return;
    if (*v < lo || *v > hi)
      d.error(k->loc, fmt::format("'{}' {} is outside [{}, {}]", key, *v, lo, hi));
    else
      value = *v;
  };
  const double exchange = p.exchange;
  number("exchange", "s", p.exchange, 1e-6, 86400);
  if (p.exchange != exchange) p.record = std::max(p.record, p.exchange);
  number("record", "s", p.record, 1e-6, 1e7);
  number("max_step", "s", p.max_step, 1e-6, 1e6);
  number("collapse_below", "s", p.collapse_below, 0, 1e5);
  number("rtol", "1", p.rtol, 1e-12, 1e-2);
  number("ledger_limit", "1", p.ledger_limit, 0, 1);
  if (const Node* k = n.find("integrator")) {
    if (k->scalar == "ida")
      p.method = solve::Method::ida;
    else if (k->scalar != "sdirk")
      d.error(k->loc, fmt::format("unknown integrator '{}'", k->scalar), "sdirk or ida");
  }
}

/// A climate by name: data/weather/NAME.yaml holds parameters of `weather`, its altitude too.
std::optional<Node> named_climate(const std::string& name, const std::string& data_dir) {
  if (name == "synthetic" || name.find_first_of("./") != std::string::npos) return {};
  const fs::path file = fs::path(data_dir) / "weather" / (name + ".yaml");
  if (!fs::exists(file)) return {};
  Node climate = io::load_yaml_file(file.string());
  std::erase_if(climate.items, [](const io::Entry& e) { return e.key == "note"; });
  return climate;
}

void read_time_zone(const Node& z, Scenario& out, Diagnostics& d) {
  int hours = 0, minutes = 0, used = 0;
  const bool read = std::sscanf(z.scalar.c_str(), "%3d:%2d%n", &hours, &minutes, &used) == 2 &&
                    static_cast<size_t>(used) == z.scalar.size() &&
                    (z.scalar[0] == '+' || z.scalar[0] == '-');
  if (!read || std::abs(hours) > 14 || minutes < 0 || minutes > 59)
    d.error(z.loc, fmt::format("'{}' is no offset from UTC", z.scalar),
            "expected +hh:mm or -hh:mm of the local standard time, e.g. +08:00");
  else
    out.time_zone = z.scalar;
}

}  // namespace

std::string folder_of(const SourceLoc& loc) {
  if (!loc.source || loc.source->name.starts_with("--")) return fs::current_path().string();
  return fs::absolute(loc.source->name).parent_path().lexically_normal().string();
}

SourceLoc command_line(const std::string& option, const std::string& text) {
  auto source = std::make_shared<SourceText>();
  source->name = option;
  source->text = text;
  return {source, 1, 1, static_cast<int>(text.size())};
}

std::optional<Node> read_site(const Node& site, const core::Registry& registry,
                              const std::string& data_dir, Scenario& out, Diagnostics& d) {
  if (site.is_map())
    io::check_keys(site, {"name", "altitude", "start", "time_zone", "weather", "carbon"}, d,
                   "site");
  const Node* altitude = site.find("altitude");
  if (altitude)
    if (const auto v = io::read_quantity(*altitude, "m", d, "altitude")) {
      if (*v < -500 || *v > 6000)
        d.error(altitude->loc, fmt::format("'altitude' {} m is outside [-500, 6000] m", *v));
      out.system.altitude = *v;
    }
  if (const Node* c = site.find("carbon"))
    if (const auto v = io::read_quantity(*c, "kg/kWh", d, "carbon")) out.carbon = *v;
  out.start_epoch = *parse_date("2026-01-15");
  if (const Node* t = site.find("start")) {
    if (const auto v = parse_date(t->scalar))
      out.start_epoch = *v;
    else
      d.error(t->loc, fmt::format("'{}' is not a date", t->scalar), "expected YYYY-MM-DD hh:mm");
  }
  out.start = format_date(out.start_epoch);
  if (const Node* z = site.find("time_zone")) read_time_zone(*z, out, d);

  const Node* weather = site.find("weather");
  const SourceLoc loc = weather ? weather->loc : site.loc;
  const std::string name = !weather ? "synthetic" : weather->is_scalar() ? weather->scalar : "";
  auto entry = [&](const char* key, Node v) { return io::Entry{key, loc, {}, std::move(v)}; };
  Node params = Node::make_map(loc);
  if (name.empty()) {
    params = *weather;
  } else if (const auto climate = named_climate(name, data_dir)) {
    params = *climate;
    if (const Node* a = climate->find("altitude"); a && !altitude)
      out.system.altitude = io::read_quantity(*a, "m", d, "altitude").value_or(0.0);
  } else if (name != "synthetic" && name != "none") {
    params.items.push_back(entry("source", Node::make_scalar("epw", loc)));
    params.items.push_back(entry("file", weather ? *weather : Node()));
    // 0 where the file does not say: whoever reads it all complains about it.
    if (!altitude && registry.elevation)
      out.system.altitude =
          registry.elevation(io::resolve_path(name, folder_of(loc))).value_or(0.0);
  }
  const auto type = registry.processes.find("weather");
  if (type == registry.processes.end() || name == "none") return {};
  if (type->second.params->find("altitude") >= 0 && !params.find("altitude")) {
    Node a = Node::make_scalar(fmt::format("{}", out.system.altitude), loc);
    a.tag = io::kSiTag;
    params.items.push_back(entry("altitude", std::move(a)));
  }
  Node weather_entry = Node::make_map(loc);
  weather_entry.items = {entry("id", Node::make_scalar("weather", loc)),
                         entry("type", Node::make_scalar("weather", loc)),
                         entry("params", std::move(params))};
  return weather_entry;
}

void read_run(const Node& run, Scenario& out, Diagnostics& d) {
  if (run.is_null()) return;
  if (!io::check_keys(run, {"until", "seed", "checkpoints"}, d, "run")) return;
  if (const Node* n = run.find("until"))
    if (const auto v = io::read_quantity(*n, "s", d, "until")) {
      if (*v <= 0 || *v > 3.2e9)
        d.error(n->loc, "'until' must be more than 0 and at most 100 years");
      else
        out.t_end = *v;
    }
  if (const Node* n = run.find("seed"))
    if (const auto v = io::read_integer(*n, d, "seed")) {
      if (*v < 0)
        d.error(n->loc, "'seed' is a whole number from 0 on");
      else
        out.seed = static_cast<uint64_t>(*v);
    }
  if (const Node* n = run.find("checkpoints"))
    for (const auto& c : n->seq)
      if (const auto v = io::read_quantity(c, "s", d, "checkpoint"))
        out.checkpoints.push_back(from_seconds(*v));
}

void read_profile(const Node& n, Scenario& out, Diagnostics& d) {
  solve::Profile base = solve::profile_named("thermal");
  if (n.is_scalar()) {
    base = read_base(n, base, d);
  } else if (n.is_map()) {
    io::check_keys(n,
                   {"base", "exchange", "record", "max_step", "collapse_below", "rtol",
                    "ledger_limit", "integrator", "windows"},
                   d, "profile");
    if (const Node* b = n.find("base")) base = read_base(*b, base, d);
    read_numbers(n, base, d);
  }
  out.windows.push_back({0, base});
  const Node* windows = n.find("windows");
  if (!windows) return;
  double last = 0.0;
  for (const auto& w : windows->seq) {
    if (!io::check_keys(w,
                        {"from", "for", "around", "before", "after", "use", "exchange", "record",
                         "max_step", "collapse_below", "rtol", "ledger_limit", "integrator"},
                        d, "window"))
      continue;
    auto time = [&](const char* key) -> double {
      const Node* k = w.find(key);
      if (!k) return std::nan("");
      const auto v = io::read_quantity(*k, "s", d, key);
      return v ? *v : std::nan("");
    };
    double from = time("from"), length = time("for");
    if (const double around = time("around"); !std::isnan(around)) {
      from = around - time("before");
      length = time("before") + time("after");
    }
    if (std::isnan(from) || std::isnan(length) || length <= 0) {
      d.error(w.loc, "a window needs 'from' and 'for', or 'around', 'before' and 'after'");
      continue;
    }
    if (from < last) {
      d.error(w.loc, "windows must not overlap and must be in order of time");
      continue;
    }
    solve::Profile p = base;
    if (const Node* u = w.find("use")) p = read_base(*u, base, d);
    p.method = base.method;
    read_numbers(w, p, d);
    if (from == 0.0)
      out.windows.clear();
    else if (out.windows.back().from == from_seconds(from))
      out.windows.pop_back();
    out.windows.push_back({from_seconds(from), p});
    out.windows.push_back({from_seconds(from + length), base});
    last = from + length;
  }
}

void read_record(const Node& n, Scenario& out, Diagnostics& d) {
  if (n.is_null()) return;
  if (!io::check_keys(n, {"every", "signals"}, d, "record")) return;
  if (const Node* e = n.find("every"))
    if (const auto v = io::read_quantity(*e, "s", d, "every")) {
      if (*v <= 0)
        d.error(e->loc, "'every' must be more than 0");
      else
        for (auto& w : out.windows) w.profile.record = *v;
    }
  if (const Node* s = n.find("signals"))
    for (const auto& p : s->seq) {
      out.record.push_back(p.scalar);
      out.record_locs.push_back(p.loc);
    }
}

void read_events(const Node& n, Scenario& out, Diagnostics& d) {
  if (n.is_null()) return;
  if (!n.is_sequence()) return d.error(n.loc, "'events' is a list");
  for (const auto& e : n.seq) {
    if (!io::check_keys(e, {"at", "do", "target", "set", "to", "for", "ramp", "value", "note"}, d,
                        "event"))
      continue;
    Scenario::Event ev;
    const Node *at = e.find("at"), *action = e.find("do"), *set = e.find("set"),
               *target = e.find("target");
    if (!at) {
      d.error(e.loc, "an event needs 'at'");
      continue;
    }
    ev.at_loc = at->loc;
    if (const auto v = io::read_quantity(*at, "s", d, "at")) ev.at = *v;
    if (ev.at < 0) d.error(at->loc, "'at' lies before the start");
    if ((action == nullptr) == (set == nullptr)) {
      d.error(e.loc, "an event either has 'do' and 'target', or 'set' and 'to'");
      continue;
    }
    if (action) {
      ev.action = action->scalar;
      ev.action_loc = action->loc;
      if (!target) {
        d.error(e.loc, fmt::format("event '{}' has no target", ev.action));
        continue;
      }
      ev.target = target->scalar;
      ev.target_loc = target->loc;
    } else {
      ev.target = set->scalar;
      ev.target_loc = set->loc;
    }
    const Node* value = e.find(action ? "value" : "to");
    if (value) {
      ev.has_value = true;
      ev.value_text = value->scalar;
      ev.value_loc = value->loc;
    } else if (set) {
      d.error(e.loc, fmt::format("'set: {}' has no 'to'", ev.target));
      continue;
    }
    for (const auto& [key, to] : {std::pair{"for", &ev.duration}, std::pair{"ramp", &ev.ramp}}) {
      const Node* k = e.find(key);
      if (!k) continue;
      if (action)
        d.error(k->loc, fmt::format("'{}' belongs to 'set'; a command happens at once", key),
                "a second event undoes it");
      else if (const auto v = io::read_quantity(*k, "s", d, key); v && *v < 0.0)
        d.error(k->loc, fmt::format("'{}' is negative", key));
      else if (v)
        *to = *v;
    }
    out.events.push_back(std::move(ev));
  }
}

void read_outages(const Node& n, Scenario& out, Diagnostics& d) {
  if (n.is_null()) return;
  const auto model = read_availability(n, d);
  if (!d.ok()) return;
  out.availability = model;
  out.availability_text = io::dump(n);
  if (model.replay == 0) return;
  const auto outage = sample_outage(model, out.seed, model.replay);
  if (!outage) return;
  out.availability->replayed = outage->duration;
  const auto& f = model.site[outage->function];
  const SourceLoc loc = n.find("replay")->loc;
  Scenario::Event ev;
  ev.at = model.replay_at;
  ev.at_loc = ev.action_loc = ev.target_loc = ev.value_loc = loc;
  if (!f.replay_set.empty()) {
    ev.target = f.replay_set;
    ev.has_value = true;
    ev.value_text = f.replay_to;
    ev.duration = outage->duration;
    out.events.push_back(std::move(ev));
  } else if (!f.replay_do.empty()) {
    ev.action = f.replay_do;
    ev.target = f.replay_target;
    out.events.push_back(ev);
    ev.at += outage->duration;
    ev.action = f.replay_undo;
    if (!ev.action.empty() && ev.at < out.t_end) out.events.push_back(std::move(ev));
  } else {
    d.error(loc,
            fmt::format("outage {} is one of '{}', which has no 'replay'", model.replay, f.name));
  }
}

}  // namespace steppe::app
