#include "sim/app/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>

#include "sim/app/availability_reader.h"
#include "sim/base/units.h"
#include "sim/io/expression.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using core::from_seconds;
using io::Node;

constexpr const char* kSetSource = "--set";
constexpr int kMostTemplateDepth = 16;
constexpr int64_t kMostUnits = 100000;

std::string folder_of(const SourceLoc& loc) {
  if (!loc.source || loc.source->name == kSetSource) return fs::current_path().string();
  return fs::absolute(loc.source->name).parent_path().lexically_normal().string();
}

/// Maps merge key by key, lists of things with an id merge by id, anything else is replaced.
void layer(Node& base, const Node& over) {
  if (base.is_map() && over.is_map()) {
    for (const auto& e : over.items) {
      if (Node* old = base.find(e.key))
        layer(*old, e.value);
      else
        base.items.push_back(e);
    }
    return;
  }
  const bool by_id = base.is_sequence() && over.is_sequence() && !over.seq.empty() &&
                     std::all_of(over.seq.begin(), over.seq.end(),
                                 [](const Node& n) { return n.find("id") != nullptr; });
  if (!by_id) {
    base = over;
    return;
  }
  for (const auto& o : over.seq) {
    const auto same = std::find_if(base.seq.begin(), base.seq.end(), [&](const Node& n) {
      const Node* id = n.find("id");
      return id && id->scalar == o.find("id")->scalar;
    });
    if (same != base.seq.end())
      layer(*same, o);
    else
      base.seq.push_back(o);
  }
}

class Loader {
 public:
  Loader(const core::Registry& r, std::string data_dir, Diagnostics& d)
      : registry_(r), data_dir_(std::move(data_dir)), d_(d) {}

  Scenario load(const std::string& path, const std::vector<Override>& overrides,
                const std::string& profile) {
    out_.path = path;
    Node root = read_layers(path, 0);
    out_.source = root.loc.source ? root.loc.source->text : "";
    if (!root.is_map()) {
      d_.error(root.loc, "a scenario is a map with keys such as site, components, connect", {});
      return std::move(out_);
    }
    io::check_keys(
        root,
        {"steppe", "name", "extends", "site", "run", "profile", "params", "set", "components",
         "connect", "nodes", "load", "events", "record", "availability", "note"},
        d_, "scenario");
    if (const Node* v = root.find("steppe"); !v || v->scalar != "1")
      d_.error(v ? v->loc : root.loc,
               "a scenario begins with 'steppe: 1' (the version of the format)");
    apply_overrides(root, overrides);
    if (!profile.empty()) {
      Node p = Node::make_scalar(profile, set_loc("--profile", profile));
      if (Node* old = root.find("profile"); old && old->is_map())
        io::set_path(root, "profile.base", p);
      else
        io::set_path(root, "profile", p);
    }
    if (const Node* set = root.find("set"))
      for (const auto& e : set->items) deep_.try_emplace(e.key, Deep{e.value, e.key_loc, false});

    Scope top;
    read_variables(root.find("params"), top);
    if (const Node* n = root.find("name")) out_.name = n->scalar;
    if (out_.name.empty()) out_.name = fs::path(path).stem().string();
    read_site(expanded(root.find("site"), top), top);
    read_run(expanded(root.find("run"), top));
    read_profile(expanded(root.find("profile"), top));
    if (const Node* c = root.find("components"))
      add_components(*c, top);
    else
      d_.error(root.loc, "the scenario has no 'components'");
    if (const Node* l = root.find("load")) {
      Node entry = *l;
      if (entry.is_map() && !entry.find("id")) {
        entry.items.insert(entry.items.begin(),
                           io::Entry{"id", l->loc, {}, Node::make_scalar("load", l->loc)});
        add_component(entry, top);
      } else if (!entry.is_map()) {
        d_.error(l->loc, "'load' is a map with a type and params");
      }
    }
    note_ids(root.find("components"), top);
    add_connections(root, top);
    read_record(expanded(root.find("record"), top));
    read_events(expanded(root.find("events"), top));
    read_outages(expanded(root.find("availability"), top));
    resolve_signals();
    resolve_connections();
    for (const auto& [p, deep] : deep_)
      if (!deep.used) {
        const auto near = nearest(p, parameter_paths_);
        d_.error(deep.loc, fmt::format("'{}' names no parameter of this scenario", p),
                 near.empty() ? "" : fmt::format("did you mean '{}'?", near));
      }
    finish();
    return std::move(out_);
  }

 private:
  struct Scope {
    std::string prefix;
    io::Variables variables;
    std::map<std::string, std::string> texts;
    std::set<std::string> ids;
    int repeat = 1;
    int depth = 0;
  };
  struct Deep {
    Node value;
    SourceLoc loc;
    bool used;
  };
  struct Token {
    std::string text;
    bool node;
    SourceLoc loc;
  };
  struct Group {
    std::vector<Token> tokens;
    double volume = 0.0;
    SourceLoc loc;
  };
  struct PendingSignal {
    core::SignalSpec spec;
    std::string prefix;
    std::set<std::string> ids;
  };

  static SourceLoc set_loc(const std::string& what, const std::string& text) {
    auto source = std::make_shared<SourceText>();
    source->name = what;
    source->text = text;
    return {source, 1, 1, static_cast<int>(text.size())};
  }

  Node read_layers(const std::string& path, int depth) {
    Node root = io::load_yaml_file(path);
    const Node* base = root.find("extends");
    if (!base) return root;
    if (depth > kMostTemplateDepth) throw UserError(base->loc, "'extends' goes round in a circle");
    const std::string file = io::resolve_path(base->scalar, folder_of(root.loc));
    if (!fs::exists(file)) throw UserError(base->loc, fmt::format("there is no file {}", file));
    Node merged = read_layers(file, depth + 1);
    const SourceLoc loc = root.loc;
    layer(merged, root);
    merged.loc = loc;
    return merged;
  }

  void apply_overrides(Node& root, const std::vector<Override>& overrides) {
    static const std::set<std::string> sections{"site",   "run",  "profile", "params",
                                                "record", "name", "load",    "availability"};
    for (const auto& o : overrides) {
      const std::string text = o.path + "=" + o.value;
      SourceLoc path_loc = set_loc(kSetSource, text), loc = path_loc;
      path_loc.length = static_cast<int>(o.path.size());
      loc.column = static_cast<int>(o.path.size()) + 2;
      loc.length = static_cast<int>(o.value.size());
      Node value = Node::make_scalar(o.value, loc);
      const size_t dot = o.path.find('.');
      const std::string first = o.path.substr(0, dot);
      if (!sections.count(first)) {
        deep_[o.path] = {value, path_loc, false};
        continue;
      }
      if (first == "load") {
        deep_[o.path] = {value, path_loc, false};
        continue;
      }
      // "profile: thermal" is short for "profile: {base: thermal}".
      if (Node* p = root.find("profile");
          first == "profile" && dot != std::string::npos && p && p->is_scalar()) {
        Node block = Node::make_map(p->loc);
        block.items.push_back({"base", p->loc, {}, *p});
        *p = block;
      }
      if (!io::set_path(root, o.path, value))
        d_.error(path_loc, fmt::format("'{}' cannot be set", o.path));
    }
  }

