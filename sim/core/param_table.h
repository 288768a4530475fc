#pragma once
// The one description of parameters. Reader, form, `steppe info`, schema, result attributes and
// tests are made from it.
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "sim/base/error.h"

namespace steppe::core {

/// A parameter's value inside steppe: real and list in SI.
using ParamValue = std::variant<double, int64_t, bool, std::string, std::vector<double>>;

enum class ParamKind { real, integer, boolean, text, choice, list, file };

struct Bounds {
  double lo, hi;
};
inline constexpr double kInf = std::numeric_limits<double>::infinity();

struct ParamInfo {
  std::string name;
  ParamKind kind = ParamKind::real;
  std::string unit;  ///< "1" for dimensionless; "" for text, choice, boolean
  bool required = false;
  ParamValue
      value;  ///< the default, or for a required one an example (used by `eval` and tests only)
  Bounds bounds{-kInf, kInf};  ///< inclusive, in SI
  std::vector<std::string> choices;
  std::string help;
  std::string source;  ///< [Key Year, table] or "engineering"
  std::string group;
};

/// A value in `unit` written by the programmer, as SI: si(25, "degC").
double si(double value, std::string_view unit);

struct Required {
  ParamValue example;
};
inline Required required(double example) { return {example}; }
inline Required required(std::string example) { return {std::move(example)}; }

/// Choice parameters: enum members 0, 1, 2 … named in order.
struct Choices {
  std::vector<std::string> names;
};

/// Type-erased table; `Params` objects are set and read through it by row.
class ParamTableBase {
 public:
  const std::vector<ParamInfo>& rows() const { return rows_; }
  /// Row index or -1.
  int find(std::string_view name) const;
  std::vector<std::string> names() const;
  /// Sets one parameter; the value must have the row's kind and lie inside its bounds (checked by
  /// the reader).
  void set(void* params, int row, const ParamValue& v) const {
    setters_[static_cast<size_t>(row)](params, v);
  }
  ParamValue get(const void* params, int row) const {
    return getters_[static_cast<size_t>(row)](params);
  }
  void set_defaults(void* params) const;
  /// "" or why the value cannot be used for this row ("0.2 is outside [0.5, 1]").
  static std::string check(const ParamInfo& row, const ParamValue& v);

 protected:
  std::vector<ParamInfo> rows_;
  std::vector<std::function<void(void*, const ParamValue&)>> setters_;
  std::vector<std::function<ParamValue(const void*)>> getters_;
};

/// Rows are added with a chain of calls:
///   ParamTable<P>{}.real("ua_design", &P::ua, "W/K", required(2e5), {1e3, 1e7}, "Overall
///   conductance", "[Key Year, t. 2]")
/// Default, example and bounds are in `unit` (not SI) where a unit is given: ("t_set", &P::t_set,
/// "degC", 25.0, {0, 60}, …).
template <class P>
class ParamTable : public ParamTableBase {
 public:
  template <class V>
  ParamTable& real(std::string name, double P::*member, std::string unit, V value, Bounds b,
                   std::string help, std::string source = "engineering") {
    ParamInfo row =
        make(std::move(name), ParamKind::real, std::move(unit), std::move(help), std::move(source));
    if constexpr (std::is_same_v<V, Required>) {
      row.required = true;
      row.value = si(std::get<double>(value.example), row.unit);
    } else {
      row.value = si(static_cast<double>(value), row.unit);
    }
    row.bounds = {si(b.lo, row.unit), si(b.hi, row.unit)};
    return add(
        std::move(row),
        [member](void* p, const ParamValue& v) { at(p).*member = std::get<double>(v); },
        [member](const void* p) -> ParamValue { return at(p).*member; });
  }
  template <class I>
  ParamTable& integer(std::string name, I P::*member, int64_t value, Bounds b, std::string help,
                      std::string source = "engineering") {
    ParamInfo row =
        make(std::move(name), ParamKind::integer, "1", std::move(help), std::move(source));
    row.value = value;
    row.bounds = b;
    return add(
        std::move(row),
        [member](void* p, const ParamValue& v) {
          at(p).*member = static_cast<I>(std::get<int64_t>(v));
        },
        [member](const void* p) -> ParamValue { return static_cast<int64_t>(at(p).*member); });
  }
  ParamTable& boolean(std::string name, bool P::*member, bool value, std::string help,
                      std::string source = "engineering") {
    ParamInfo row =
        make(std::move(name), ParamKind::boolean, "", std::move(help), std::move(source));
    row.value = value;
    return add(
        std::move(row),
        [member](void* p, const ParamValue& v) { at(p).*member = std::get<bool>(v); },
        [member](const void* p) -> ParamValue { return at(p).*member; });
  }
  /// `kind` text or file (a path relative to the scenario file; the reader makes it absolute).
  ParamTable& text(std::string name, std::string P::*member, std::string value, std::string help,
                   ParamKind kind = ParamKind::text, std::string source = "engineering") {
    ParamInfo row = make(std::move(name), kind, "", std::move(help), std::move(source));
    row.value = std::move(value);
    return add(
        std::move(row),
        [member](void* p, const ParamValue& v) { at(p).*member = std::get<std::string>(v); },
        [member](const void* p) -> ParamValue { return at(p).*member; });
  }
  template <class E>
  ParamTable& choice(std::string name, E P::*member, Choices c, E value, std::string help,
                     std::string source = "engineering") {
    ParamInfo row =
        make(std::move(name), ParamKind::choice, "", std::move(help), std::move(source));
    row.value = c.names.at(static_cast<size_t>(value));
    row.choices = c.names;
    return add(
        std::move(row),
        [member, names = c.names](void* p, const ParamValue& v) {
          for (size_t i = 0; i < names.size(); ++i)
            if (names[i] == std::get<std::string>(v)) at(p).*member = static_cast<E>(i);
        },
        [member, names = c.names](const void* p) -> ParamValue {
          return names.at(static_cast<size_t>(at(p).*member));
        });
  }
  /// Numbers in `unit`; bounds hold for each.
  ParamTable& list(std::string name, std::vector<double> P::*member, std::string unit,
                   std::vector<double> value, Bounds b, std::string help,
                   std::string source = "engineering") {
    ParamInfo row =
        make(std::move(name), ParamKind::list, std::move(unit), std::move(help), std::move(source));
    for (double& v : value) v = si(v, row.unit);
    row.value = std::move(value);
    row.bounds = {si(b.lo, row.unit), si(b.hi, row.unit)};
    return add(
        std::move(row),
        [member](void* p, const ParamValue& v) {
          at(p).*member = std::get<std::vector<double>>(v);
        },
        [member](const void* p) -> ParamValue { return at(p).*member; });
  }
  /// Group of the rows that follow.
  ParamTable& group(std::string g) {
    group_ = std::move(g);
    return *this;
  }

 private:
  static P& at(void* p) { return *static_cast<P*>(p); }
  static const P& at(const void* p) { return *static_cast<const P*>(p); }
  ParamInfo make(std::string name, ParamKind kind, std::string unit, std::string help,
                 std::string source) {
    ParamInfo row;
    row.name = std::move(name);
    row.kind = kind;
    row.unit = std::move(unit);
    row.help = std::move(help);
    row.source = std::move(source);
    row.group = group_;
    return row;
  }
  ParamTable& add(ParamInfo row, std::function<void(void*, const ParamValue&)> set,
                  std::function<ParamValue(const void*)> get) {
    rows_.push_back(std::move(row));
    setters_.push_back(std::move(set));
    getters_.push_back(std::move(get));
    return *this;
  }
  std::string group_;
};

}  // namespace steppe::core
