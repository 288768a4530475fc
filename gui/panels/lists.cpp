#include "gui/panels/lists.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "gui/document/display.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "gui/session.h"
#include "gui/style/icons.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"
#include "sim/base/units.h"

namespace steppe::gui {

namespace {

void prepare(QTableWidget& t, const QStringList& columns) {
  t.setColumnCount(static_cast<int>(columns.size()));
  t.setHorizontalHeaderLabels(columns);
  t.verticalHeader()->hide();
  t.verticalHeader()->setDefaultSectionSize(23);
  t.verticalHeader()->setMinimumSectionSize(20);
  t.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  t.horizontalHeader()->setHighlightSections(false);
  t.horizontalHeader()->setFixedHeight(24);
  t.setFrameShape(QFrame::NoFrame);
  t.setShowGrid(false);
  t.setAlternatingRowColors(true);
  t.setEditTriggers(QAbstractItemView::NoEditTriggers);
  t.setSelectionBehavior(QAbstractItemView::SelectRows);
  t.setWordWrap(false);
  t.setTextElideMode(Qt::ElideRight);
  QFont f = t.font();
  f.setPixelSize(12);
  t.setFont(f);
  t.horizontalHeader()->setFont(f);
  auto* copy = new QAction(QObject::tr("Copy"), &t);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QAction::triggered, &t, [&t] { copy_table(t); });
  t.addAction(copy);
}

QTableWidgetItem* cell(const QString& text, bool right = false) {
  auto* i = new QTableWidgetItem(text);
  if (right) i->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  i->setToolTip(text);
  return i;
}

/// A piece of the line of a curve.
QIcon line_sample(int pen) {
  QPixmap p(48, 24);  // twice the size of a table's icons: sharp on dense screens
  p.setDevicePixelRatio(2.0);
  p.fill(Qt::transparent);
  QPainter painter(&p);
  QPen line = series_pen(pen);
  line.setWidthF(2.0);
  painter.setPen(line);
  painter.drawLine(QPointF(0, 6), QPointF(24, 6));
  return p;
}

}  // namespace

void copy_table(const QTableWidget& table) {
  QString text;
  const auto rows = table.selectionModel()->selectedRows();
  for (int r = 0; r < table.rowCount(); ++r) {
    const bool chosen = rows.isEmpty() || table.selectionModel()->isRowSelected(r);
    if (!chosen) continue;
    QStringList cells;
    for (int c = 0; c < table.columnCount(); ++c)
      cells << (table.item(r, c) ? table.item(r, c)->text() : QString());
    text += cells.join('\t') + '\n';
  }
  QGuiApplication::clipboard()->setText(text);
}

QString kpi_text(const std::string& name, double value, const std::string& unit) {
  if (name.starts_with("hours_")) return qs(number(value / 3600.0)) + " h";
  if (name.starts_with("ledger_residual"))
    return QString::number(value, 'e', 1).replace('-', QChar(0x2212));
  if (unit == "1" || unit.empty()) return qs(number(value, 5));
  // A process may name a figure of its own in the unit of its trade: the number is in that unit.
  if (const auto u = parse_unit(unit); u && u->scale != 1.0)
    return qs(number(value, 4) + " " + unit);
  return qs(quantity(value, unit));
}

QString kpi_help(const std::string& name) {
  for (const auto& k : app::kpi_infos())
    if (name == k.name) return QString::fromUtf8(k.help);
  return {};
}

// --- problems

ProblemsPanel::ProblemsPanel(Session& session, QWidget* parent)
    : QTableWidget(parent), session_(session) {
  setObjectName("problems");
  prepare(*this, {tr("Problem"), tr("Where")});
  horizontalHeader()->hide();
  horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  setIconSize({14, 14});
  auto jump = [this](QTableWidgetItem* i) {
    const auto* head = item(i->row(), 0);
    session_.show_line(head->data(Qt::UserRole).toString(), head->data(Qt::UserRole + 1).toInt());
  };
  connect(this, &QTableWidget::itemClicked, this, jump);
  connect(this, &QTableWidget::itemActivated, this, jump);
  connect(&session_, &Session::checked, this, &ProblemsPanel::rebuild);
  connect(&session_, &Session::current_changed, this, &ProblemsPanel::rebuild);
  connect(&session_, &Session::theme_changed, this, &ProblemsPanel::rebuild);
}

