#pragma once
// Nodes of the site from the `connect` lists of a scenario and of its templates, across scopes.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/base/error.h"
#include "sim/core/system.h"
#include "sim/io/yaml_source.h"

namespace steppe::app {

/// Where a list stands: the scenario itself, or one use of a template.
struct Place {
  std::string prefix;         ///< "" or "pod."
  std::set<std::string> ids;  ///< of the components of this place, without prefix
  int repeat = 1;             ///< units of the template
};

class Wiring {
 public:
  explicit Wiring(Diagnostics& d) : d_(d) {}

  /// `list`: lists of ports and node names; `nodes`: their volumes, by name. Both with expressions
  /// evaluated; null: not given.
  void connect(const io::Node& list, const io::Node& nodes, const Place&);
  /// `name` stands outside of the template for its port, node or signal `target`.
  void export_name(const std::string& name, const io::Node& target, const Place&);

  bool is_node(const std::string& full_name) const { return node_repeat_.count(full_name) > 0; }
  /// What an exported name stands for; any other text as it is.
  std::string follow(const std::string& text) const;
  /// Groups that share a port or a node name are one node.
  std::vector<core::NodeSpec> nodes() const;

 private:
  struct Token {
    std::string text;
    bool node;
    SourceLoc loc;
  };
  struct Group {
    std::vector<Token> tokens;
    double volume = 0.0;
    SourceLoc loc;
  };
  struct Alias {
    Token target;
    int repeat;
  };

  static Token token(const std::string& text, const Place&, const SourceLoc&);
  std::vector<Token> all_of(const Token&) const;

  Diagnostics& d_;
  std::map<std::string, Alias> aliases_;
  std::map<std::string, int> node_repeat_;
  std::vector<Group> groups_;
};

}  // namespace steppe::app