  Node expanded(const Node* n, const Scope& s) {
    if (!n) return {};
    Node copy = *n;
    substitute_texts(copy, s);
    return io::expand(copy, s.variables, d_);
  }
  /// "${name}" of a text parameter: the whole scalar is replaced.
  static void substitute_texts(Node& n, const Scope& s) {
    if (n.is_scalar() && n.scalar.size() > 3 && n.scalar.starts_with("${") &&
        n.scalar.back() == '}')
      if (const auto t = s.texts.find(n.scalar.substr(2, n.scalar.size() - 3));
          t != s.texts.end()) {
        n.scalar = t->second;
        n.quoted = false;  // "true" may stand for a boolean
      }
    for (auto& e : n.items) substitute_texts(e.value, s);
    for (auto& c : n.seq) substitute_texts(c, s);
  }

  /// A scalar as a variable: a quantity in SI, or a text.
  void set_variable(const std::string& name, const Node& value, Scope& s) {
    if (value.tag == io::kSiTag) {
      s.variables[name] = std::strtod(value.scalar.c_str(), nullptr);
      s.texts.erase(name);
    } else if (const auto q = parse_quantity(value.scalar)) {
      s.variables[name] = q->value;
      s.texts.erase(name);
    } else {
      s.texts[name] = value.scalar;
      s.variables.erase(name);
    }
  }
  /// Names inside the "${…}" of a text.
  static std::vector<std::string> names_in(std::string_view text) {
    std::vector<std::string> out;
    for (size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
      const size_t end = std::min(text.find('}', at), text.size());
      for (at += 2; at < end; ++at) {
        const auto part = [&](size_t i) {
          return i < end && (std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_');
        };
        const size_t from = at;
        while (part(at)) ++at;
        if (at > from && !std::isdigit(static_cast<unsigned char>(text[from])))
          out.emplace_back(text.substr(from, at - from));
      }
    }
    return out;
  }
  /// In the order in which they need each other, not of writing: those of an extended file stand
  /// first and may be given in terms of new ones.
  void read_variables(const Node* params, Scope& s) {
    if (!params) return;
    if (!params->is_map()) return d_.error(params->loc, "'params' is a map of name: value");
    std::map<std::string, const io::Entry*> open;
    for (const auto& e : params->items) open[e.key] = &e;
    std::vector<std::string> path;
    const std::function<void(const io::Entry&)> read = [&](const io::Entry& e) {
      path.push_back(e.key);
      bool circle = false;
      for (const auto& name : names_in(e.value.scalar)) {
        if (s.variables.count(name) || s.texts.count(name)) continue;
        if (const auto known = std::find(path.begin(), path.end(), name); known != path.end()) {
          d_.error(e.value.loc, fmt::format("'{}' goes round in a circle: {} -> {}", name,
                                            fmt::join(known, path.end(), " -> "), name));
          circle = true;
        } else if (const auto other = open.find(name); other != open.end()) {
          read(*other->second);
        }
      }
      open.erase(e.key);
      path.pop_back();
      if (circle) return;
      const Node v = expanded(&e.value, s);
      if (!v.is_scalar())
        d_.error(v.loc, fmt::format("'{}' is a number with a unit, or a text", e.key));
      else
        set_variable(e.key, v, s);
    };
    for (const auto& e : params->items)
      if (open.count(e.key)) read(e);
  }

  /// Elevation that a weather file states in its first line; 0 where it does not: whoever reads the
  /// file complains about it.
  static double epw_elevation(const std::string& file) {
    std::ifstream in(file);
    std::string line, cell;
    if (!std::getline(in, line) || !line.starts_with("LOCATION")) return 0.0;
    std::istringstream cells(line);
    for (int k = 0; k < 10; ++k)
      if (!std::getline(cells, cell, ',')) return 0.0;
    const double v = std::strtod(cell.c_str(), nullptr);
    return v > -500.0 && v < 6000.0 ? v : 0.0;
  }

  // --- sections
  void read_site(const Node& site, Scope& top) {
    double epoch = *parse_date("2026-01-15");
    std::string weather = "synthetic";
    SourceLoc weather_loc = site.loc;
    if (site.is_map()) {
      io::check_keys(site, {"name", "altitude", "start", "time_zone", "weather", "carbon"}, d_,
                     "site");
      if (const Node* a = site.find("altitude"))
        if (const auto v = io::read_quantity(*a, "m", d_, "altitude")) {
          if (*v < -500 || *v > 6000)
            d_.error(a->loc, fmt::format("'altitude' {} m is outside [-500, 6000] m", *v));
          out_.system.altitude = *v;
        }
      if (const Node* c = site.find("carbon"))
        if (const auto v = io::read_quantity(*c, "kg/kWh", d_, "carbon")) out_.carbon = *v;
      if (const Node* t = site.find("start")) {
        if (const auto v = parse_date(t->scalar))
          epoch = *v;
        else
          d_.error(t->loc, fmt::format("'{}' is not a date", t->scalar),
                   "expected YYYY-MM-DD hh:mm");
      }
      if (const Node* z = site.find("time_zone")) {
        int hours = 0, minutes = 0, used = 0;
        const bool read =
            std::sscanf(z->scalar.c_str(), "%3d:%2d%n", &hours, &minutes, &used) == 2 &&
            static_cast<size_t>(used) == z->scalar.size() &&
            (z->scalar[0] == '+' || z->scalar[0] == '-');
        if (!read || std::abs(hours) > 14 || minutes < 0 || minutes > 59)
          d_.error(z->loc, fmt::format("'{}' is no offset from UTC", z->scalar),
                   "expected +hh:mm or -hh:mm of the local standard time, e.g. +08:00");
        else
          out_.time_zone = z->scalar;
      }
      if (const Node* w = site.find("weather")) {
        weather_loc = w->loc;
        if (w->is_scalar())
          weather = w->scalar;
        else
          weather.clear();
      }
    }
    out_.start_epoch = epoch;
    out_.start = format_date(epoch);
    // A climate by name: data/weather/NAME.yaml holds parameters of `weather`, its altitude too.
    Node climate;
    if (weather.find_first_of("./") == std::string::npos && weather != "synthetic") {
      const fs::path file = fs::path(data_dir_) / "weather" / (weather + ".yaml");
      if (fs::exists(file)) {
        climate = io::load_yaml_file(file.string());
        std::erase_if(climate.items, [](const io::Entry& e) { return e.key == "note"; });
        if (const Node* a = climate.find("altitude"); a && !site.find("altitude"))
          out_.system.altitude = io::read_quantity(*a, "m", d_, "altitude").value_or(0.0);
        weather.clear();
      }
    }
    if (!weather.empty() && weather != "synthetic" && !site.find("altitude"))
      out_.system.altitude = epw_elevation(io::resolve_path(weather, folder_of(weather_loc)));
    top.variables["altitude"] = out_.system.altitude;
    if (!registry_.processes.count("weather") || weather == "none") return;
    // site.weather is short for a component of type weather with the id weather.
    Node entry = Node::make_map(weather_loc);
    auto put = [&](Node& map, const char* key, Node v) {
      map.items.push_back({key, weather_loc, {}, std::move(v)});
    };
    put(entry, "id", Node::make_scalar("weather", weather_loc));
    put(entry, "type", Node::make_scalar("weather", weather_loc));
    Node params = Node::make_map(weather_loc);
    if (climate.is_map()) {
      params = climate;
    } else if (weather.empty()) {
      params = *site.find("weather");
    } else if (weather != "synthetic") {
      put(params, "source", Node::make_scalar("epw", weather_loc));
      put(params, "file", Node::make_scalar(weather, weather_loc));
    }
    if (registry_.processes.at("weather").params->find("altitude") >= 0 &&
        !params.find("altitude")) {
      Node a = Node::make_scalar(fmt::format("{}", out_.system.altitude), weather_loc);
      a.tag = io::kSiTag;
      put(params, "altitude", std::move(a));
    }
    put(entry, "params", std::move(params));
    add_component(entry, top);
    top.ids.insert("weather");
  }

  void read_run(const Node& run) {
    if (run.is_null()) return;
    if (!io::check_keys(run, {"until", "seed", "checkpoints"}, d_, "run")) return;
    if (const Node* n = run.find("until"))
      if (const auto v = io::read_quantity(*n, "s", d_, "until")) {
        if (*v <= 0 || *v > 3.2e9)
          d_.error(n->loc, "'until' must be more than 0 and at most 100 years");
        else
          out_.t_end = *v;
      }
    if (const Node* n = run.find("seed"))
      if (const auto v = io::read_integer(*n, d_, "seed")) out_.seed = static_cast<uint64_t>(*v);
    if (const Node* n = run.find("checkpoints"))
      for (const auto& c : n->seq)
        if (const auto v = io::read_quantity(c, "s", d_, "checkpoint"))
          out_.checkpoints.push_back(from_seconds(*v));
  }

  solve::Profile read_base(const Node& n, solve::Profile p) {
    try {
      p = solve::profile_named(n.scalar);
    } catch (const UserError& e) {
      d_.error(n.loc, e.diagnostics().items().at(0).message);
    }
    return p;
  }
  void read_numbers(const Node& n, solve::Profile& p) {
    auto number = [&](const char* key, const char* unit, double& value, double lo, double hi) {
      const Node* k = n.find(key);
      if (!k) return;
      const auto v = io::read_quantity(*k, unit, d_, key);
      if (!v) return;
      if (*v < lo || *v > hi)
        d_.error(k->loc, fmt::format("'{}' {} is outside [{}, {}]", key, *v, lo, hi));
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
        d_.error(k->loc, fmt::format("unknown integrator '{}'", k->scalar), "sdirk or ida");
    }
  }
  void read_profile(const Node& n) {
    solve::Profile base = solve::profile_named("thermal");
    if (n.is_scalar()) {
      base = read_base(n, base);
    } else if (n.is_map()) {
      io::check_keys(n,
                     {"base", "exchange", "record", "max_step", "collapse_below", "rtol",
                      "ledger_limit", "integrator", "windows"},
                     d_, "profile");
      if (const Node* b = n.find("base")) base = read_base(*b, base);
      read_numbers(n, base);
    }
    out_.windows.push_back({0, base});
    const Node* windows = n.find("windows");
    if (!windows) return;
    double last = 0.0;
    for (const auto& w : windows->seq) {
      if (!io::check_keys(w,
                          {"from", "for", "around", "before", "after", "use", "exchange", "record",
                           "max_step", "collapse_below", "rtol", "ledger_limit", "integrator"},
                          d_, "window"))
        continue;
      auto time = [&](const char* key) -> double {
        const Node* k = w.find(key);
        if (!k) return std::nan("");
        const auto v = io::read_quantity(*k, "s", d_, key);
        return v ? *v : std::nan("");
      };
      double from = time("from"), length = time("for");
      if (const double around = time("around"); !std::isnan(around)) {
        from = around - time("before");
        length = time("before") + time("after");
      }
      if (std::isnan(from) || std::isnan(length) || length <= 0) {
        d_.error(w.loc, "a window needs 'from' and 'for', or 'around', 'before' and 'after'");
        continue;
      }
      if (from < last) {
        d_.error(w.loc, "windows must not overlap and must be in order of time");
        continue;
      }
      solve::Profile p = base;
      if (const Node* u = w.find("use")) p = read_base(*u, base);
      p.method = base.method;
      read_numbers(w, p);
      if (from == 0.0)
        out_.windows.clear();
      else if (out_.windows.back().from == from_seconds(from))
        out_.windows.pop_back();
      out_.windows.push_back({from_seconds(from), p});
      out_.windows.push_back({from_seconds(from + length), base});
      last = from + length;
    }
  }

  void read_record(const Node& n) {
    if (n.is_null()) return;
    if (!io::check_keys(n, {"every", "signals"}, d_, "record")) return;
    if (const Node* e = n.find("every"))
      if (const auto v = io::read_quantity(*e, "s", d_, "every")) {
        if (*v <= 0)
          d_.error(e->loc, "'every' must be more than 0");
        else
          for (auto& w : out_.windows) w.profile.record = *v;
      }
    if (const Node* s = n.find("signals"))
      for (const auto& p : s->seq) {
        out_.record.push_back(p.scalar);
        out_.record_locs.push_back(p.loc);
      }
  }

  void read_events(const Node& n) {
    if (n.is_null()) return;
    if (!n.is_sequence()) return d_.error(n.loc, "'events' is a list");
    for (const auto& e : n.seq) {
      if (!io::check_keys(e, {"at", "do", "target", "set", "to", "for", "ramp", "value", "note"},
                          d_, "event"))
        continue;
      Scenario::Event ev;
      const Node *at = e.find("at"), *action = e.find("do"), *set = e.find("set"),
                 *target = e.find("target");
      if (!at) {
        d_.error(e.loc, "an event needs 'at'");
        continue;
      }
      ev.at_loc = at->loc;
      if (const auto v = io::read_quantity(*at, "s", d_, "at")) ev.at = *v;
      if (ev.at < 0) d_.error(at->loc, "'at' lies before the start");
      if ((action == nullptr) == (set == nullptr)) {
        d_.error(e.loc, "an event either has 'do' and 'target', or 'set' and 'to'");
        continue;
      }
      if (action) {
        ev.action = action->scalar;
        ev.action_loc = action->loc;
        if (!target) {
          d_.error(e.loc, fmt::format("event '{}' has no target", ev.action));
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
        d_.error(e.loc, fmt::format("'set: {}' has no 'to'", ev.target));
        continue;
      }
      if (const Node* f = e.find("for"))
        if (const auto v = io::read_quantity(*f, "s", d_, "for")) ev.duration = *v;
      if (const Node* f = e.find("ramp"))
        if (const auto v = io::read_quantity(*f, "s", d_, "ramp")) ev.ramp = *v;
      out_.events.push_back(std::move(ev));
    }
  }

  /// The availability of the site, and the sampled outage that this run replays.
  void read_outages(const Node& n) {
    if (n.is_null()) return;
    const auto model = read_availability(n, d_);
    if (!d_.ok()) return;
    out_.availability = model;
    availability_text_ = io::dump(n);
    if (model.replay == 0) return;
    const auto outage = sample_outage(model, out_.seed, model.replay);
    if (!outage) return;
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
      out_.events.push_back(std::move(ev));
    } else if (!f.replay_do.empty()) {
      ev.action = f.replay_do;
      ev.target = f.replay_target;
      out_.events.push_back(ev);
      ev.at += outage->duration;
      ev.action = f.replay_undo;
      if (!ev.action.empty() && ev.at < out_.t_end) out_.events.push_back(std::move(ev));
    } else {
      d_.error(loc, fmt::format("outage {} is one of '{}', which has no 'replay'", model.replay,
                                f.name));
    }
  }

  // --- components
  void note_ids(const Node* components, Scope& s) {
    if (components)
      for (const auto& c : components->seq)
        if (const Node* id = c.find("id")) s.ids.insert(id->scalar);
    if (s.prefix.empty()) s.ids.insert("load");
  }

  void add_components(const Node& list, Scope& s) {
    if (!list.is_sequence()) return d_.error(list.loc, "'components' is a list");
    note_ids(&list, s);
    for (const auto& c : list.seq) add_component(c, s);
  }

  void add_component(const Node& raw, Scope& s) {
    if (!raw.is_map()) return d_.error(raw.loc, "a component is a map with id and type");
    const Node c = expanded(&raw, s);
    if (const Node* when = c.find("when")) {
      const auto v = io::read_quantity(*when, "1", d_, "when");
      if (!v || *v == 0.0) return;
    }
    const Node *id = c.find("id"), *type = c.find("type"), *use = c.find("use");
    if (!id || !id->is_scalar() || id->scalar.empty())
      return d_.error(c.loc, "this component has no 'id'");
    if (id->scalar.find_first_of(".[] \t/") != std::string::npos)
      return d_.error(
          id->loc, fmt::format("the id '{}' contains a dot, bracket, slash or space", id->scalar));
    if (use) return add_template(c, *id, *use, s);
    if (!type) return d_.error(c.loc, fmt::format("component '{}' has no 'type'", id->scalar));
    io::check_keys(c, {"id", "type", "count", "lump", "params", "in", "when", "note"}, d_,
                   fmt::format("component '{}'", id->scalar));
    const std::string full = s.prefix + id->scalar;
    if (const auto p = registry_.processes.find(type->scalar); p != registry_.processes.end()) {
      if (s.repeat > 1)
        return d_.error(c.loc,
                        fmt::format("'{}' is a {}, which cannot stand in a repeated template", full,
                                    type->scalar));
      core::ProcessSpec spec{full, &p->second, p->second.make_params(), id->loc};
      read_component_params(c, *p->second.params, spec.params.get(), type->scalar, full);
      std::vector<core::SignalInfo> inputs = p->second.inputs;
      read_inputs(c, full, s, [&](const std::string& name) -> const std::string* {
        for (auto& i : inputs)
          if (i.name == name) return &i.unit;
        return nullptr;
      });
      out_.system.processes.push_back(std::move(spec));
      return;
    }
    const auto t = registry_.components.find(type->scalar);
    if (t == registry_.components.end()) {
      const auto near = nearest(type->scalar, registry_.names());
      return d_.error(
          type->loc, fmt::format("unknown component type '{}'", type->scalar),
          near.empty() ? "'steppe info' lists all types" : fmt::format("did you mean '{}'?", near));
    }
    core::ComponentSpec spec;
    spec.id = full;
    spec.type = &t->second;
    spec.params = t->second.make_params();
    spec.units = s.repeat;
    spec.loc = id->loc;
    if (const Node* n = c.find("count"))
      if (const auto v = io::read_integer(*n, d_, "count")) {
        bool lump = true;
        if (const Node* l = c.find("lump")) lump = io::read_boolean(*l, d_, "lump").value_or(true);
        if (*v < 1 || *v > kMostUnits)
          d_.error(n->loc, fmt::format("'count' {} is outside [1, {}]", *v, kMostUnits));
        else if (lump)
          spec.count = static_cast<int>(*v);
        else if (s.repeat > 1)
          d_.error(n->loc, "units inside a repeated template can only be lumped");
        else
          spec.units = static_cast<int>(*v);
      }
    read_component_params(c, *t->second.params, spec.params.get(), type->scalar, full);
    read_inputs(c, full, s, [&](const std::string& name) -> const std::string* {
      for (const auto& i : t->second.layout.inputs)
        if (i.name == name) return &i.unit;
      return nullptr;
    });
    out_.system.components.push_back(std::move(spec));
  }

  void read_component_params(const Node& c, const core::ParamTableBase& table, void* params,
                             const std::string& type, const std::string& full) {
    Node map = Node::make_map(c.loc);
    if (const Node* p = c.find("params")) {
      if (p->is_scalar()) {  // a file of parameters, as `steppe fit` writes it
        const std::string file = io::resolve_path(p->scalar, folder_of(p->loc));
        if (!fs::exists(file))
          return d_.error(p->loc, fmt::format("there is no file '{}'", p->scalar),
                          "'params' is a map, or the name of a file that holds one");
        try {
          map = io::load_yaml_file(file);
        } catch (const UserError& e) {
          return d_.add(e.diagnostics());
        }
        p = &map;
      }
      if (!p->is_map() && !p->is_null())
        return d_.error(p->loc, "'params' is a map, or the name of a file that holds one");
      if (p != &map) map = *p;
      map.kind = Node::Kind::map;
    }
    for (const auto& row : table.rows()) {
      const std::string path = full + "." + row.name;
      parameter_paths_.push_back(path);
      if (const auto deep = deep_.find(path); deep != deep_.end()) {
        deep->second.used = true;
        const auto old = std::find_if(map.items.begin(), map.items.end(),
                                      [&](const io::Entry& e) { return e.key == row.name; });
        const io::Entry entry{row.name, deep->second.loc, {}, deep->second.value};
        if (old != map.items.end())
          *old = entry;
        else
          map.items.push_back(entry);
      }
    }
    // Paths are relative to the file that names them; on the command line, to the current folder.
    for (auto& e : map.items) {
      const int row = table.find(e.key);
      if (row >= 0 && table.rows()[static_cast<size_t>(row)].kind == core::ParamKind::file &&
          e.value.is_scalar() && !e.value.scalar.empty())
        e.value.scalar = io::resolve_path(e.value.scalar, folder_of(e.value.loc));
    }
    io::read_params(map, table, params, d_, fmt::format("{} '{}'", type, full), folder_of(c.loc));
  }

  template <class UnitOf>
  void read_inputs(const Node& c, const std::string& full, const Scope& s, UnitOf unit_of) {
    const Node* in = c.find("in");
    if (!in) return;
    if (!in->is_map()) return d_.error(in->loc, "'in' is a map of input: signal");
    for (const auto& e : in->items) {
      PendingSignal p;
      p.prefix = s.prefix;
      p.ids = s.ids;
      p.spec.target = full + "." + e.key;
      p.spec.target_loc = e.key_loc;
      const Node* v = &e.value;
      if (v->is_map()) {
        io::check_keys(*v, {"from", "delay"}, d_, "signal");
        if (const Node* delay = v->find("delay"))
          p.spec.delayed = io::read_boolean(*delay, d_, "delay").value_or(false);
        v = v->find("from");
        if (!v) {
          d_.error(e.value.loc,
                   "a signal is written as a name, a number, or {from: NAME, delay: true}");
          continue;
        }
      }
      p.spec.source_loc = v->loc;
      const std::string* unit = unit_of(e.key);
      if (unit && (v->tag == io::kSiTag || parse_quantity(v->scalar))) {
        if (const auto x = io::read_quantity(*v, *unit, d_, e.key)) p.spec.constant = *x;
      } else {
        p.spec.source = v->scalar;
        if (p.spec.source.empty()) {
          d_.error(v->loc, fmt::format("input '{}' has no source", e.key));
          continue;
        }
      }
      signals_.push_back(std::move(p));
    }
  }

  // --- templates
  void add_template(const Node& c, const Node& id, const Node& use, const Scope& outer) {
    io::check_keys(c, {"id", "use", "params", "repeat", "when", "note"}, d_,
                   fmt::format("template '{}'", id.scalar));
    if (outer.depth >= kMostTemplateDepth)
      return d_.error(use.loc, fmt::format("template '{}' contains itself", use.scalar));
    std::string file = io::resolve_path(use.scalar, folder_of(use.loc));
    if (!fs::exists(file))
      file = (fs::path(data_dir_).parent_path() / "scenarios" / "library" / (use.scalar + ".yaml"))
                 .string();
    if (!fs::exists(file))
      return d_.error(use.loc, fmt::format("there is no template '{}'", use.scalar),
                      "a path, or a name in scenarios/library");
    Node root;
    try {
      root = io::load_yaml_file(file);
    } catch (const UserError& e) {
      return d_.add(e.diagnostics());
    }
    if (!io::check_keys(root,
                        {"steppe", "template", "params", "derived", "components", "connect",
                         "nodes", "export", "note"},
                        d_, "template"))
      return;
    Scope s;
    s.prefix = outer.prefix + id.scalar + ".";
    s.depth = outer.depth + 1;
    s.repeat = outer.repeat;
    s.variables["altitude"] = out_.system.altitude;
    if (const Node* n = c.find("repeat"))
      if (const auto v = io::read_integer(*n, d_, "repeat")) {
        if (*v < 1 || *v > kMostUnits)
          d_.error(n->loc, fmt::format("'repeat' {} is outside [1, {}]", *v, kMostUnits));
        else if (outer.repeat > 1 && *v > 1)
          d_.error(n->loc, "a repeated template cannot contain another");
        else
          s.repeat = std::max(outer.repeat, static_cast<int>(*v));
      }
    template_params(c, root, id.scalar, s);
    read_variables(root.find("derived"), s);
    if (const Node* list = root.find("components")) add_components(*list, s);
    add_connections(root, s);
    if (const Node* e = root.find("export"))
      for (const auto& x : e->items) {
        const auto t = local_token(x.value.scalar, s, x.value.loc);
        aliases_[s.prefix + x.key] = {t, s.repeat};
      }
  }

  /// The template's own parameter table: name: {default: 10 MW, unit: W, help: …}; values from the
  /// place of use.
  void template_params(const Node& c, const Node& root, const std::string& id, Scope& s) {
    const Node* table = root.find("params");
    std::vector<std::string> names;
    if (table)
      for (const auto& e : table->items) {
        names.push_back(e.key);
        io::check_keys(e.value, {"default", "unit", "help", "min", "max"}, d_,
                       fmt::format("template parameter '{}'", e.key));
        const std::string path = s.prefix + e.key;
        parameter_paths_.push_back(path);
        const Node* given = c.find("params") ? c.find("params")->find(e.key) : nullptr;
        if (const auto deep = deep_.find(path); deep != deep_.end()) {
          deep->second.used = true;
          given = &deep->second.value;
        }
        const Node value = given ? *given : expanded(e.value.find("default"), s);
        const Node* unit = e.value.find("unit");
        if (value.is_null()) {
          d_.error(c.loc, fmt::format("template '{}' needs the parameter '{}'", id, e.key));
        } else if (!unit) {
          set_variable(e.key, value, s);
        } else if (const auto v = io::read_quantity(value, unit->scalar, d_, e.key)) {
          s.variables[e.key] = *v;
          for (const auto& [key, sign] : {std::pair{"min", -1.0}, std::pair{"max", 1.0}})
            if (const Node* limit = e.value.find(key))
              if (const auto l = io::read_quantity(*limit, unit->scalar, d_, key);
                  l && sign * (*v - *l) > 0)
                d_.error(value.loc, fmt::format("'{}' = {} is {} {}", e.key, value.scalar,
                                                sign < 0 ? "below" : "above", limit->scalar));
        }
      }
    if (const Node* given = c.find("params"))
      for (const auto& e : given->items)
        if (std::find(names.begin(), names.end(), e.key) == names.end()) {
          const auto near = nearest(e.key, names);
          d_.error(e.key_loc, fmt::format("template '{}' has no parameter '{}'", id, e.key),
                   near.empty() ? fmt::format("known: {}", fmt::join(names, ", "))
                                : fmt::format("did you mean '{}'?", near));
        }
  }

  // --- connections
  /// Full name of a port or node as seen from a scope: own ids first, then the whole site's.
  Token local_token(const std::string& text, const Scope& s, const SourceLoc& loc) const {
    const bool node = text.find('.') == std::string::npos;
    if (node) return {s.prefix + text, true, loc};
    const std::string head = text.substr(0, text.find_first_of(".["));
    return {s.ids.count(head) ? s.prefix + text : text, false, loc};
  }
  static std::string with_unit(const std::string& text, bool node, int k) {
    const size_t dot = node ? text.size() : text.rfind('.');
    if (!node && text[dot - 1] == ']') return text;
    return text.substr(0, dot) + fmt::format("[{}]", k) + text.substr(dot);
  }

  void add_connections(const Node& root, const Scope& s) {
    const Node* list = root.find("connect");
    if (list && !list->is_sequence())
      return d_.error(list->loc, "'connect' is a list of lists of ports");
    std::map<std::string, double> volumes;
    if (const Node* nodes = root.find("nodes")) {
      const Node n = expanded(nodes, s);
      for (const auto& e : n.items) {
        if (!io::check_keys(e.value, {"volume", "note"}, d_, fmt::format("node '{}'", e.key)))
          continue;
        if (const Node* v = e.value.find("volume"))
          if (const auto x = io::read_quantity(*v, "m3", d_, "volume"))
            volumes[s.prefix + e.key] = *x;
      }
    }
    if (!list) return;
    for (const auto& raw : list->seq) {
      const Node item = expanded(&raw, s);
      if (!item.is_sequence() || item.seq.size() < 2) {
        d_.error(item.loc, "a connection is a list of two or more ports or node names");
        continue;
      }
      std::set<std::string> listed;
      for (const auto& p : item.seq)
        if (p.is_scalar() && !listed.insert(p.scalar).second)
          d_.error(p.loc, fmt::format("'{}' is listed twice in this connection", p.scalar));
      for (int k = 0; k < s.repeat; ++k) {
        Group g;
        g.loc = item.loc;
        for (const auto& p : item.seq) {
          if (!p.is_scalar()) {
            d_.error(p.loc, fmt::format("{} is not a port", io::describe(p)));
            continue;
          }
          Token t = local_token(p.scalar, s, p.loc);
          if (t.node)
            if (const auto v = volumes.find(t.text); v != volumes.end())
              g.volume = std::max(g.volume, v->second);
          const bool own =
              t.node || (s.prefix.size() < t.text.size() && t.text.starts_with(s.prefix));
          if (t.node) node_repeat_[t.text] = s.repeat;
          if (s.repeat > 1 && own) t.text = with_unit(t.text, t.node, k);
          g.tokens.push_back(std::move(t));
        }
        groups_.push_back(std::move(g));
      }
    }
  }

  struct Alias {
    Token target;
    int repeat;
  };
  /// Follows exported names; a name of a repeated template stands for all its units.
  std::vector<Token> follow(const Token& t) const {
    Token at = t;
    for (int depth = 0; depth < kMostTemplateDepth; ++depth) {
      std::string plain = at.text, unit;
      if (const size_t open = plain.rfind('['); open != std::string::npos && !at.node)
        if (const size_t close = plain.find(']', open); close != std::string::npos) {
          unit = plain.substr(open, close - open + 1);
          plain.erase(open, close - open + 1);
        }
      const auto a = aliases_.find(plain);
      if (a == aliases_.end()) break;
      at.text = a->second.target.text;
      at.node = a->second.target.node;
      if (unit.empty()) continue;
      const size_t dot = at.node ? at.text.size() : at.text.rfind('.');
      at.text.insert(dot, unit);
    }
    if (at.node)
      if (const auto r = node_repeat_.find(at.text); r != node_repeat_.end() && r->second > 1) {
        std::vector<Token> all;
        for (int k = 0; k < r->second; ++k)
          all.push_back({with_unit(at.text, true, k), true, t.loc});
        return all;
      }
    return {at};
  }

  /// Groups that share a port or a node name are one node.
  void resolve_connections() {
    std::vector<Group> merged;
    std::map<std::string, size_t> owner;
    std::vector<size_t> into;
    auto root_of = [&](size_t i) {
      while (into[i] != i) i = into[i];
      return i;
    };
    for (const auto& g : groups_) {
      const size_t mine = merged.size();
      merged.push_back({{}, g.volume, g.loc});
      into.push_back(mine);
      for (const auto& raw : g.tokens)
        for (auto& t : follow(raw)) {
          if (const auto it = owner.find(t.text); it != owner.end()) {
            const size_t other = root_of(it->second), self = root_of(mine);
            if (other != self) into[std::max(self, other)] = std::min(self, other);
          } else {
            owner[t.text] = mine;
            merged[mine].tokens.push_back(std::move(t));
          }
        }
    }
    std::map<size_t, core::NodeSpec> nodes;
    for (size_t i = 0; i < merged.size(); ++i) {
      auto& n = nodes[root_of(i)];
      n.volume = std::max(n.volume, merged[i].volume);
      if (!n.loc.source) n.loc = merged[i].loc;
      for (const auto& t : merged[i].tokens) {
        if (!t.node)
          n.ports.push_back({t.text, t.loc});
        else if (n.name.empty())
          n.name = t.text;
      }
    }
    for (auto& [i, n] : nodes) {
      if (n.ports.empty())
        d_.error(n.loc, fmt::format("node '{}' has no port", n.name));
      else
        out_.system.nodes.push_back(std::move(n));
    }
  }

  void resolve_signals() {
    for (auto& p : signals_) {
      if (!p.spec.source.empty()) {
        const std::string head = p.spec.source.substr(0, p.spec.source.find_first_of(".["));
        // A node's value ("fws_supply.temp") is named like a component's signal.
        const bool local = p.ids.count(head) || node_repeat_.count(p.prefix + head);
        std::string full = local ? p.prefix + p.spec.source : p.spec.source;
        if (!follow_signal(full)) full = p.spec.source;
        p.spec.source = full;
      }
      out_.system.signals.push_back(std::move(p.spec));
    }
  }
  /// Exported signals: "pod.it_power" -> "pod.rack.it_power".
  bool follow_signal(std::string& text) const {
    const auto t = follow({text, false, {}});
    if (!t.empty()) text = t[0].text;
    return true;
  }

  void finish() {
    // Targets through exported names ("pod.it_power") are resolved like ports.
    for (auto& s : out_.system.signals) follow_signal(s.target);
    for (auto& e : out_.events) follow_signal(e.target);
    out_.system.process_setup.seed = out_.seed;
    out_.system.process_setup.data_dir = data_dir_;
    out_.system.process_setup.start_epoch = out_.start_epoch;
    out_.system.process_setup.read_yaml = [](const std::string& file,
                                             const core::ParamTableBase& table, void* params) {
      io::read_yaml_into(file, table, params);
    };
    out_.resolved = describe_resolved();
  }

  static std::string quoted(const std::string& text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
  }
  static std::string show(const core::ParamInfo& row, const core::ParamValue& v) {
    if (const auto* x = std::get_if<double>(&v)) {
      const auto u = parse_unit(row.unit.empty() ? "1" : row.unit);
      const double in_unit = u ? (*x - u->offset) / u->scale : *x;
      return row.unit == "1" ? fmt::format("{}", in_unit) : fmt::format("{} {}", in_unit, row.unit);
    }
    if (const auto* x = std::get_if<int64_t>(&v)) return fmt::format("{}", *x);
    if (const auto* x = std::get_if<bool>(&v)) return *x ? "true" : "false";
    if (const auto* x = std::get_if<std::string>(&v)) return quoted(*x);
    std::string out = "[";
    for (double x : std::get<std::vector<double>>(v)) {
      const auto u = parse_unit(row.unit.empty() ? "1" : row.unit);
      out += fmt::format("{}{}", out.size() > 1 ? ", " : "", u ? (x - u->offset) / u->scale : x);
    }
    return out + "]";
  }
  std::string describe_resolved() const {
    std::string t = fmt::format(
        "steppe: 1\nname: {}\nsite: {{altitude: {} m, start: '{}'{}{}}}\nrun: {{until: {} s, seed: "
        "{}}}\n",
        quoted(out_.name), out_.system.altitude, out_.start,
        out_.time_zone.empty() ? "" : fmt::format(", time_zone: '{}'", out_.time_zone),
        out_.carbon < 0.0 ? "" : fmt::format(", carbon: {} kg/kWh", out_.carbon * 3.6e6),
        out_.t_end, out_.seed);
    auto profile = [](const solve::Profile& p) {
      return fmt::format(
          "base: {}, exchange: {} s, record: {} s, max_step: {} s, collapse_below: {} s, rtol: {}, "
          "ledger_limit: {}, integrator: {}",
          p.name, p.exchange, p.record, p.max_step, p.collapse_below, p.rtol, p.ledger_limit,
          p.method == solve::Method::ida ? "ida" : "sdirk");
    };
    t += fmt::format("profile: {{{}}}\n", profile(out_.windows.front().profile));
    if (out_.windows.size() > 1) t += "windows:\n";
    for (size_t w = 1; w < out_.windows.size(); ++w)
      t += fmt::format("  - {{from: {} s, {}}}\n", core::to_seconds(out_.windows[w].from),
                       profile(out_.windows[w].profile));
    if (!out_.events.empty()) t += "events:\n";
    for (const auto& e : out_.events) {
      t += fmt::format("  - {{at: {} s, {}: {}", e.at, e.action.empty() ? "set" : "do",
                       quoted(e.action.empty() ? e.target : e.action));
      if (!e.action.empty()) t += ", target: " + quoted(e.target);
      if (e.has_value)
        t += fmt::format(", {}: {}", e.action.empty() ? "to" : "value", quoted(e.value_text));
      if (e.duration > 0.0) t += fmt::format(", for: {} s", e.duration);
      if (e.ramp > 0.0) t += fmt::format(", ramp: {} s", e.ramp);
      t += "}\n";
    }
    t += "components:\n";
    auto one = [&](const std::string& id, const std::string& type, int units, int count,
                   const core::ParamTableBase& table, const void* params) {
      t += fmt::format("  - id: {}\n    type: {}\n", id, type);
      if (units > 1) t += fmt::format("    count: {}\n    lump: false\n", units);
      if (count > 1) t += fmt::format("    count: {}\n", count);
      if (table.rows().empty()) return;
      t += "    params:\n";
      for (size_t r = 0; r < table.rows().size(); ++r)
        t += fmt::format("      {}: {}\n", table.rows()[r].name,
                         show(table.rows()[r], table.get(params, static_cast<int>(r))));
    };
    for (const auto& c : out_.system.components)
      one(c.id, c.type->name, c.units, c.count, *c.type->params, c.params.get());
    for (const auto& p : out_.system.processes)
      one(p.id, p.type->name, 1, 1, *p.type->params, p.params.get());
    t += "connect:\n";
    for (const auto& n : out_.system.nodes) {
      t += "  - [";
      if (!n.name.empty()) t += quoted(n.name) + ", ";
      for (size_t i = 0; i < n.ports.size(); ++i) t += (i ? ", " : "") + quoted(n.ports[i].text);
      t += "]\n";
    }
    t += "signals:\n";
    for (const auto& s : out_.system.signals)
      t += s.source.empty() ? fmt::format("  {}: {}\n", s.target, s.constant)
                            : fmt::format("  {}: {}\n", s.target, s.source);
    if (!availability_text_.empty()) {
      t += "availability:\n";
      size_t at = 0;
      while (at < availability_text_.size()) {
        const size_t end = std::min(availability_text_.find('\n', at), availability_text_.size());
        t += "  " + availability_text_.substr(at, end - at) + "\n";
        at = end + 1;
      }
    }
    return t;
  }

  const core::Registry& registry_;
  std::string data_dir_;
  Diagnostics& d_;
  Scenario out_;
  std::map<std::string, Deep> deep_;
  std::vector<std::string> parameter_paths_;
  std::map<std::string, Alias> aliases_;
  std::map<std::string, int> node_repeat_;
  std::vector<Group> groups_;
  std::vector<PendingSignal> signals_;
  std::string availability_text_;
};

}  // namespace

