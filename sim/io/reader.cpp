#include "sim/io/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "sim/base/text_lines.h"
#include "sim/base/units.h"

namespace steppe::io {
namespace {

using core::ParamInfo;
using core::ParamKind;
using core::ParamValue;

std::string with_unit(const ParamInfo& row) {
  return row.unit.empty() ? fmt::format("'{}'", row.name)
                          : fmt::format("'{}' [{}]", row.name, row.unit);
}

/// "did you mean …?", or the first names when nothing is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& names,
                       std::string_view unit_of_nearest) {
  const std::string near = nearest(word, names);
  if (!near.empty())
    return unit_of_nearest.empty() ? fmt::format("did you mean '{}'?", near)
                                   : fmt::format("did you mean '{}' [{}]?", near, unit_of_nearest);
  constexpr size_t kShown = 12;
  if (names.empty()) return "nothing can be set here";
  const std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, names.size())));
  return fmt::format("known: {}{}", fmt::join(first, ", "), names.size() > kShown ? ", …" : "");
}

std::string lower(std::string s) {
  for (char& c : s)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return s;
}

/// "'approach_design: 4 kW'": the entry as the user typed it.
std::string as_typed(std::string_view name, const Node& node) {
  const std::string value = describe(node);
  return node.is_scalar() ? fmt::format("'{}: {}'", name, value.substr(1, value.size() - 2))
                          : fmt::format("'{}' is {},", name, value);
}

/// The value of "{value: …, source: …}", or the node itself.
const Node* unwrap(const Node& node, const std::string& name, Diagnostics& d, ValueOrigin* origin) {
  if (!node.is_map()) return &node;
  const Node* value = node.find("value");
  if (!value) {
    d.error(node.loc, fmt::format("'{}' is a map, expected a value", name),
            "a value with its origin is written {value: …, source: …, evidence: …}");
    return nullptr;
  }
  if (!check_keys(node, {"value", "source", "evidence", "note"}, d, fmt::format("'{}'", name)))
    return nullptr;
  if (origin) {
    if (const Node* s = node.find("source")) origin->source = s->scalar;
    if (const Node* e = node.find("evidence")) origin->evidence = e->scalar;
  }
  return value;
}

}  // namespace

std::optional<double> read_quantity(const Node& node, std::string_view unit, Diagnostics& d,
                                    std::string_view what) {
  if (node.tag == kFailedTag) return std::nullopt;
  if (!node.is_scalar()) {
    d.error(node.loc, fmt::format("'{}' is {}, expected a number{}", what, describe(node),
                                  unit.empty() || unit == "1" ? "" : fmt::format(" [{}]", unit)));
    return std::nullopt;
  }
  std::string error;
  const double value = quantity_as(node.scalar, node.tag == kSiTag ? "1" : unit, error);
  if (error.empty()) return value;
  d.error(node.loc, fmt::format("{} {}", as_typed(what, node), error));
  return std::nullopt;
}

std::optional<int64_t> read_integer(const Node& node, Diagnostics& d, std::string_view what) {
  if (node.is_scalar()) {
    const std::string& s = node.scalar;
    int64_t exact = 0;
    const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), exact);
    if (ec == std::errc() && end == s.data() + s.size()) return exact;
  }
  const auto value = read_quantity(node, "1", d, what);
  if (!value) return std::nullopt;
  constexpr double kLargest = 9007199254740992.0;  // 2^53: beyond it a double skips integers
  if (std::floor(*value) == *value && std::abs(*value) <= kLargest)
    return static_cast<int64_t>(*value);
  d.error(node.loc, fmt::format("{} is not a whole number", as_typed(what, node)));
  return std::nullopt;
}

std::optional<bool> read_boolean(const Node& node, Diagnostics& d, std::string_view what) {
  if (node.tag == kFailedTag) return std::nullopt;
  if (node.is_scalar() && !node.quoted) {
    const std::string s = lower(node.scalar);
    if (s == "true" || s == "yes" || s == "on") return true;
    if (s == "false" || s == "no" || s == "off") return false;
  }
  d.error(node.loc, fmt::format("'{}' is {}, expected true or false", what, describe(node)));
  return std::nullopt;
}

std::optional<std::string> read_text(const Node& node, Diagnostics& d, std::string_view what) {
  if (node.is_scalar()) return node.scalar;
  d.error(node.loc, fmt::format("'{}' is {}, expected a text", what, describe(node)));
  return std::nullopt;
}

bool check_keys(const Node& map, const std::vector<std::string>& allowed, Diagnostics& d,
                std::string_view what) {
  if (!map.is_map()) {
    d.error(map.loc, fmt::format("{} is {}, expected a map of: {}", what, describe(map),
                                 fmt::join(allowed, ", ")));
    return false;
  }
  bool ok = true;
  for (const Entry& e : map.items) {
    if (std::find(allowed.begin(), allowed.end(), e.key) != allowed.end()) continue;
    d.error(e.key_loc, fmt::format("unknown key '{}' of {}", e.key, what),
            suggestion(e.key, allowed, ""));
    ok = false;
  }
  return ok;
}

std::string resolve_path(const std::string& path, const std::string& base_dir) {
  const std::filesystem::path p(path);
  if (p.is_absolute() || base_dir.empty()) return p.lexically_normal().string();
  return (std::filesystem::path(base_dir) / p).lexically_normal().string();
}

