#pragma once
// Runs side by side: key figures with differences, what differs in the inputs, one overlaid curve.
#include <QTableWidget>
#include <QWidget>
#include <map>

class QComboBox;
class QLabel;

namespace steppe::gui {

class Session;
class RunData;
class PlotCell;

/// Direction that is better for a KPI: −1 lower, +1 higher, 0 neither.
int better_direction(const std::string& kpi);

/// Leaves of two YAML texts that differ: path, value of a, value of b.
struct InputDifference {
  QString path;
  std::vector<QString> values;  ///< per run; "" : not given
};
std::vector<InputDifference> input_differences(const std::vector<std::string>& texts);

class CompareView final : public QWidget {
  Q_OBJECT
 public:
  CompareView(Session& session, QWidget* parent);
  QTableWidget* figures() { return figures_; }
  QTableWidget* inputs() { return inputs_; }
  QString csv() const;

 private:
  void rebuild();
  std::vector<RunData*> chosen() const;
  Session& session_;
  QTableWidget* runs_;
  QTableWidget* figures_;
  QTableWidget* inputs_;
  QComboBox* signal_;
  PlotCell* plot_;
  QLabel* hint_;
  std::map<RunData*, bool> ticked_;
  bool rebuilding_ = false;
};

}  // namespace steppe::gui
