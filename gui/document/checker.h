#pragma once
// Checks a scenario in the background: parse, build, steady start. Nothing on the GUI thread; a
// newer text makes an older check's answer void.
#include <QObject>
#include <QString>
#include <memory>
#include <string>
#include <vector>

#include "gui/diagram/site_plan.h"
#include "gui/runner/worker.h"

namespace steppe::gui {

struct Problem {
  enum class Kind { error, warning, good } kind = Kind::error;
  QString message, hint;
  QString file;  ///< "" : the scenario itself
  int line = 0, column = 0;
  QString where() const;
};

struct CheckAnswer {
  uint64_t revision = 0;
  std::vector<Problem> problems;
  bool ok = false;
  std::string resolved;  ///< "" when the text cannot be read that far
  SitePlan plan;
  double t_end = 0.0;
  std::string start;
  std::vector<std::string> signal_names;
};

class Checker final : public QObject {
  Q_OBJECT
 public:
  Checker(const core::Registry& registry, QObject* parent);
  void check(const std::string& text, const std::string& path, uint64_t revision,
             const QString& profile);
  bool busy() const { return worker_.pending() > 0; }
  void finish() { worker_.finish(); }

 Q_SIGNALS:
  void answered(std::shared_ptr<const CheckAnswer>);

 private:
  const core::Registry& registry_;
  std::shared_ptr<std::atomic<uint64_t>> newest_;
  Worker worker_;
};

}  // namespace steppe::gui
