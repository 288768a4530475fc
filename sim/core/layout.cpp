#include "sim/core/layout.h"

#include <fmt/format.h>

#include "sim/base/error.h"

namespace steppe::core {

void Layout::check_order(int id, size_t expected, const std::string& name) {
  if (id != static_cast<int>(expected))
    throw InternalError(
        fmt::format("layout: '{}' is declared with id {} at place {}", name, id, expected));
}

}  // namespace steppe::core
