#include "sim/app/wiring.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/io/reader.h"

namespace steppe::app {
namespace {

using io::Node;

constexpr int kMostExports = 16;  ///< a name exported through so many templates goes in a circle

std::string with_unit(const std::string& text, bool node, int k) {
  const size_t dot = node ? text.size() : text.rfind('.');
  if (!node && text[dot - 1] == ']') return text;
  return text.substr(0, dot) + fmt::format("[{}]", k) + text.substr(dot);
}

}  // namespace

/// Full name of a port or node as seen from a place: own ids first, then the whole site's.
Wiring::Token Wiring::token(const std::string& text, const Place& place, const SourceLoc& loc) {
  if (text.find('.') == std::string::npos) return {place.prefix + text, true, loc};
  const std::string head = text.substr(0, text.find_first_of(".["));
  return {place.ids.count(head) ? place.prefix + text : text, false, loc};
}

void Wiring::export_name(const std::string& name, const Node& target, const Place& place) {
  aliases_[place.prefix + name] = {token(target.scalar, place, target.loc), place.repeat};
}

void Wiring::connect(const Node& list, const Node& nodes, const Place& place) {
  std::map<std::string, double> volumes;
  for (const auto& e : nodes.items) {
    if (!io::check_keys(e.value, {"volume", "note"}, d_, fmt::format("node '{}'", e.key))) continue;
    if (const Node* v = e.value.find("volume"))
      if (const auto x = io::read_quantity(*v, "m3", d_, "volume"))
        volumes[place.prefix + e.key] = *x;
  }
  if (list.is_null()) return;
  if (!list.is_sequence()) return d_.error(list.loc, "'connect' is a list of lists of ports");
  for (const auto& item : list.seq) {
    if (!item.is_sequence() || item.seq.size() < 2) {
      d_.error(item.loc, "a connection is a list of two or more ports or node names");
      continue;
    }
    std::set<std::string> listed;
    for (const auto& p : item.seq) {
      if (!p.is_scalar())
        d_.error(p.loc, fmt::format("{} is not a port", io::describe(p)));
      else if (!listed.insert(p.scalar).second)
        d_.error(p.loc, fmt::format("'{}' is listed twice in this connection", p.scalar));
    }
    for (int k = 0; k < place.repeat; ++k) {
      Group g;
      g.loc = item.loc;
      for (const auto& p : item.seq) {
        if (!p.is_scalar()) continue;
        Token t = token(p.scalar, place, p.loc);
        if (t.node) {
          node_repeat_[t.text] = place.repeat;
          if (const auto v = volumes.find(t.text); v != volumes.end())
            g.volume = std::max(g.volume, v->second);
        }
        const bool own =
            t.node || (place.prefix.size() < t.text.size() && t.text.starts_with(place.prefix));
        if (place.repeat > 1 && own) t.text = with_unit(t.text, t.node, k);
        g.tokens.push_back(std::move(t));
      }
      groups_.push_back(std::move(g));
    }
  }
}

/// Follows exported names; a name of a repeated template stands for all its units.
std::vector<Wiring::Token> Wiring::all_of(const Token& t) const {
  Token at = t;
  for (int depth = 0; depth < kMostExports; ++depth) {
    std::string plain = at.text, unit;
    if (const size_t open = plain.rfind('['); open != std::string::npos && !at.node)
      if (const size_t close = plain.find(']', open); close != std::string::npos) {
        unit = plain.substr(open, close - open + 1);
        plain.erase(open, close - open + 1);
      }
    const auto a = aliases_.find(plain);
    if (a == aliases_.end()) break;
    at.text = a->second.target.text;
    at.node = a->second.target.node;
    if (unit.empty()) continue;
    const size_t dot = at.node ? at.text.size() : at.text.rfind('.');
    at.text.insert(dot, unit);
  }
  if (at.node)
    if (const auto r = node_repeat_.find(at.text); r != node_repeat_.end() && r->second > 1) {
      std::vector<Token> all;
      for (int k = 0; k < r->second; ++k) all.push_back({with_unit(at.text, true, k), true, t.loc});
      return all;
    }
  return {at};
}

std::string Wiring::follow(const std::string& text) const {
  return all_of({text, false, {}}).at(0).text;
}

std::vector<core::NodeSpec> Wiring::nodes() const {
  std::vector<Group> merged;
  std::map<std::string, size_t> owner;
  std::vector<size_t> into;
  auto root_of = [&](size_t i) {
    while (into[i] != i) i = into[i];
    return i;
  };
  for (const auto& g : groups_) {
    const size_t mine = merged.size();
    merged.push_back({{}, g.volume, g.loc});
    into.push_back(mine);
    for (const auto& raw : g.tokens)
      for (auto& t : all_of(raw)) {
        if (const auto it = owner.find(t.text); it != owner.end()) {
          const size_t other = root_of(it->second), self = root_of(mine);
          if (other != self) into[std::max(self, other)] = std::min(self, other);
        } else {
          owner[t.text] = mine;
          merged[mine].tokens.push_back(std::move(t));
        }
      }
  }
  std::map<size_t, core::NodeSpec> by_root;
  for (size_t i = 0; i < merged.size(); ++i) {
    auto& n = by_root[root_of(i)];
    n.volume = std::max(n.volume, merged[i].volume);
    if (!n.loc.source) n.loc = merged[i].loc;
    for (const auto& t : merged[i].tokens) {
      if (!t.node)
        n.ports.push_back({t.text, t.loc});
      else if (n.name.empty())
        n.name = t.text;
    }
  }
  std::vector<core::NodeSpec> out;
  for (auto& [i, n] : by_root) {
    if (n.ports.empty())
      d_.error(n.loc, fmt::format("node '{}' has no port", n.name));
    else
      out.push_back(std::move(n));
  }
  return out;
}

}  // namespace steppe::app
