#pragma once
// What a model is: meaning, parameters with their sources, ports, signals; from the registry alone.
#include <QString>

#include "sim/core/registry.h"

namespace steppe::gui {

/// A page for a text browser; "" when the registry has no such model.
QString model_card_html(const std::string& type, const core::Registry&);

}  // namespace steppe::gui
