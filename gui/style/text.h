#pragma once
#include <QString>
#include <string>

namespace steppe::gui {

/// The engine's texts are UTF-8.
inline QString qs(const std::string& s) { return QString::fromStdString(s); }

}  // namespace steppe::gui
