// The way back from a tree to text: paths into it, edits of the user's own text in place, and whole
// trees written out.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "sim/io/yaml_source.h"
#include "sim/io/yaml_text.h"

namespace steppe::io {
namespace {

constexpr size_t npos = std::string::npos;

struct Step {
  std::string name;
  bool element = false;  ///< written in brackets
};

/// "a.b[c].d" -> a, b, [c], d. nullopt when it is malformed.
std::optional<std::vector<Step>> split_path(std::string_view path) {
  std::vector<Step> out;
  for (size_t i = 0; i < path.size();) {
    if (path[i] == '[') {
      const size_t close = path.find(']', i);
      if (close == npos || close == i + 1) return std::nullopt;
      out.push_back({std::string(path.substr(i + 1, close - i - 1)), true});
      i = close + 1;
      if (i < path.size() && path[i] == '.') ++i;
      continue;
    }
    size_t end = std::min(path.find_first_of(".[", i), path.size());
    if (end == i) return std::nullopt;
    out.push_back({std::string(path.substr(i, end - i)), false});
    i = end < path.size() && path[end] == '.' ? end + 1 : end;
  }
  if (out.empty() || path.back() == '.') return std::nullopt;
  return out;
}

const Node* child(const Node& node, const Step& step) {
  if (!step.element || node.is_map()) return node.find(step.name);
  if (!node.is_sequence()) return nullptr;
  size_t index = 0;
  const char* last = step.name.data() + step.name.size();
  const auto [end, ec] = std::from_chars(step.name.data(), last, index);
  if (ec == std::errc() && end == last) return index < node.seq.size() ? &node.seq[index] : nullptr;
  for (const Node& n : node.seq)
    for (const char* key : {"id", "name"})
      if (const Node* id = n.find(key); id && id->is_scalar() && id->scalar == step.name) return &n;
  return nullptr;
}

Node* child(Node& node, const Step& step) {
  return const_cast<Node*>(child(std::as_const(node), step));
}

bool needs_quotes(std::string_view s, bool flow) {
  if (looks_null(s) || is_white(s.front()) || is_white(s.back())) return true;
  if (std::strchr("!&*|>'\"%@`#,[]{}", s.front())) return true;
  if (std::strchr("-?:", s.front()) && (s.size() == 1 || is_white(s[1]))) return true;
  if (s.front() == ':' || s.starts_with("---") || s.starts_with("...") || s == "<<") return true;
  for (size_t i = 0; i < s.size(); ++i) {
    const char c = s[i];
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
    if (c == ':' && (i + 1 == s.size() || is_white(s[i + 1]))) return true;
    if (c == ':' && flow) return true;
    if (c == '#' && is_white(s[i - 1])) return true;
    if (flow && std::strchr(",[]{}?", c)) return true;
  }
  return false;
}

std::string double_quoted(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (u < 0x20 || u == 0x7F) {
      out += fmt::format("\\x{:02x}", u);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string scalar_text(std::string_view s, bool flow, bool force_quotes = false) {
  return force_quotes || needs_quotes(s, flow) ? double_quoted(s) : std::string(s);
}

void dump_to(std::string& out, const Node& n, size_t indent);

void dump_inline(std::string& out, const Node& n, size_t indent) {
  const std::string tag = n.tag.empty() || !n.tag.starts_with('!') ? "" : n.tag + " ";
  switch (n.kind) {
    case Node::Kind::null:
      out += " " + tag + "~\n";
      return;
    case Node::Kind::scalar:
      out += " " + tag + scalar_text(n.scalar, false, n.quoted) + "\n";
      return;
    case Node::Kind::sequence:
      if (n.seq.empty()) {
        out += " " + tag + "[]\n";
        return;
      }
      break;
    case Node::Kind::map:
      if (n.items.empty()) {
        out += " " + tag + "{}\n";
        return;
      }
      break;
  }
  out += tag.empty() ? "\n" : " " + n.tag + "\n";
  dump_to(out, n, indent);
}

void dump_to(std::string& out, const Node& n, size_t indent) {
  const std::string pad(indent, ' ');
  if (n.is_map() && !n.items.empty()) {
    for (const Entry& e : n.items) {
      out += pad + scalar_text(e.key, true) + ":";
      dump_inline(out, e.value, indent + 2);
    }
  } else if (n.is_sequence() && !n.seq.empty()) {
    for (const Node& s : n.seq) {
      out += pad + "-";
      const bool compact = s.is_map() && !s.items.empty() && s.tag.empty();
      if (!compact) {
        dump_inline(out, s, indent + 2);
        continue;
      }
      std::string block;
      dump_to(block, s, indent + 2);
      out += " " + block.substr(indent + 2);
    }
  } else {
    std::string line;
    dump_inline(line, n, indent);
    out += pad + line.substr(1);
  }
}

}  // namespace

const Node* find_path(const Node& root, std::string_view path) {
  const auto steps = split_path(path);
  if (!steps) return nullptr;
  const Node* n = &root;
  for (const Step& s : *steps)
    if (!(n = child(*n, s))) return nullptr;
  return n;
}

bool set_path(Node& root, std::string_view path, Node value) {
  const auto steps = split_path(path);
  if (!steps) return false;
  Node* n = &root;
  for (const Step& s : *steps) {
    Node* next = child(*n, s);
    if (!next) {
      if (s.element || !(n->is_map() || n->is_null())) return false;
      n->kind = Node::Kind::map;
      n->items.push_back(Entry{s.name, value.loc, {}, Node{}});
      next = &n->items.back().value;
      next->loc = value.loc;
    }
    n = next;
  }
  *n = std::move(value);
  return true;
}

std::string set_scalar(const std::string& text, std::string_view path, std::string_view value) {
  const std::string where(path);
  auto refuse = [&](const std::string& why) -> UserError {
    return UserError(fmt::format("'{}' cannot be changed here: {}", where, why));
  };
  const auto steps = split_path(path);
  if (!steps) throw refuse("not a path such as a.b[c].d");
  const bool bom = text.starts_with(kBom);
  const std::string body = bom ? text.substr(kBom.size()) : text;
  const Node root = load_yaml_text(body, "");

  const Node* n = &root;
  size_t done = 0;
  bool in_flow = root.flow;
  while (done < steps->size()) {
    const Node* next = child(*n, (*steps)[done]);
    if (!next) break;
    n = next;
    in_flow = in_flow || n->flow;
    ++done;
    if (n->from_alias) throw refuse("it comes from a '*' reference; change the original");
  }
  std::string out = body;
  const std::string newline = body.find("\r\n") != npos ? "\r\n" : "\n";
  if (done == steps->size()) {
    if (n->is_map() || n->is_sequence()) throw refuse(fmt::format("it is {}", describe(*n)));
    if (n->range.empty() && !n->is_null()) throw refuse("it is a block of several lines");
    const bool keep_quotes = n->quoted && n->range.begin < body.size();
    std::string v = scalar_text(value, in_flow, keep_quotes);
    if (n->range.empty() && n->range.begin > 0 && !is_blank(body[n->range.begin - 1])) v = " " + v;
    out.replace(n->range.begin, n->range.end - n->range.begin, v);
  } else {
    for (size_t i = done; i < steps->size(); ++i)
      if ((*steps)[i].element) throw refuse(fmt::format("there is no [{}]", (*steps)[i].name));
    if (!n->is_map() && !n->is_null())
      throw refuse(fmt::format("'{}' would be a key of {}", (*steps)[done].name, describe(*n)));
    // The rest of the path as one nested flow map: "params: {energy: 80 MWh}".
    std::string rest = scalar_text(value, in_flow || steps->size() - done > 1 || n->is_null());
    for (size_t i = steps->size(); i-- > done + 1;)
      rest = fmt::format("{{{}: {}}}", scalar_text((*steps)[i].name, true), rest);
    const std::string line = fmt::format("{}: {}", scalar_text((*steps)[done].name, true), rest);
    if (n->is_null()) {
      out.replace(n->range.begin, n->range.end - n->range.begin, " {" + line + "}");
    } else if (n->flow) {
      const size_t at = n->items.empty() ? n->range.begin + 1 : n->items.back().value.range.end;
      out.insert(at, n->items.empty() ? line : ", " + line);
    } else {
      const size_t column = static_cast<size_t>(n->items.front().key_loc.column) - 1;
      // A new line behind the last value; a comment on that line stays with it.
      size_t at = body.find('\n', n->range.end);
      if (at == npos) at = body.size();
      while (at > n->range.end && body[at - 1] == '\r') --at;
      out.insert(at, newline + std::string(column, ' ') + line);
    }
  }
  // The text is the user's: prove that the edit did what it should before anybody writes it to
  // disk.
  bool ok = false;
  try {
    const Node changed = load_yaml_text(out, "");
    const Node* v = find_path(changed, path);
    ok = v && (v->scalar == value || (v->is_null() && looks_null(value)));
  } catch (const UserError&) {
  }
  if (!ok) throw refuse("the text around it is too unusual; edit it by hand");
  return bom ? std::string(kBom) + out : out;
}

std::string dump(const Node& node) {
  std::string out;
  dump_to(out, node, 0);
  return out;
}

}  // namespace steppe::io
