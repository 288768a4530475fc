#pragma once
// The list of everything that a scenario can name. The executables fill it and hand it to the
// facade.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/error.h"
#include "sim/core/batch.h"
#include "sim/core/medium.h"
#include "sim/core/process.h"

namespace steppe::core {

struct Registry {
  std::map<std::string, ComponentType> components;
  std::map<std::string, ProcessType> processes;
  /// Medium by name ("water", "pg25" … "air") at a design temperature [K] and pressure [Pa]; throws
  /// UserError.
  std::function<Medium(const std::string& name, double temp, double pressure)> medium;
  std::vector<std::string> media;  ///< names for messages and forms
  /// Pressure of the standard atmosphere at an altitude [m] -> Pa.
  std::function<double(double altitude)> pressure;
  /// Elevation [m] that a weather file states; nothing where it cannot be read.
  std::function<std::optional<double>(const std::string& file)> elevation;

  void add(ComponentType t) { insert(components, std::move(t)); }
  void add(ProcessType t) { insert(processes, std::move(t)); }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [n, t] : components) out.push_back(n);
    for (const auto& [n, t] : processes) out.push_back(n);
    return out;
  }

 private:
  template <class Types, class Type>
  static void insert(Types& types, Type t) {
    const std::string name = t.name;
    if (!types.emplace(name, std::move(t)).second)
      throw InternalError("model '" + name + "' is registered twice");
  }
};

}  // namespace steppe::core
