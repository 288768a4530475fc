#pragma once
// The tables at the bottom: problems, runs, key figures, statistics of the visible range.
#include <QTableWidget>
#include <QTimer>

namespace steppe::gui {

class Session;
class PlotGrid;
class RunData;

/// Every problem leads to its line.
class ProblemsPanel final : public QTableWidget {
  Q_OBJECT
 public:
  ProblemsPanel(Session& session, QWidget* parent);

 Q_SIGNALS:
  void summary_changed(const QString& text);

 private:
  void rebuild();
  Session& session_;
};

class RunsPanel final : public QTableWidget {
  Q_OBJECT
 public:
  RunsPanel(Session& session, QWidget* parent);

 Q_SIGNALS:
  void summary_changed(const QString& text);
  void compare_wanted();

 private:
  void rebuild();
  void update_row(RunData*);
  Session& session_;
};

class KpiPanel final : public QTableWidget {
  Q_OBJECT
 public:
  KpiPanel(Session& session, QWidget* parent);

 private:
  void rebuild();
  Session& session_;
};

class StatisticsPanel final : public QTableWidget {
  Q_OBJECT
 public:
  StatisticsPanel(Session& session, PlotGrid& grid, QWidget* parent);

 protected:
  void showEvent(QShowEvent*) override;

 private:
  void rebuild();
  Session& session_;
  PlotGrid& grid_;
  QTimer later_;
};

/// Copies the selected cells as tab-separated text; used by every table.
void copy_table(const QTableWidget& table);
/// KPI value for people: hours, kWh and so on by its name and unit.
QString kpi_text(const std::string& name, double value, const std::string& unit);
/// Explanation of a KPI, or "".
QString kpi_help(const std::string& name);

}  // namespace steppe::gui
