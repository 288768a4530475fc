#pragma once
// Why a run costs or uses more than another: the parts of the difference as bars, and the inputs
// that are not the same.
#include <QWidget>
#include <optional>
#include <vector>

#include "gui/panels/run_differences.h"

class QComboBox;

namespace steppe::gui {

class RunData;

class WhyPanel final : public QWidget {
  Q_OBJECT
 public:
  explicit WhyPanel(QWidget* parent);
  /// The first is the reference; which of the others is explained is chosen in the panel.
  void set(const std::vector<RunData*>& runs);
  const std::optional<FigureDifference>& shown() const { return figure_; }
  QString headline() const;

 protected:
  void paintEvent(QPaintEvent*) override;
  void resizeEvent(QResizeEvent*) override;

 private:
  void explain();
  struct Run {
    std::vector<io::ResultNumber> kpis;
    std::string source;
  };
  std::vector<Run> runs_;
  QComboBox* which_;
  std::optional<FigureDifference> figure_;
  std::vector<InputDifference> inputs_;
};

}  // namespace steppe::gui