void ProblemsPanel::rebuild() {
  setRowCount(0);
  clearSpans();
  const Case* c = session_.current();
  if (!c || !c->check) return Q_EMIT summary_changed(c ? tr("checking …") : QString());
  int errors = 0, warnings = 0;
  for (const auto& p : c->check->problems) {
    const int row = rowCount();
    insertRow(row);
    auto* text = cell(p.message + (p.hint.isEmpty() ? QString() : "  " + p.hint));
    text->setIcon(state_icon(p.kind == Problem::Kind::error     ? Health::tripped
                             : p.kind == Problem::Kind::warning ? Health::warning
                                                                : Health::normal));
    text->setData(Qt::UserRole, p.file);
    text->setData(Qt::UserRole + 1, p.line);
    setItem(row, 0, text);
    auto* where = cell(p.where(), true);
    where->setForeground(theme().accent);
    setItem(row, 1, where);
    if (p.where().isEmpty()) setSpan(row, 0, 1, 2);
    errors += p.kind == Problem::Kind::error;
    warnings += p.kind == Problem::Kind::warning;
  }
  QStringList parts;
  if (errors) parts << tr("errors: %1").arg(errors);
  if (warnings) parts << tr("warnings: %1").arg(warnings);
  Q_EMIT summary_changed(parts.isEmpty() ? tr("none") : parts.join(", "));
}

// --- runs

RunsPanel::RunsPanel(Session& session, QWidget* parent) : QTableWidget(parent), session_(session) {
  setObjectName("runs");
  prepare(*this, {tr("Run"), tr("Profile"), tr("Progress"), tr("Left"), tr("Speed"), {}});
  horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  horizontalHeader()->setSectionResizeMode(2, QHeaderView::Fixed);
  setColumnWidth(2, 110);
  horizontalHeader()->setSectionResizeMode(5, QHeaderView::Fixed);
  setColumnWidth(5, 56);
  setSelectionMode(QAbstractItemView::SingleSelection);
  connect(&session_, &Session::runs_changed, this, &RunsPanel::rebuild);
  connect(&session_, &Session::run_changed, this, &RunsPanel::rebuild);
  connect(&session_, &Session::theme_changed, this, &RunsPanel::rebuild);
  connect(&session_, &Session::run_progressed, this, &RunsPanel::update_row);
  connect(this, &QTableWidget::itemActivated, this, [this](QTableWidgetItem* i) {
    const auto n = static_cast<size_t>(rowCount() - 1 - i->row());
    if (n < session_.runs().size() && session_.runs()[n]->usable())
      session_.set_run(session_.runs()[n]);
  });
  setContextMenuPolicy(Qt::CustomContextMenu);
  connect(this, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    const auto* i = itemAt(at);
    if (!i) return;
    const auto n = static_cast<size_t>(rowCount() - 1 - i->row());
    if (n >= session_.runs().size()) return;
    RunData* r = session_.runs()[n];
    QMenu menu(this);
    menu.addAction(tr("Show"), this, [this, r] { session_.set_run(r); })->setEnabled(r->usable());
    menu.addAction(tr("Compare others to this run"), this, [this, r] {
      session_.set_reference(r);
      Q_EMIT compare_wanted();
    });
    menu.addAction(tr("Copy path"), this, [r] { QGuiApplication::clipboard()->setText(r->path); });
    menu.addAction(tr("Remove from the list"), this, [this, r] { session_.remove_run(r); })
        ->setEnabled(r->phase == RunData::Phase::done || r->phase == RunData::Phase::failed);
    menu.exec(viewport()->mapToGlobal(at));
  });
}

