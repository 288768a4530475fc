#pragma once
// YAML as a tree in which every key and value knows its place in the text. Nothing else in steppe
// sees a YAML library.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/error.h"

namespace steppe::io {

inline constexpr int kMaxYamlDepth = 64;
inline constexpr size_t kMaxYamlBytes = size_t{64} << 20;
inline constexpr size_t kMaxYamlNodes = 500'000;  ///< after aliases are expanded

/// Tag of a scalar that an expression made: a number in SI, whatever unit its reader would assume.
inline constexpr const char* kSiTag = "!si";

/// Tag of a scalar whose expression failed: its error is reported, whoever reads it stays silent.
inline constexpr const char* kFailedTag = "!failed";

struct Entry;

/// Value semantics: a Node owns all below it, so a subtree may be copied, changed and handed on.
struct Node {
  enum class Kind { null, scalar, sequence, map };
  /// Where the text of a node begins and ends in the source; equal when it cannot be edited in
  /// place (block scalars).
  struct Range {
    size_t begin = 0, end = 0;
    bool empty() const { return begin == end; }
  };

  Kind kind = Kind::null;
  SourceLoc loc;
  std::string scalar;
  bool quoted = false;      ///< scalar in quotes or a block scalar: never a number, boolean or null
  bool flow = false;        ///< map or sequence in brackets
  bool from_alias = false;  ///< a copy that `*name` made; `range` is that of the original
  std::string tag;          ///< "!use"; "" when there is none
  std::vector<Entry> items;
  std::vector<Node> seq;
  Range range;

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_map() const { return kind == Kind::map; }

  const Entry* entry(std::string_view key) const;
  /// Value of a key of a map; nullptr when there is none or this is no map.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
  std::vector<std::string> keys() const;

  static Node make_scalar(std::string text, SourceLoc loc, bool quoted = false);
  static Node make_map(SourceLoc loc);
  static Node make_sequence(SourceLoc loc);
};

struct Entry {
  std::string key;
  SourceLoc key_loc;
  Node::Range key_range;
  Node value;
};

/// "a map", "a list", "the text 'abc'": for messages.
std::string describe(const Node& node);

/// Reads and parses a file; throws UserError (exit 2) with its place when the file is missing, no
/// text, or no YAML.
Node load_yaml_file(const std::string& path);
/// Parses a text; `name` stands for the file in messages.
Node load_yaml_text(std::string text, std::string name);

/// Child by a path such as "components[bess].params.energy" or "events[2].at": `[2]` counts from 0,
/// `[bess]` is the element whose `id` or `name` is bess. nullptr when there is none.
const Node* find_path(const Node& root, std::string_view path);

/// Puts `value` at `path`, creating maps on the way. False when the path runs through a scalar or a
/// missing element.
bool set_path(Node& root, std::string_view path, Node value);

/// The text with the value at `path` replaced (or its key inserted), everything else byte for byte
/// as it was. `value` is plain text; quotes are added where YAML needs them. Throws UserError when
/// the place cannot be edited.
std::string set_scalar(const std::string& text, std::string_view path, std::string_view value);

/// YAML text of a tree, in block style; parsing it gives an equal tree.
std::string dump(const Node& node);

}  // namespace steppe::io