std::optional<ParamValue> read_value(const Node& node, const ParamInfo& row, Diagnostics& d,
                                     std::string_view owner, const std::string& base_dir) {
  std::optional<ParamValue> out;
  switch (row.kind) {
    case ParamKind::real:
      if (const auto v = read_quantity(node, row.unit, d, row.name)) out = *v;
      break;
    case ParamKind::integer:
      if (const auto v = read_integer(node, d, row.name)) out = *v;
      break;
    case ParamKind::boolean:
      if (const auto v = read_boolean(node, d, row.name)) out = *v;
      break;
    case ParamKind::text:
      // A name of a data file, or the file itself.
      if (auto v = read_text(node, d, row.name))
        out = names_data_file(*v) ? resolve_path(*v, base_dir) : *v;
      break;
    case ParamKind::choice:
      if (auto v = read_text(node, d, row.name)) out = std::move(*v);
      break;
    case ParamKind::file:
      if (auto v = read_text(node, d, row.name)) {
        if (v->empty()) return ParamValue(std::string());
        std::string path = resolve_path(*v, base_dir);
        std::error_code ec;
        const auto status = std::filesystem::status(path, ec);
        if (!std::filesystem::exists(status)) {
          d.error(node.loc, fmt::format("'{}' of {}: there is no file {}", row.name, owner, path));
        } else if (std::filesystem::is_directory(status) && row.choices.empty()) {
          d.error(node.loc, fmt::format("'{}' of {}: {} is a directory", row.name, owner, path));
        } else {
          out = std::move(path);
        }
      }
      break;
    case ParamKind::list: {
      std::vector<double> values;
      bool ok = true;
      if (node.is_sequence()) {
        for (const Node& n : node.seq) {
          const auto v = read_quantity(n, row.unit, d, row.name);
          ok = ok && v;
          if (v) values.push_back(*v);
        }
      } else if (const auto v = read_quantity(node, row.unit, d, row.name)) {
        values.push_back(*v);
      } else {
        ok = false;
      }
      if (ok) out = std::move(values);
      break;
    }
  }
  if (!out) return std::nullopt;
  const std::string problem = core::ParamTableBase::check(row, *out);
  if (problem.empty()) return out;
  std::string hint;
  if (row.kind == ParamKind::choice) {
    const std::string near = nearest(std::get<std::string>(*out), row.choices);
    if (!near.empty()) hint = fmt::format("did you mean '{}'?", near);
  }
  if (node.is_sequence()) {
    // Point at the element, not at the list.
    for (size_t i = 0; i < node.seq.size(); ++i) {
      const double v = std::get<std::vector<double>>(*out)[i];
      if (core::ParamTableBase::check(row, std::vector<double>{v}).empty()) continue;
      d.error(node.seq[i].loc,
              fmt::format("'{}' = {} of {} {}", row.name, node.seq[i].scalar, owner, problem));
    }
  } else {
    d.error(node.loc, fmt::format("'{}' = {} of {} {}", row.name, node.scalar, owner, problem),
            hint);
  }
  return std::nullopt;
}

void read_params(const Node& map, const core::ParamTableBase& table, void* params, Diagnostics& d,
                 std::string_view owner, const std::string& base_dir, Origins* origins) {
  if (!map.is_map() && !map.is_null()) {
    d.error(map.loc,
            fmt::format("the parameters of {} are {}, expected a map", owner, describe(map)));
    return;
  }
  for (const Entry& e : map.items) {
    const int row = table.find(e.key);
    if (row < 0) {
      const std::string near = nearest(e.key, table.names());
      const int other = near.empty() ? -1 : table.find(near);
      const std::string unit = other < 0 ? "" : table.rows()[static_cast<size_t>(other)].unit;
      d.error(e.key_loc, fmt::format("unknown parameter '{}' of {}", e.key, owner),
              suggestion(e.key, table.names(), unit));
      continue;
    }
    const ParamInfo& info = table.rows()[static_cast<size_t>(row)];
    ValueOrigin origin;
    origin.where = e.key_loc;
    const Node* value = unwrap(e.value, e.key, d, &origin);
    if (!value) continue;
    if (value->is_null()) {
      d.error(e.key_loc, fmt::format("'{}' of {} has no value", e.key, owner),
              info.unit.empty() ? "" : fmt::format("expected a number [{}]", info.unit));
      continue;
    }
    if (const auto v = read_value(*value, info, d, owner, base_dir)) {
      table.set(params, row, *v);
      if (origins) (*origins)[e.key] = std::move(origin);
    }
  }
  std::vector<std::string> missing;
  for (const ParamInfo& row : table.rows())
    if (row.required && !map.entry(row.name)) missing.push_back(with_unit(row));
  if (!missing.empty())
    d.error(map.loc, fmt::format("{} lacks the required parameter{} {}", owner,
                                 missing.size() == 1 ? "" : "s", fmt::join(missing, ", ")));
}

void read_yaml_into(const std::string& file, const core::ParamTableBase& table, void* params,
                    Origins* origins) {
  Node root = load_yaml_file(file);
  ValueOrigin about;
  for (const char* key : {"source", "evidence", "note"}) {
    if (table.find(key) >= 0) continue;
    const auto it = std::find_if(root.items.begin(), root.items.end(),
                                 [&](const Entry& e) { return e.key == key; });
    if (it == root.items.end()) continue;
    if (it->key == "source") about.source = it->value.scalar;
    if (it->key == "evidence") about.evidence = it->value.scalar;
    root.items.erase(it);
  }
  Diagnostics d;
  Origins found;
  read_params(root, table, params, d, "this file",
              std::filesystem::path(file).parent_path().string(), &found);
  d.throw_if_errors();
  if (!origins) return;
  // What the file says about itself holds for every value that says nothing.
  for (auto& [name, origin] : found) {
    if (origin.source.empty()) origin.source = about.source;
    if (origin.evidence.empty()) origin.evidence = about.evidence;
    (*origins)[name] = std::move(origin);
  }
}

}  // namespace steppe::io
