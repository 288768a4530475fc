#include "sim/app/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "sim/app/resolved_yaml.h"
#include "sim/app/scenario_sections.h"
#include "sim/app/wiring.h"
#include "sim/base/text_lines.h"
#include "sim/base/units.h"
#include "sim/io/expression.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using io::Node;

constexpr int kMostTemplateDepth = 16;
constexpr int64_t kMostUnits = 100000;

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
      : registry_(r), data_dir_(std::move(data_dir)), d_(d), wiring_(d) {}

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
      Node p = Node::make_scalar(profile, command_line("--profile", profile));
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
    const auto weather =
        read_site(expanded(root.find("site"), top), registry_, data_dir_, out_, d_);
    top.variables["altitude"] = out_.system.altitude;
    if (weather) {
      add_component(*weather, top);
      top.ids.insert("weather");
    }
    read_run(expanded(root.find("run"), top), out_, d_);
    read_profile(expanded(root.find("profile"), top), out_, d_);
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
    wiring_.connect(expanded(root.find("connect"), top), expanded(root.find("nodes"), top), top);
    read_record(expanded(root.find("record"), top), out_, d_);
    read_events(expanded(root.find("events"), top), out_, d_);
    read_outages(expanded(root.find("availability"), top), out_, d_);
    resolve_names();
    out_.system.nodes = wiring_.nodes();
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
  struct Scope : Place {
    io::Variables variables;
    std::map<std::string, std::string> texts;
    int depth = 0;
  };
  struct Deep {
    Node value;
    SourceLoc loc;
    bool used;
  };
  struct PendingSignal {
    core::SignalSpec spec;
    std::string prefix;
    std::set<std::string> ids;
  };

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
      SourceLoc path_loc = command_line("--set", text), loc = path_loc;
      path_loc.length = static_cast<int>(o.path.size());
      loc.column = static_cast<int>(o.path.size()) + 2;
      loc.length = static_cast<int>(o.value.size());
      Node value = o.value.starts_with('[') ? io::load_yaml_text(o.value, "--set")
                                            : Node::make_scalar(o.value, loc);
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
      read_inputs(c, full, s, p->second.inputs);
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
    read_inputs(c, full, s, t->second.layout.inputs);
    out_.system.components.push_back(std::move(spec));
  }

  /// Adds to `map` the parameters of a data file that it does not hold. `name`: a file, or the name
  /// of a shipped one in any folder of data/.
  bool extend(Node& map, const Node& name, const core::ParamTableBase& table) {
    std::string file = io::resolve_path(name.scalar, folder_of(name.loc));
    std::vector<std::string> known;
    std::error_code none;  // a program without its data folder
    if (!names_data_file(name.scalar))
      for (const auto& folder : fs::directory_iterator(data_dir_, none))
        if (folder.is_directory())
          for (const auto& entry : fs::directory_iterator(folder.path())) {
            if (entry.path().extension() != ".yaml") continue;
            known.push_back(entry.path().stem().string());
            if (known.back() == name.scalar) file = entry.path().string();
          }
    if (!fs::exists(file)) {
      const std::string near = nearest(name.scalar, known);
      d_.error(name.loc, fmt::format("there is no file '{}'", name.scalar),
               near.empty() ? "'params' is a map, or the name of a file that holds one"
                            : fmt::format("did you mean '{}'?", near));
      return false;
    }
    try {
      Node more = io::load_yaml_file(file);
      if (!more.is_map()) throw UserError(more.loc, "this file is not a map of parameters");
      for (auto& e : more.items) {
        // What a file says about itself is no parameter.
        const bool about = e.key == "source" || e.key == "evidence" || e.key == "note";
        if ((about && table.find(e.key) < 0) || map.find(e.key)) continue;
        map.items.push_back(std::move(e));
      }
      return true;
    } catch (const UserError& e) {
      d_.add(e.diagnostics());
      return false;
    }
  }

  void read_component_params(const Node& c, const core::ParamTableBase& table, void* params,
                             const std::string& type, const std::string& full) {
    Node map = Node::make_map(c.loc);
    Node base;  // a file that gives what the map does not say, or several, the last one first
    if (const Node* p = c.find("params")) {
      if (p->is_scalar()) {  // a file alone, as `steppe fit` writes it
        base = *p;
      } else if (p->is_map() || p->is_null()) {
        map = *p;
        map.kind = Node::Kind::map;
        if (const Node* file = map.find("extends")) base = *file;
        std::erase_if(map.items, [](const io::Entry& e) { return e.key == "extends"; });
      } else {
        return d_.error(p->loc, "'params' is a map, or the name of a file that holds one");
      }
    }
    parameter_paths_.push_back(full + ".extends");
    if (const auto deep = deep_.find(parameter_paths_.back()); deep != deep_.end()) {
      deep->second.used = true;
      base = deep->second.value;
    }
    std::vector<Node> files = base.seq;
    if (base.is_scalar()) files.push_back(base);
    if (base.is_map())
      return d_.error(base.loc, "'extends' of parameters is a data file, or a list of them");
    for (auto file = files.rbegin(); file != files.rend(); ++file)
      if (!extend(map, *file, table)) return;
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

  /// `infos`: the inputs that the model has.
  template <class Infos>
  void read_inputs(const Node& c, const std::string& full, const Scope& s, const Infos& infos) {
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
      const auto info =
          std::find_if(infos.begin(), infos.end(), [&](const auto& i) { return i.name == e.key; });
      if (info != infos.end() && (v->tag == io::kSiTag || parse_quantity(v->scalar))) {
        if (const auto x = io::read_quantity(*v, info->unit, d_, e.key)) {
          p.spec.constant = *x;
          if constexpr (requires { info->doubt(*x); })
            if (const auto doubt = info->doubt(*x); !doubt.empty()) d_.warning(v->loc, doubt);
        }
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
    wiring_.connect(expanded(root.find("connect"), s), expanded(root.find("nodes"), s), s);
    if (const Node* e = root.find("export"))
      for (const auto& x : e->items) wiring_.export_name(x.key, x.value, s);
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
        } else {
          // The mistake is told; any number spares complaints about what is computed from it.
          const auto q = parse_quantity(value.scalar);
          s.variables[e.key] = q ? q->value : 1.0;
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

  /// Names of signals and of the targets of events, through exported names ("pod.it_power" is
  /// "pod.rack.it_power").
  void resolve_names() {
    for (auto& p : signals_) {
      auto& spec = p.spec;
      if (!spec.source.empty()) {
        const std::string head = spec.source.substr(0, spec.source.find_first_of(".["));
        // A node's value ("fws_supply.temp") is named like a component's signal.
        const bool local = p.ids.count(head) || wiring_.is_node(p.prefix + head);
        spec.source = wiring_.follow(local ? p.prefix + spec.source : spec.source);
      }
      spec.target = wiring_.follow(spec.target);
      out_.system.signals.push_back(std::move(spec));
    }
    for (auto& e : out_.events) e.target = wiring_.follow(e.target);
  }

  void finish() {
    out_.system.process_setup.seed = out_.seed;
    out_.system.process_setup.data_dir = data_dir_;
    out_.system.process_setup.start_epoch = out_.start_epoch;
    out_.system.process_setup.read_yaml = [](const std::string& file,
                                             const core::ParamTableBase& table, void* params) {
      io::read_yaml_into(file, table, params);
    };
    out_.resolved = resolved_yaml(out_);
  }

  const core::Registry& registry_;
  std::string data_dir_;
  Diagnostics& d_;
  Wiring wiring_;
  Scenario out_;
  std::map<std::string, Deep> deep_;
  std::vector<std::string> parameter_paths_;
  std::vector<PendingSignal> signals_;
};

}  // namespace

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

std::string home_dir() {
  if (const char* home = std::getenv("STEPPE_HOME")) return home;
  std::error_code ec;
  for (fs::path p = fs::read_symlink("/proc/self/exe", ec).parent_path();
       !p.empty() && p != p.root_path(); p = p.parent_path())
    if (fs::exists(p / "data") && fs::exists(p / "scenarios")) return p.string();
  return fs::current_path().string();
}

}  // namespace steppe::app