std::optional<double> parse_date(const std::string& text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, used = 0;
  const int n = std::sscanf(text.c_str(), "%4d-%2d-%2d%n %2d:%2d%n:%2d%n", &y, &mo, &d, &used, &h,
                            &mi, &used, &s, &used);
  if ((n != 3 && n != 5 && n != 6) || static_cast<size_t>(used) != text.size()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{y},
                                         std::chrono::month{static_cast<unsigned>(mo)},
                                         std::chrono::day{static_cast<unsigned>(d)}};
  if (!date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59) return std::nullopt;
  return 86400.0 * static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count()) +
         3600.0 * h + 60.0 * mi + s;
}

std::string format_date(double epoch) {
  const auto days =
      std::chrono::sys_days{std::chrono::days{static_cast<int>(std::floor(epoch / 86400.0))}};
  const std::chrono::year_month_day date{days};
  const int s = static_cast<int>(
      std::lround(epoch - 86400.0 * static_cast<double>(days.time_since_epoch().count())));
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     s / 3600, s / 60 % 60, s % 60);
}

Override parse_override(const std::string& text) {
  const size_t eq = text.find('=');
  if (eq == std::string::npos || eq == 0)
    throw UserError(fmt::format("--set '{}': expected PATH=VALUE, e.g. bess.energy=80MWh", text));
  return {text.substr(0, eq), text.substr(eq + 1)};
}

