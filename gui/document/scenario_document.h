#pragma once
// A scenario as the app edits it. The text is the truth: a form edit replaces one scalar in place,
// so comments and order stay, and the file diffs cleanly. No Qt here.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gui/document/snapshot_history.h"
#include "sim/io/yaml_source.h"

namespace steppe::gui {

/// A component, process or template use as the tree shows it.
struct OutlineItem {
  std::string id;
  std::string type;   ///< "" for a template use
  std::string use;    ///< template name
  std::string path;   ///< of its entry: "components[bess]"
  std::string count;  ///< text of `count` or `repeat`
  int line = 0;       ///< of its id
  std::string from;   ///< file that it is inherited from; "": this one
};

struct OutlineEvent {
  std::string title;  ///< "trip pod.cdu_pump"
  std::string at;     ///< text of its time
  std::string path;   ///< "events[2]"
  int line = 0;
};

class ScenarioDocument {
 public:
  ScenarioDocument() = default;
  explicit ScenarioDocument(std::string text, std::string path = {})
      : path_(std::move(path)), text_(std::move(text)), saved_(text_) {}

  /// Throws UserError or IoError when the file cannot be read.
  static ScenarioDocument open(const std::string& path);
  /// Writes beside the file and renames, so that a full disk never leaves half a scenario. Throws
  /// IoError.
  void save(const std::string& path);

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  bool modified() const { return text_ != saved_; }
  /// Grows with every change of the text.
  uint64_t revision() const { return revision_; }

  /// Replaces the whole text. Changes with the same non-empty `merge` that follow each other within
  /// a second are one step of undo.
  void set_text(std::string text, std::string label, std::string_view merge = {});
  /// Edits the scalar at a path such as "components[bess].params.energy". Returns "" or why not.
  std::string set_value(std::string_view path, std::string_view value);
  std::optional<std::string> value(std::string_view path) const;
  /// Line of the node at `path` (1 …), 0 when there is none.
  int line_of(std::string_view path) const;

  bool can_undo() const { return !undo_.empty(); }
  bool can_redo() const { return !redo_.empty(); }
  std::string undo_label() const { return can_undo() ? undo_.back().label : ""; }
  std::string redo_label() const { return can_redo() ? redo_.back().label : ""; }
  /// When the change was made that undo() takes back or redo() makes again.
  ChangeTime undo_time() const { return can_undo() ? undo_.back().when : ChangeTime(); }
  ChangeTime redo_time() const { return can_redo() ? redo_.back().when : ChangeTime(); }
  void undo();
  void redo();

  /// What the text holds; of the last text that was YAML when the present one is not.
  const std::vector<OutlineItem>& components() const { return parsed().components; }
  const std::vector<OutlineEvent>& events() const { return parsed().events; }
  const std::string& name() const { return parsed().name; }
  const std::string& note() const { return parsed().note; }
  /// "" or why the present text is no YAML, with the line.
  const std::string& parse_error() const { return parsed().error; }
  int parse_error_line() const { return parsed().error_line; }

 private:
  struct State {
    std::string text, label;
    ChangeTime when;
  };
  struct Parsed {
    uint64_t revision = UINT64_MAX;
    io::Node root;
    std::vector<OutlineItem> components;
    std::vector<OutlineEvent> events;
    std::string name, note, error;
    int error_line = 0;
  };
  const Parsed& parsed() const;
  void add_inherited(Parsed& p) const;

  static constexpr size_t kMostUndo = 200;
  std::string path_, text_, saved_;
  uint64_t revision_ = 0;
  std::vector<State> undo_, redo_;
  std::string last_merge_;
  std::chrono::steady_clock::time_point last_change_;
  mutable Parsed parsed_;
};

}  // namespace steppe::gui
