#pragma once
// Descriptions made from the registry: parameters in their own units, and the JSON Schema of
// scenario files for editors.
#include <string>

#include "sim/core/registry.h"

namespace steppe::app {

/// Value of a parameter in the unit of its table: 45000 W of a row in kW -> 45.
double in_unit(double si, const std::string& unit);
/// As a scenario would write it: "45 kW", "true", "[1, 2] K".
std::string param_text(const core::ParamInfo& row, const core::ParamValue& value);
/// "0 … 60 degC", "≥ 0 W", "" when nothing bounds it.
std::string bounds_text(const core::ParamInfo& row);
/// "real", "integer", "boolean", "text", "choice", "list", "file".
const char* kind_name(core::ParamKind);
const char* kind_name(core::PortKind);

/// JSON Schema (draft 2020-12) of a scenario file, or of a template file.
std::string scenario_schema(const core::Registry&, bool of_template = false);

}  // namespace steppe::app
