#include "sim/core/param_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/units.h"

namespace steppe::core {

double si(double value, std::string_view unit) {
  if (unit.empty() || unit == "1") return value;
  const auto u = parse_unit(unit);
  if (!u) throw InternalError(fmt::format("unknown unit '{}' in a parameter table", unit));
  return value * u->scale + u->offset;
}

int ParamTableBase::find(std::string_view name) const {
  for (size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].name == name) return static_cast<int>(i);
  return -1;
}

std::vector<std::string> ParamTableBase::names() const {
  std::vector<std::string> out;
  for (const auto& r : rows_) out.push_back(r.name);
  return out;
}

void ParamTableBase::set_defaults(void* params) const {
  for (size_t i = 0; i < rows_.size(); ++i) setters_[i](params, rows_[i].value);
}

std::string ParamTableBase::check(const ParamInfo& row, const ParamValue& v) {
  auto outside = [&](double x) {
    if (!std::isfinite(x)) return std::string("must be a finite number");
    if (x >= row.bounds.lo && x <= row.bounds.hi) return std::string();
    return fmt::format("is outside [{}, {}]", format_quantity(row.bounds.lo, row.unit),
                       format_quantity(row.bounds.hi, row.unit));
  };
  switch (row.kind) {
    case ParamKind::real:
      return outside(std::get<double>(v));
    case ParamKind::integer:
      return outside(static_cast<double>(std::get<int64_t>(v)));
    case ParamKind::list:
      for (double x : std::get<std::vector<double>>(v))
        if (auto e = outside(x); !e.empty()) return e;
      return {};
    case ParamKind::choice: {
      const auto& s = std::get<std::string>(v);
      if (std::find(row.choices.begin(), row.choices.end(), s) == row.choices.end())
        return fmt::format("is not one of {}", fmt::join(row.choices, ", "));
      return {};
    }
    case ParamKind::boolean:
    case ParamKind::text:
    case ParamKind::file:
      return {};
  }
  return {};
}

}  // namespace steppe::core
