#pragma once
// `${it_power / 8}` in scenario and template files: arithmetic over named numbers, evaluated while
// a template expands.
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/io/yaml_source.h"

namespace steppe::io {

using Variables = std::map<std::string, double>;

/// Value of an expression: + - * / ^, comparisons, && ||, c ? a : b, and ceil floor round min max
/// sqrt abs exp ln. nullopt after a located error: syntax, an unknown name (with the nearest one),
/// a result that is not finite.
std::optional<double> evaluate(std::string_view expression, const Variables& variables,
                               const SourceLoc& where, Diagnostics& d);

/// A copy of the tree with every `${…}` of its values replaced by the number it stands for, all
/// digits kept. "${p / 8} kW" keeps its unit; `$${` writes a plain "${". Keys and places stay, so
/// errors found later point at the original text.
Node expand(const Node& node, const Variables& variables, Diagnostics& d);

}  // namespace steppe::io
