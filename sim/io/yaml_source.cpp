#include "sim/io/yaml_source.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "sim/base/text_lines.h"
#include "sim/io/yaml_text.h"

namespace steppe::io {
namespace {

constexpr size_t npos = std::string::npos;

/// Byte offset → line and column.
class LineIndex {
 public:
  explicit LineIndex(const std::string& text) {
    starts_.push_back(0);
    for (size_t at = 0; (at = text.find('\n', at)) != npos;) starts_.push_back(++at);
  }
  SourceLoc loc(const SourceTextPtr& source, size_t begin, size_t end) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), begin);
    const size_t line_end = next == starts_.end() ? source->text.size() : *next - 1;
    SourceLoc out;
    out.source = source;
    out.line = static_cast<int>(next - starts_.begin());
    out.column = static_cast<int>(begin - *(next - 1)) + 1;
    const size_t stop = std::min(end, line_end);
    out.length = stop > begin ? static_cast<int>(stop - begin) : 1;
    return out;
  }

 private:
  std::vector<size_t> starts_;
};

/// Length of the UTF-8 sequence at `at`, 0 when it is malformed (overlong forms and surrogates
/// included).
size_t utf8_length(const std::string& s, size_t at) {
  const auto byte = [&](size_t i) -> unsigned {
    return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u;
  };
  const unsigned c = byte(at);
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  if (c < 0x80) return 1;
  if (c >= 0xC2 && c <= 0xDF) return follows(at + 1) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    const unsigned d = byte(at + 1);
    if ((c == 0xE0 && d < 0xA0) || (c == 0xED && d > 0x9F)) return 0;
    return follows(at + 1) && follows(at + 2) ? 3 : 0;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    const unsigned d = byte(at + 1);
    if ((c == 0xF0 && d < 0x90) || (c == 0xF4 && d > 0x8F)) return 0;
    return follows(at + 1) && follows(at + 2) && follows(at + 3) ? 4 : 0;
  }
  return 0;
}

/// Refuses what is no text, and nesting that would cost a parser its stack or its time, before one
/// sees it.
void scan_text(const SourceTextPtr& source, const LineIndex& lines) {
  const std::string& s = source->text;
  if (s.starts_with("\x89HDF"))
    throw UserError(lines.loc(source, 0, 0), "this is an HDF5 file, expected a YAML text");
  if (s.starts_with("\xFF\xFE") || s.starts_with("\xFE\xFF"))
    throw UserError(lines.loc(source, 0, 0), "the text is UTF-16; save it as UTF-8");
  int depth = 0;
  bool comment = false;
  for (size_t i = 0; i < s.size();) {
    const char c = s[i];
    const auto u = static_cast<unsigned char>(c);
    if (u < 0x20 && c != '\n' && c != '\r' && c != '\t')
      throw UserError(lines.loc(source, i, i + 1),
                      fmt::format("this is no text: control byte 0x{:02X}", u));
    if (u == 0x7F)
      throw UserError(lines.loc(source, i, i + 1), "this is no text: control byte 0x7F");
    const size_t n = utf8_length(s, i);
    if (n == 0)
      throw UserError(lines.loc(source, i, i + 1),
                      fmt::format("byte 0x{:02X} is not valid UTF-8", u));
    if (c == '\n') comment = false;
    if (c == '#' && (i == 0 || is_white(s[i - 1]))) comment = true;
    // Brackets in quoted texts are counted too: a few of them do no harm, and no trick can hide a
    // deep nest from this.
    if (!comment && (c == '[' || c == '{') && ++depth > kMaxYamlDepth)
      throw UserError(lines.loc(source, i, i + 1),
                      fmt::format("brackets are nested deeper than {} levels", kMaxYamlDepth));
    if (!comment && (c == ']' || c == '}')) depth = std::max(0, depth - 1);
    i += n;
  }
}