Scenario load_scenario(const std::string& path, const std::vector<Override>& overrides,
                       const std::string& profile, const core::Registry& registry,
                       const std::string& data_dir, Diagnostics& d) {
  try {
    return Loader(registry, data_dir, d).load(path, overrides, profile);
  } catch (const UserError& e) {
    d.add(e.diagnostics());
    return {};
  }
}

std::vector<solve::TimelineEvent> resolve_events(const Scenario& scenario,
                                                 const core::System& system, Diagnostics& d) {
  std::vector<solve::TimelineEvent> out;
  std::vector<std::string> ids;
  for (const auto& [id, u] : system.component_ids) ids.push_back(id);
  for (const auto& p : system.processes) ids.push_back(p.id);
  for (const auto& e : scenario.events) {
    if (e.at > scenario.t_end) d.warning(e.at_loc, "this event lies behind the end of the run");
    std::string id = e.target, member;
    if (e.action.empty()) {
      const size_t dot = id.rfind('.');
      member = dot == std::string::npos ? "" : id.substr(dot + 1);
      id = id.substr(0, dot);
    }
    int unit = -1;
    if (const size_t open = id.rfind('['); open != std::string::npos && id.back() == ']') {
      const std::string index = id.substr(open + 1, id.size() - open - 2);
      if (index != "*") unit = std::atoi(index.c_str());
      id.resize(open);
    }
    solve::TimelineEvent t;
    t.at = core::from_seconds(e.at);
    t.target = e.target;
    t.name = e.action.empty() ? "set" : e.action;
    t.ramp = e.ramp;
    const auto c = system.component_ids.find(id);
    const auto p = std::find_if(system.processes.begin(), system.processes.end(),
                                [&](const auto& x) { return x.id == id; });
    if (c == system.component_ids.end() && p == system.processes.end()) {
      const auto near = nearest(id, ids);
      d.error(e.target_loc, fmt::format("there is no component '{}'", id),
              near.empty() ? "" : fmt::format("did you mean '{}'?", near));
      continue;
    }
    if (c == system.component_ids.end()) {
      const auto& commands = p->type->commands;
      if (e.action.empty() ||
          std::find(commands.begin(), commands.end(), e.action) == commands.end()) {
        d.error(e.action.empty() ? e.target_loc : e.action_loc,
                fmt::format("{} '{}' does not know '{}'", p->type->name, id,
                            e.action.empty() ? "set" : e.action),
                commands.empty() ? "it has no commands"
                                 : fmt::format("known: {}", fmt::join(commands, ", ")));
        continue;
      }
      t.process = static_cast<int>(p - system.processes.begin());
      t.process_command = e.action;
      std::string error;
      if (e.has_value) t.value = quantity_as(e.value_text, "1", error);
      out.push_back(t);
      continue;
    }
    if (unit >= static_cast<int>(c->second.size())) {
      d.error(e.target_loc, fmt::format("'{}' has {} unit(s)", id, c->second.size()));
      continue;
    }
    for (size_t k = 0; k < c->second.size(); ++k) {
      if (unit >= 0 && unit != static_cast<int>(k)) continue;
      const auto& ref = system.components[static_cast<size_t>(c->second[k])];
      const auto& layout = ref.type->layout;
      std::string error;
      if (!e.action.empty()) {
        std::vector<std::string> names;
        for (const auto& x : layout.commands) names.push_back(x.name);
        const auto it = std::find(names.begin(), names.end(), e.action);
        if (it == names.end()) {
          const auto near = nearest(e.action, names);
          d.error(e.action_loc,
                  fmt::format("{} '{}' does not know '{}'", ref.type->name, ref.id, e.action),
                  names.empty()  ? "it has no commands"
                  : near.empty() ? fmt::format("known: {}", fmt::join(names, ", "))
                                 : fmt::format("did you mean '{}'?", near));
          break;
        }
        t.component = c->second[k];
        t.command = static_cast<int>(it - names.begin());
        if (e.has_value) t.value = quantity_as(e.value_text, "1", error);
        out.push_back(t);
        continue;
      }
      int input = -1;
      std::vector<std::string> names;
      for (size_t i = 0; i < layout.inputs.size(); ++i) {
        names.push_back(layout.inputs[i].name);
        if (layout.inputs[i].name == member) input = static_cast<int>(i);
      }
      if (input < 0) {
        const auto near = nearest(member, names);
        d.error(e.target_loc,
                fmt::format("{} '{}' has no input '{}'", ref.type->name, ref.id, member),
                near.empty() ? "" : fmt::format("did you mean '{}'?", near));
        break;
      }
      const int32_t slot = ref.instance().index[static_cast<size_t>(layout.n_rows() + input)];
      if (slot >= 0) {
        d.error(e.target_loc, fmt::format("'{}' follows {} and cannot be set", e.target,
                                          system.unknowns[static_cast<size_t>(slot)].name));
        break;
      }
      t.held = ~slot;
      t.value = quantity_as(e.value_text, layout.inputs[static_cast<size_t>(input)].unit, error);
      if (!error.empty()) {
        d.error(e.value_loc, fmt::format("'{}' {}", e.value_text, error));
        break;
      }
      out.push_back(t);
      if (e.duration > 0.0) {
        solve::TimelineEvent back = t;
        back.at = core::from_seconds(e.at + e.duration);
        back.value = system.held.value[static_cast<size_t>(t.held)];
        out.push_back(back);
      }
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

std::string home_dir() {
  if (const char* home = std::getenv("STEPPE_HOME")) return home;
  std::error_code ec;
  for (fs::path p = fs::read_symlink("/proc/self/exe", ec).parent_path();
       !p.empty() && p != p.root_path(); p = p.parent_path())
    if (fs::exists(p / "data") && fs::exists(p / "scenarios")) return p.string();
  return fs::current_path().string();
}

}  // namespace steppe::app
