#pragma once
// From located YAML to typed parameters: every row of a parameter table is read, checked and
// reported the same way.
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/param_table.h"
#include "sim/io/yaml_source.h"

namespace steppe::io {

/// Where a parameter's value came from, for the provenance of a result.
struct ValueOrigin {
  std::string source;    ///< citation of the data file, "" when it gives none
  std::string evidence;  ///< grade of the data file, "" when it gives none
  SourceLoc where;
};
using Origins = std::map<std::string, ValueOrigin>;

/// Reads the entries of `map` (null: none) into a Params object that holds its defaults already.
/// Any row may be written as `{value: …, source: …, evidence: …}`. Problems go to `d`, all of them:
/// unknown keys with the nearest name, wrong dimensions, values out of bounds, required rows that
/// are missing. `owner` is e.g. "dry_cooler 'ct1'".
void read_params(const Node& map, const core::ParamTableBase& table, void* params, Diagnostics& d,
                 std::string_view owner, const std::string& base_dir, Origins* origins = nullptr);

/// One value for one row; nullopt after an error. `base_dir` is what a relative file is relative
/// to.
std::optional<core::ParamValue> read_value(const Node& value, const core::ParamInfo& row,
                                           Diagnostics& d, std::string_view owner,
                                           const std::string& base_dir);

/// Number of `node` in SI; a bare number is in `unit`. `what` is the name in messages. nullopt
/// after an error.
std::optional<double> read_quantity(const Node& node, std::string_view unit, Diagnostics& d,
                                    std::string_view what);
std::optional<int64_t> read_integer(const Node& node, Diagnostics& d, std::string_view what);
std::optional<bool> read_boolean(const Node& node, Diagnostics& d, std::string_view what);
/// Any scalar as text.
std::optional<std::string> read_text(const Node& node, Diagnostics& d, std::string_view what);

/// An error for each key of `map` that is not allowed, and when `map` is no map. `what` is e.g.
/// "event".
bool check_keys(const Node& map, const std::vector<std::string>& allowed, Diagnostics& d,
                std::string_view what);

/// `path` itself when it is absolute, else below `base_dir`; normalised.
std::string resolve_path(const std::string& path, const std::string& base_dir);

/// A data file whose top level is one map of parameters; throws a located UserError on any problem.
/// The keys `source`, `evidence` and `note` at the top are about the file and are skipped unless
/// the table has such rows.
void read_yaml_into(const std::string& file, const core::ParamTableBase& table, void* params,
                    Origins* origins = nullptr);

}  // namespace steppe::io