/// yaml-cpp's terse messages, as advice.
std::string plain_message(const std::string& what) {
  struct Pair {
    const char *from, *to;
  };
  constexpr Pair kPairs[] = {
      {"end of map not found", "expected 'key: value' at this indentation"},
      {"end of sequence not found", "expected '- value' at this indentation"},
      {"end of sequence flow not found",
       "the '[' of this list is never closed, or a ',' is missing"},
      {"end of map flow not found", "the '{' of this map is never closed, or a ',' is missing"},
      {"illegal map value",
       "a ':' is not allowed here; put the text in quotes or check the indentation"},
      {"illegal map key", "a key is not allowed here; check the indentation"},
      {"illegal block entry", "a list item '- ' is not allowed here; check the indentation"},
      {"illegal tab when looking for indentation", "indentation must be spaces, this is a tab"},
      {"illegal EOF in scalar", "the quoted text is never closed"},
      {"illegal flow end", "a closing bracket without its opening one"},
      {"the referenced anchor is not defined", "the '*' refers to no '&' name above"},
      {"unknown token", "this character cannot begin a value; put the text in quotes"},
      {"bad file", "nested too deep"},
  };
  for (const auto& p : kPairs)
    if (what == p.from) return p.to;
  return "not valid YAML: " + what;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(SourceTextPtr source, const LineIndex& lines)
      : source_(std::move(source)), text_(source_->text), lines_(lines) {}

  bool has_root() const { return has_root_; }
  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (has_root_)
      throw UserError(at(offset(mark)), "one file holds one document; here a second one begins");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node n;
    size_t begin = skip_properties(offset(mark));
    size_t end = begin;
    // An absent value carries the mark of whatever comes next; its place is behind the key's colon.
    if (begin < text_.size() && text_[begin] == '~') end = begin + 1;
    for (const char* word : {"null", "Null", "NULL"})
      if (text_.compare(begin, 4, word) == 0) end = begin + 4;
    const bool absent = end == begin;
    if (absent && !stack_.empty() && stack_.back().has_key) begin = end = after_colon();
    n.range = {begin, end};
    n.loc = absent && !stack_.empty() && stack_.back().has_key ? stack_.back().key.key_loc
                                                               : loc(begin, end);
    accept(std::move(n), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const size_t begin = offset(mark);
    size_t end = begin;
    while (end < text_.size() && !is_white(text_[end]) && !std::strchr(",[]{}", text_[end])) ++end;
    const auto it = anchors_.find(anchor);
    if (it == anchors_.end())
      throw UserError(loc(begin, end), "this '*' refers to the value that contains it");
    count(it->second.nodes, begin);
    if (static_cast<int>(stack_.size()) + it->second.depth > kMaxYamlDepth) too_deep(begin);
    if (!stack_.empty()) stack_.back().nodes += it->second.nodes - 1;
    Node n = it->second.node;
    mark_alias(n);
    // The alias itself can be replaced in place; what is inside it belongs to another place of the
    // text.
    n.range = {begin, end};
    n.from_alias = false;
    if (n.is_scalar() || n.is_null()) n.loc = loc(begin, end);
    place(std::move(n), it->second.depth);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node n;
    n.kind = Node::Kind::scalar;
    n.scalar = value;
    n.tag = clean(tag);
    const size_t begin = skip_properties(offset(mark));
    const size_t end = end_of_scalar(begin, value, n.quoted);
    n.range = {begin, end};
    n.loc = loc(begin, end);
    accept(std::move(n), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Node::Kind::sequence, mark, tag, anchor, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Node::Kind::map, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  ///< the next event of a map is the value of `key`
    Entry key;
    size_t nodes = 1;
    int depth = 1;  ///< levels below and including this one
    std::map<std::string, size_t> seen;
  };
  struct Anchored {
    Node node;
    size_t nodes = 1;
    int depth = 0;
  };

  static size_t offset(const YAML::Mark& m) { return m.pos > 0 ? static_cast<size_t>(m.pos) : 0; }
  SourceLoc loc(size_t begin, size_t end) const { return lines_.loc(source_, begin, end); }
  SourceLoc at(size_t begin) const { return loc(begin, begin + 1); }
  static std::string clean(const std::string& tag) {
    return tag == "?" || tag == "!" ? std::string() : tag;
  }
  [[noreturn]] void too_deep(size_t begin) const {
    throw UserError(at(begin), fmt::format("nested deeper than {} levels", kMaxYamlDepth));
  }
  void count(size_t n, size_t begin) {
    total_ += n;
    if (total_ > kMaxYamlNodes)
      throw UserError(at(begin),
                      fmt::format("more than {} values, aliases included", kMaxYamlNodes));
  }
  static void mark_alias(Node& n) {
    n.from_alias = true;
    for (auto& e : n.items) mark_alias(e.value);
    for (auto& s : n.seq) mark_alias(s);
  }

  /// Skips "!tag" and "&anchor", which the marks of the parser point to.
  size_t skip_properties(size_t i) const {
    while (i < text_.size() && (text_[i] == '!' || text_[i] == '&')) {
      while (i < text_.size() && !is_white(text_[i])) ++i;
      while (i < text_.size() && is_white(text_[i])) ++i;
    }
    return std::min(i, text_.size());
  }

  size_t end_of_scalar(size_t begin, const std::string& value, bool& quoted) const {
    if (begin >= text_.size()) return begin;
    const char first = text_[begin];
    if (first == '"' || first == '\'') {
      quoted = true;
      for (size_t i = begin + 1; i < text_.size(); ++i) {
        if (first == '"' && text_[i] == '\\') {
          ++i;
        } else if (text_[i] == first) {
          if (first == '\'' && i + 1 < text_.size() && text_[i + 1] == '\'')
            ++i;
          else
            return i + 1;
        }
      }
      throw UserError(at(begin), "this quote is never closed");
    }
    if (first == '|' || first == '>') {
      quoted = true;
      return begin;
    }
    // A plain scalar over several lines is folded: any white space of the text stands for one of
    // the value.
    size_t i = begin;
    for (size_t v = 0; v < value.size();) {
      if (i >= text_.size()) return begin;
      if (is_white(value[v])) {
        if (!is_white(text_[i])) return begin;
        while (v < value.size() && is_white(value[v])) ++v;
        while (i < text_.size() && is_white(text_[i])) ++i;
      } else if (value[v++] != text_[i++]) {
        return begin;
      }
    }
    return i;
  }

  /// Behind the colon of the pending key; the end of the key when a "key" stands alone in a flow
  /// map.
  size_t after_colon() const {
    const size_t end = stack_.back().key.key_range.end;
    size_t i = end;
    while (i < text_.size() && is_white(text_[i])) ++i;
    return i < text_.size() && text_[i] == ':' ? i + 1 : end;
  }

  /// Place of the innermost bracket without its partner; the length of the text when there is none.
  size_t unclosed_bracket() const {
    std::vector<size_t> open;
    for (size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      const bool starts =
          i == 0 || std::string_view(" \t\n\r[{,:").find(text_[i - 1]) != std::string_view::npos;
      if (c == '#' && starts) {
        i = std::min(text_.find('\n', i), text_.size());
      } else if ((c == '"' || c == '\'') && starts) {
        do {
          i = std::min(text_.find(c, i + 1), text_.size());
        } while (i < text_.size() && c == '"' && text_[i - 1] == '\\');
      } else if ((c == '[' || c == '{') && (starts || !open.empty())) {
        open.push_back(i);
      } else if ((c == ']' || c == '}') && !open.empty()) {
        open.pop_back();
      }
    }
    return open.empty() ? text_.size() : open.back();
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    const size_t begin = skip_properties(offset(mark));
    if (stack_.size() >= static_cast<size_t>(kMaxYamlDepth)) too_deep(begin);
    if (!stack_.empty() && stack_.back().node.is_map() && !stack_.back().has_key) {
      // Mostly a bracket that was forgotten: the parser then takes the next lines for a key.
      if (const size_t lost = unclosed_bracket(); lost < text_.size())
        throw UserError(at(lost), fmt::format("this '{}' is never closed", text_[lost]));
      throw UserError(at(begin), "a key must be a plain text, not a list or a map");
    }
    count(1, begin);
    Frame f;
    f.node.kind = kind;
    f.node.tag = clean(tag);
    f.node.flow = style == YAML::EmitterStyle::Flow && begin < text_.size() &&
                  (text_[begin] == '[' || text_[begin] == '{');
    f.node.range = {begin, begin + (f.node.flow ? 1 : 0)};
    f.node.loc = at(begin);
    f.anchor = anchor;
    stack_.push_back(std::move(f));
  }

  void close() {
    Frame f = std::move(stack_.back());
    stack_.pop_back();
    Node& n = f.node;
    if (n.is_map()) merge(f);
    if (n.flow) {
      const char bracket = n.is_map() ? '}' : ']';
      size_t i = n.range.end;
      while (i < text_.size() && text_[i] != bracket) {
        if (text_[i] == '#' && i > 0 && is_white(text_[i - 1]))
          i = std::min(text_.find('\n', i), text_.size() - 1);
        ++i;
      }
      n.range.end = std::min(i + 1, text_.size());
      n.loc = loc(n.range.begin, n.range.end);
    }
    if (f.anchor) anchors_[f.anchor] = {n, f.nodes, f.depth};
    if (!stack_.empty()) {
      stack_.back().nodes += f.nodes - 1;
      stack_.back().depth = std::max(stack_.back().depth, f.depth);
    }
    place(std::move(n), f.depth);
  }

  /// "<<: *base" takes over the entries that the map does not have itself.
  void merge(Frame& f) {
    const auto it = std::find_if(f.node.items.begin(), f.node.items.end(),
                                 [](const Entry& e) { return e.key == "<<"; });
    if (it == f.node.items.end()) return;
    const Entry base = std::move(*it);
    f.node.items.erase(it);
    std::vector<const Node*> from;
    if (base.value.is_map()) from.push_back(&base.value);
    for (const Node& n : base.value.seq) from.push_back(&n);
    for (const Node* n : from) {
      if (!n->is_map()) throw UserError(base.key_loc, "'<<' takes a map or a list of maps");
      for (const Entry& e : n->items) {
        if (f.node.entry(e.key)) continue;
        f.node.items.push_back(e);
        f.node.items.back().value.from_alias = true;
      }
    }
    if (from.empty()) throw UserError(base.key_loc, "'<<' takes a map or a list of maps");
  }

  void accept(Node n, YAML::anchor_t anchor) {
    count(1, n.range.begin);
    if (anchor) anchors_[anchor] = {n, 1, 0};
    place(std::move(n), 0);
  }

  void place(Node n, int depth) {
    if (stack_.empty()) {
      root_ = std::move(n);
      has_root_ = true;
      return;
    }
    Frame& f = stack_.back();
    f.depth = std::max(f.depth, depth + 1);
    ++f.nodes;
    if (n.range.end > f.node.range.end) f.node.range.end = n.range.end;
    if (f.node.is_sequence()) {
      f.node.seq.push_back(std::move(n));
    } else if (!f.has_key) {
      if (!n.is_scalar() || n.scalar.empty())
        throw UserError(n.loc, n.is_null() || n.is_scalar() ? "a key is missing here"
                                                            : "a key must be a plain text");
      f.key = Entry{n.scalar, n.loc, n.range, {}};
      f.has_key = true;
      const auto [it, fresh] = f.seen.emplace(n.scalar, f.node.items.size());
      if (!fresh) {
        Diagnostics d;
        d.error(n.loc, fmt::format("'{}' is given twice", n.scalar), "",
                f.node.items[it->second].key_loc);
        throw UserError(d);
      }
    } else {
      f.key.value = std::move(n);
      f.node.items.push_back(std::move(f.key));
      f.has_key = false;
    }
  }

  SourceTextPtr source_;
  const std::string& text_;
  const LineIndex& lines_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  Node root_;
  bool has_root_ = false;
  size_t total_ = 0;
};

}  // namespace