void RunsPanel::rebuild() {
  setRowCount(0);
  // Newest on top.
  for (auto it = session_.runs().rbegin(); it != session_.runs().rend(); ++it) {
    RunData* r = *it;
    const int row = rowCount();
    insertRow(row);
    auto* name = cell(QString("#%1 %2").arg(r->number).arg(r->title));
    name->setToolTip(r->path + (r->message.isEmpty() ? QString() : "\n" + r->message));
    QFont f = name->font();
    f.setBold(r == session_.run());
    name->setFont(f);
    name->setForeground(theme().text);
    if (r == session_.reference()) name->setText(name->text() + "  " + tr("(reference)"));
    setItem(row, 0, name);
    setItem(row, 1, cell(r->profile.isEmpty() ? QString("–") : r->profile));
    setItem(row, 2, cell({}));
    auto* bar = new QProgressBar;
    bar->setTextVisible(true);
    bar->setRange(0, 1000);
    // A cell widget fills its cell; the bar stands in the middle of it.
    auto* holder = new QWidget;
    auto* centre = new QVBoxLayout(holder);
    centre->setContentsMargins(2, 3, 2, 3);
    centre->addWidget(bar);
    setCellWidget(row, 2, holder);
    setItem(row, 3, cell({}, true));
    setItem(row, 4, cell({}, true));
    setItem(row, 5, cell({}));
    const bool busy =
        r->live() || r->phase == RunData::Phase::starting || r->phase == RunData::Phase::queued;
    if (busy) {
      auto* box = new QWidget;
      auto* buttons = new QHBoxLayout(box);
      buttons->setContentsMargins(0, 0, 0, 0);
      buttons->setSpacing(2);
      const bool paused = r->phase == RunData::Phase::paused;
      auto* pause = new QToolButton;
      pause->setIcon(icon(paused ? "run" : "pause"));
      pause->setToolTip(paused ? tr("Go on") : tr("Pause"));
      pause->setEnabled(r->live());
      auto* stop = new QToolButton;
      stop->setIcon(icon("stop"));
      stop->setToolTip(tr("Stop; results so far are kept"));
      for (auto* b : {pause, stop}) {
        b->setAutoRaise(true);
        b->setIconSize({12, 12});
        b->setFixedSize(20, 20);
        b->setAccessibleName(b->toolTip());
        buttons->addWidget(b);
      }
      connect(pause, &QToolButton::clicked, this, [this, r, paused] {
        session_.controller().pause(r, !paused);
        QTimer::singleShot(0, this, [this] { rebuild(); });
      });
      connect(stop, &QToolButton::clicked, this, [this, r] { session_.controller().stop(r); });
      setCellWidget(row, 5, box);
    }
    update_row(r);
  }
  int running = 0, queued = session_.controller().queued();
  for (const auto* r : session_.runs())
    running += r->live() || r->phase == RunData::Phase::starting;
  Q_EMIT summary_changed(running + queued ? tr("%1 running, %2 queued").arg(running).arg(queued)
                                          : QString::number(session_.runs().size()));
}

void RunsPanel::update_row(RunData* r) {
  for (size_t n = 0; n < session_.runs().size(); ++n) {
    if (session_.runs()[n] != r) continue;
    const int row = static_cast<int>(session_.runs().size() - 1 - n);
    if (row >= rowCount() || !cellWidget(row, 2)) return;
    auto* bar = cellWidget(row, 2)->findChild<QProgressBar*>();
    if (!bar) return;
    const auto& p = r->progress;
    const double share = p.t_end > 0.0 ? p.t / p.t_end : 0.0;
    const bool busy = r->live() || r->phase == RunData::Phase::starting;
    if (r->phase == RunData::Phase::queued) {
      bar->setValue(0);
      bar->setFormat(tr("queued"));
    } else if (busy) {
      bar->setValue(static_cast<int>(1000 * share));
      bar->setFormat(r->phase == RunData::Phase::paused ? tr("paused")
                     : r->phase == RunData::Phase::starting
                         ? tr("starting")
                         : QString("%1 %").arg(100 * share, 0, 'f', 0));
      const double left = share > 0.01 ? p.wall_s * (1 - share) / share : 0.0;
      item(row, 3)->setText(left > 0 ? qs(format_duration(std::ceil(left))) : QString());
      item(row, 4)->setText(p.wall_s > 0 ? QString("%1 ×").arg(p.t / p.wall_s, 0, 'f', 0)
                                         : QString());
    } else {
      const bool complete = r->status == "complete";
      bar->setValue(complete ? 1000
                    : r->phase == RunData::Phase::failed
                        ? 0
                        : static_cast<int>(1000 * std::min(1.0, share > 0 ? share : 1.0)));
      bar->setFormat(r->phase == RunData::Phase::failed ? tr("failed") : status_word(r->status));
      item(row, 3)->setText({});
      item(row, 4)->setText(
          r->wall_s > 0 ? QString("%1 ×").arg((r->t_end - r->t_begin) / r->wall_s, 0, 'f', 0)
                        : QString());
    }
    return;
  }
}

// --- key figures

KpiPanel::KpiPanel(Session& session, QWidget* parent) : QTableWidget(parent), session_(session) {
  setObjectName("kpis");
  prepare(*this, {tr("Figure"), tr("Value")});
  horizontalHeader()->hide();
  horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  connect(&session_, &Session::run_changed, this, &KpiPanel::rebuild);
  rebuild();
}

