#pragma once
// What reading and writing YAML agree on, character by character.
#include <string_view>

namespace steppe::io {

inline constexpr std::string_view kBom = "\xEF\xBB\xBF";

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_white(char c) { return is_blank(c) || c == '\n' || c == '\r'; }
/// A plain scalar that YAML takes for nothing.
inline bool looks_null(std::string_view s) {
  return s.empty() || s == "~" || s == "null" || s == "Null" || s == "NULL";
}

}  // namespace steppe::io
