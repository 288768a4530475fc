#pragma once
// Runs side by side: key figures with differences and why they differ, the inputs, one overlaid
// curve with its difference.
#include <QTableWidget>
#include <QWidget>
#include <map>

class QComboBox;
class QLabel;

namespace steppe::gui {

class Session;
class RunData;
class PlotCell;
class WhyPanel;

class CompareView final : public QWidget {
  Q_OBJECT
 public:
  CompareView(Session& session, QWidget* parent);
  QTableWidget* figures() { return figures_; }
  QTableWidget* inputs() { return inputs_; }
  PlotCell* curves() { return plot_; }
  PlotCell* difference() { return difference_; }
  WhyPanel* why() { return why_; }
  QString csv() const;

 private:
  void rebuild();
  void fill_runs(const std::vector<RunData*>&);
  void fill_figures(const std::vector<RunData*>&);
  void fill_inputs(const std::vector<RunData*>&);
  void fill_curves(const std::vector<RunData*>&);
  std::vector<RunData*> chosen() const;
  Session& session_;
  QTableWidget* runs_;
  QTableWidget* figures_;
  QTableWidget* inputs_;
  QComboBox* signal_;
  PlotCell *plot_, *difference_;
  WhyPanel* why_;
  QLabel* hint_;
  std::map<RunData*, bool> ticked_;
  bool rebuilding_ = false;
};

}  // namespace steppe::gui