void KpiPanel::rebuild() {
  setRowCount(0);
  const RunData* r = session_.run();
  if (!r) return;
  for (const auto& k : r->kpis) {
    const int row = rowCount();
    insertRow(row);
    auto* name = cell(title_word(k.name));
    const QString help = k.long_name.empty() ? kpi_help(k.name) : qs(k.long_name);
    name->setToolTip(QString("%1\n%2").arg(qs(k.name), help));
    setItem(row, 0, name);
    setItem(row, 1, cell(kpi_text(k.name, k.value, k.unit), true));
  }
}

// --- statistics

StatisticsPanel::StatisticsPanel(Session& session, PlotGrid& grid, QWidget* parent)
    : QTableWidget(parent), session_(session), grid_(grid) {
  setObjectName("statistics");
  prepare(*this, {tr("Signal"), tr("Unit"), tr("At cursor"), tr("Mean"), tr("Min"), tr("Max"),
                  tr("Std dev"), tr("p95"), tr("Time of max"), tr("Integral")});
  horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  horizontalHeader()->setSectionResizeMode(0, QHeaderView::Fixed);
  horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  setColumnWidth(0, 300);
  for (int c = 2; c < columnCount(); ++c)
    horizontalHeaderItem(c)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  setIconSize({24, 12});
  later_.setSingleShot(true);
  later_.setInterval(150);
  connect(&later_, &QTimer::timeout, this, &StatisticsPanel::rebuild);
  auto soon = [this] { later_.start(); };
  connect(&session_, &Session::range_changed, this, soon);
  connect(&session_, &Session::cursor_changed, this, soon);
  connect(&session_, &Session::run_changed, this, [this, soon] {
    if (RunData* r = session_.run())
      connect(r, &RunData::loaded, &later_, QOverload<>::of(&QTimer::start), Qt::UniqueConnection);
    soon();
  });
  connect(&grid_, &PlotGrid::content_changed, this, soon);
}

void StatisticsPanel::showEvent(QShowEvent* e) {
  QTableWidget::showEvent(e);
  later_.start();
}

void StatisticsPanel::rebuild() {
  if (!isVisible()) return;
  setRowCount(0);
  const auto [t0, t1] = session_.range();
  for (auto* plot : grid_.cells())
    for (auto& c : plot->curves()) {
      RunData* r = plot->run_of(c);
      const auto s = plot->series_of(c);
      if (!s) continue;
      const auto* info = r->info(RunData::split_key(c.key).first);
      const std::string unit = info ? info->unit.toStdString() : "1";
      const int row = rowCount();
      insertRow(row);
      auto* name = cell(c.run ? QString("#%1 %2").arg(c.run->number).arg(c.key) : c.key);
      name->setIcon(line_sample(c.pen));
      setItem(row, 0, name);
      const auto [first, last] = s->visible(t0, t1);
      const auto e = s->extremes(first, last);
      const DisplayUnit u = display_unit(unit, e.lo, e.hi);
      setItem(row, 1, cell(qs(u.name)));
      const auto at = s->at(session_.cursor());
      setItem(row, 2, cell(at ? qs(number(u.shown(*at))) : QString("–"), true));
      // Beyond this the mean would cost more than a frame; the extremes come from the pyramid.
      constexpr size_t kMost = 4'000'000;
      if (last - first > kMost) {
        setItem(row, 3, cell(tr("zoom in"), true));
        setItem(row, 4, cell(qs(number(u.shown(e.lo))), true));
        setItem(row, 5, cell(qs(number(u.shown(e.hi))), true));
        continue;
      }
      const auto st = s->statistics(t0, t1);
      if (st.samples == 0) continue;
      setItem(row, 3, cell(qs(number(u.shown(st.mean))), true));
      setItem(row, 4, cell(qs(number(u.shown(st.min))), true));
      setItem(row, 5, cell(qs(number(u.shown(st.max))), true));
      setItem(row, 6, cell(qs(number(st.deviation / u.scale, 3)), true));
      setItem(row, 7, cell(qs(number(u.shown(st.p95))), true));
      setItem(row, 8, cell(qs(clock_short(session_.start(), st.time_of_max)), true));
      setItem(row, 9, cell(unit == "W" ? qs(quantity(st.integral, "J")) : QString("–"), true));
    }
}

}  // namespace steppe::gui
