#pragma once
// One plot: curves over time on two value axes, or a heat map of a signal with many units. The time
// axis and the cursor belong to the session and are the same in every cell.
#include <QLabel>
#include <QPointer>
#include <QToolButton>
#include <QWidget>
#include <memory>
#include <vector>

#include "gui/document/display.h"
#include "gui/plot/analysis_window.h"
#include "gui/plot/plot_items.h"
#include "gui/plot/qcp.h"
#include "gui/runner/run_data.h"

namespace steppe::gui {

class HallMap;
class Session;

class PlotCell final : public QWidget {
  Q_OBJECT
 public:
  PlotCell(Session& session, QWidget* parent);

  struct Curve {
    QPointer<RunData> run;  ///< null: follows the current run of the session
    QString key;
    int pen = 0;
    bool right = false;
    QCPGraph* graph = nullptr;
    QPointer<RunData> minus;                   ///< the curve is the difference to this run
    SeriesPtr difference, of[2];               ///< computed once from these two
    QCPGraph *low = nullptr, *high = nullptr;  ///< band of the recording window's extremes
  };

  /// Adds a curve, or turns an empty cell into a heat map when the signal has several units.
  void add(const QString& key, RunData* run = nullptr, bool right = false);
  /// The difference of two runs: `run` − `reference`.
  void add_difference(const QString& key, RunData* run, RunData* reference);
  void remove(const QString& key);
  bool contains(const QString& key) const;
  /// Without its own title and buttons, where the owner has a header.
  void set_bare() { header_->hide(); }
  void clear();
  /// A heat map as the hall at the cursor, one square per unit, instead of over time.
  void set_hall(bool on);
  bool hall() const { return hall_on_; }
  bool empty() const { return curves_.empty() && heat_.isEmpty(); }
  const std::vector<Curve>& curves() const { return curves_; }
  std::vector<Curve>& curves() { return curves_; }
  QString heat() const { return heat_; }
  RunData* run_of(const Curve&) const;
  /// What the curve shows; null while it is read.
  SeriesPtr series_of(Curve&);
  /// Draws again whenever more of what it shows has been read.
  void follow(RunData*);
  /// Colours shared by all cells: the pen number of a key.
  static int pen_of(const QString& key);

  QCustomPlot* canvas() { return plot_; }
  /// Reads what is visible and draws at once; refresh() does it at the next turn of the event loop.
  void refresh_now();
  void refresh();
  void fit();
  QString title() const;
  /// Title, legend and plot as lines and letters, in the size of the widget.
  void draw_on(QCPPainter&);
  /// PNG, SVG, PDF or CSV by the suffix; "" or why not.
  QString export_to(const QString& file);
  QString visible_csv();
  QDialog* analyse(Analysis kind);

 Q_SIGNALS:
  void close_wanted();
  void maximise_wanted();
  void content_changed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent*) override;
  void dropEvent(QDropEvent*) override;
  void contextMenuEvent(QContextMenuEvent*) override;

 private:
  static constexpr int kMargin = 58;  // fixed, so that the time axes of a column stand in line
  void build();
  void restyle();
  void draw_curves();
  void draw_heat();
  void draw_hall();
  /// The map shown, or that of the whole run when the cursor is outside of it; null without one.
  std::shared_ptr<const HeatMap> map_at_cursor() const;
  void refresh_soon(const QString& key);
  void move_cursor();
  void update_legend();
  void update_events();
  double t_at(const QPointF& pos) const;
  void press(QMouseEvent*);
  void move(QMouseEvent*);
  void release(QMouseEvent*);
  void wheel(QWheelEvent*);
  void copy();
  QString heat_csv() const;

  Session& session_;
  QWidget* header_ = nullptr;
  QLabel* title_ = nullptr;
  QLabel* legend_ = nullptr;
  QCustomPlot* plot_ = nullptr;
  EventMarks* marks_ = nullptr;
  CursorItem* cursor_ = nullptr;
  QSharedPointer<ClockTicker> clock_;
  QCPColorMap* map_ = nullptr;
  QCPColorScale* scale_ = nullptr;
  std::shared_ptr<const HeatMap> shown_map_;
  QString heat_;
  HallMap* hall_ = nullptr;
  QToolButton* hall_button_ = nullptr;
  bool hall_on_ = false;
  std::vector<Curve> curves_;
  DisplayUnit left_, right_;
  bool fixed_y_ = false, fixed_y2_ = false;  // the user zoomed this axis
  bool dirty_ = false;
  bool waits_ = false;  // for more of a curve that is being read
  std::vector<LinePoint> line_;
  QVector<QCPGraphData> data_;
  // mouse
  enum class Drag { none, band, pan, cursor } drag_ = Drag::none;
  QPointF from_;
  std::pair<double, double> from_range_;
  QRubberBand* band_ = nullptr;
};

}  // namespace steppe::gui