const Entry* Node::entry(std::string_view key) const {
  for (const Entry& e : items)
    if (e.key == key) return &e;
  return nullptr;
}

const Node* Node::find(std::string_view key) const {
  const Entry* e = entry(key);
  return e ? &e->value : nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

std::vector<std::string> Node::keys() const {
  std::vector<std::string> out;
  for (const Entry& e : items) out.push_back(e.key);
  return out;
}

Node Node::make_scalar(std::string text, SourceLoc loc, bool quoted) {
  Node n;
  n.kind = !quoted && looks_null(text) ? Kind::null : Kind::scalar;
  n.scalar = std::move(text);
  n.loc = std::move(loc);
  n.quoted = quoted;
  return n;
}

Node Node::make_map(SourceLoc loc) {
  Node n;
  n.kind = Kind::map;
  n.loc = std::move(loc);
  return n;
}

Node Node::make_sequence(SourceLoc loc) {
  Node n;
  n.kind = Kind::sequence;
  n.loc = std::move(loc);
  return n;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  constexpr size_t kShown = 40;
  if (node.scalar.size() <= kShown) return fmt::format("'{}'", node.scalar);
  size_t n = kShown;  // never cut a character in two
  while (n > 0 && (static_cast<unsigned char>(node.scalar[n]) & 0xC0u) == 0x80u) --n;
  return fmt::format("'{}…'", node.scalar.substr(0, n));
}

Node load_yaml_file(const std::string& path) {
  std::error_code ec;
  const auto status = std::filesystem::status(path, ec);
  if (!std::filesystem::exists(status)) throw UserError(no_such_file(path));
  if (std::filesystem::is_directory(status))
    throw UserError(fmt::format("{}: is a directory, expected a YAML file", path));
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  std::string text;
  // Read in pieces: a pipe or a device has no size to ask for.
  std::string piece(1 << 16, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
    text.append(piece, 0, static_cast<size_t>(in.gcount()));
    if (text.size() > kMaxYamlBytes) break;
  }
  if (in.bad()) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return load_yaml_text(std::move(text), path);
}

Node load_yaml_text(std::string text, std::string name) {
  if (text.size() > kMaxYamlBytes)
    throw UserError(fmt::format("{}: larger than {} MB", name, kMaxYamlBytes >> 20));
  if (text.starts_with(kBom)) text.erase(0, kBom.size());
  auto source = std::make_shared<const SourceText>(SourceText{std::move(name), std::move(text)});
  SourceLoc whole;
  whole.source = source;
  if (source->text.find_first_not_of(" \t\r\n") == npos)
    throw UserError(whole, "the file is empty");
  const LineIndex lines(source->text);
  scan_text(source, lines);
  TreeBuilder builder(source, lines);
  try {
    std::istringstream in(source->text);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& e) {
    const size_t at =
        std::min(e.mark.pos > 0 ? static_cast<size_t>(e.mark.pos) : 0, source->text.size());
    const std::string message = plain_message(e.msg);
    const size_t line = at == 0 ? 0 : source->text.rfind('\n', at - 1) + 1;
    const bool expression =
        message.find("closed") != npos &&
        source->text.substr(line, source->text.find('\n', at) - line).find("${") != npos;
    const size_t text_begin = source->text.find_first_not_of(" \t", line);
    const size_t tab = source->text.find('\t', line);
    if (tab < text_begin)
      throw UserError(lines.loc(source, tab, tab + 1), "indentation must be spaces, this is a tab");
    throw UserError(lines.loc(source, at, at + 1), message,
                    expression ? "inside brackets an expression needs quotes: \"${…}\"" : "");
  }
  if (!builder.has_root()) throw UserError(whole, "the file holds nothing but comments");
  return builder.take_root();
}

}  // namespace steppe::io
