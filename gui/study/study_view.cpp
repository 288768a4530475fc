#include "gui/study/study_view.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPointer>
#include <QProgressBar>
#include <QPushButton>
#include <QStandardPaths>
#include <QTabWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <thread>

#include "gui/document/display.h"
#include "gui/panels/lists.h"
#include "gui/session.h"
#include "gui/study/study_plot.h"
#include "gui/style/icons.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"
#include "sim/app/statistics.h"

namespace steppe::gui {

namespace {

/// Sorts by its number, shows a text.
class NumberItem final : public QTableWidgetItem {
 public:
  NumberItem(const QString& text, double value) : QTableWidgetItem(text) {
    setData(Qt::UserRole, value);
    setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  }
  bool operator<(const QTableWidgetItem& other) const override {
    const double a = data(Qt::UserRole).toDouble(), b = other.data(Qt::UserRole).toDouble();
    return std::isnan(b) ? !std::isnan(a) : a < b;
  }
};

/// The command beside this program, else on the path.
QString command_path() {
  for (const QString& folder :
       {QCoreApplication::applicationDirPath(), QCoreApplication::applicationDirPath() + "/../..",
        qs(app::home_dir()) + "/build"})
    if (const QFileInfo f(folder + "/steppe"); f.isExecutable() && f.isFile())
      return f.canonicalFilePath();
  return QStandardPaths::findExecutable("steppe");
}

QTableWidget* make_run_table(QWidget* parent, const char* name) {
  auto* t = new QTableWidget(parent);
  t->setObjectName(name);
  t->verticalHeader()->hide();
  t->verticalHeader()->setDefaultSectionSize(24);
  t->horizontalHeader()->setHighlightSections(false);
  t->horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
  t->setFrameShape(QFrame::NoFrame);
  t->setShowGrid(false);
  t->setAlternatingRowColors(true);
  t->setEditTriggers(QAbstractItemView::NoEditTriggers);
  t->setSelectionBehavior(QAbstractItemView::SelectRows);
  t->setSelectionMode(QAbstractItemView::SingleSelection);
  QFont f = t->font();
  f.setPixelSize(12);
  t->setFont(f);
  t->horizontalHeader()->setFont(f);
  auto* copy = new QAction(QObject::tr("Copy"), t);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QAction::triggered, t, [t] { copy_table(*t); });
  t->addAction(copy);
  return t;
}

constexpr int kRow = Qt::UserRole + 1;

}  // namespace

StudyView::StudyView(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      worker_(this),
      title_(new QLabel(this)),
      hint_(new QLabel(this)),
      progress_(new QProgressBar(this)),
      run_(new QPushButton(icon("run"), " " + tr("Run the study"), this)),
      stop_(new QPushButton(icon("stop"), " " + tr("Stop"), this)),
      scenario_(new QPushButton(tr("Show the file"), this)),
      tabs_(new QTabWidget(this)),
      rows_(make_run_table(this, "study_table")),
      influence_(make_run_table(this, "study_influence")),
      plot_(new StudyPlot(this)) {
  setObjectName("study");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(12, 8, 12, 8);
  head->setSpacing(8);
  QFont bold = title_->font();
  bold.setPixelSize(15);
  bold.setBold(true);
  title_->setFont(bold);
  head->addWidget(title_);
  hint_->setMinimumWidth(60);
  head->addWidget(hint_, 1);
  progress_->setFixedWidth(180);
  progress_->hide();
  head->addWidget(progress_);
  for (QPushButton* b : {run_, stop_, scenario_}) {
    b->setFixedHeight(28);
    head->addWidget(b);
  }
  column->addLayout(head);
  tabs_->setDocumentMode(true);
  tabs_->addTab(rows_, tr("Table"));
  // One plot serves three tabs: it moves to the one that is shown.
  for (const QString& name : {tr("Scatter"), tr("Pareto"), tr("Histogram")}) {
    auto* page = new QWidget;
    auto* inside = new QVBoxLayout(page);
    inside->setContentsMargins(0, 0, 0, 0);
    tabs_->addTab(page, name);
  }
  tabs_->addTab(influence_, tr("What matters"));
  tabs_->widget(1)->layout()->addWidget(plot_);
  column->addWidget(tabs_, 1);
  connect(tabs_, &QTabWidget::currentChanged, this, [this](int i) {
    if (i == 4) fill_influence();
    if (i < 1 || i > 3) return;
    tabs_->widget(i)->layout()->addWidget(plot_);
    plot_->set_kind(static_cast<StudyPlot::Kind>(i - 1));
  });
  rows_->setSortingEnabled(true);
  influence_->setSortingEnabled(true);
  auto row_of = [this](const QTableWidgetItem* i) {
    return rows_->item(i->row(), 0)->data(kRow).toInt();
  };
  connect(rows_, &QTableWidget::itemActivated, this,
          [this, row_of](QTableWidgetItem* i) { open_run(static_cast<size_t>(row_of(i))); });
  connect(rows_, &QTableWidget::currentItemChanged, this, [this, row_of](QTableWidgetItem* i) {
    if (i && rows_->item(i->row(), 0)) plot_->select(row_of(i));
  });
  connect(plot_, &StudyPlot::opened, this, [this](int r) { open_run(static_cast<size_t>(r)); });
  connect(plot_, &StudyPlot::picked, this, [this](int r) {
    plot_->select(r);
    for (int i = 0; i < rows_->rowCount(); ++i)
      if (rows_->item(i, 0)->data(kRow).toInt() == r) rows_->selectRow(i);
  });
  connect(run_, &QPushButton::clicked, this, &StudyView::run);
  connect(stop_, &QPushButton::clicked, this, &StudyView::stop);
  connect(scenario_, &QPushButton::clicked, this, [this] {
    if (!file_.isEmpty()) QDesktopServices::openUrl(QUrl::fromLocalFile(file_));
  });
  connect(&process_, &QProcess::readyReadStandardOutput, this, &StudyView::read_progress);
  connect(&process_, &QProcess::finished, this, &StudyView::ended);
  connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError e) {
    if (e == QProcess::FailedToStart) say(tr("The command steppe cannot be started"), true);
    update_buttons();
  });
  reload_.setSingleShot(true);
  reload_.setInterval(1000);
  connect(&reload_, &QTimer::timeout, this, &StudyView::load_table);
  connect(&session_, &Session::theme_changed, this, [this] {
    run_->setIcon(icon("run"));
    stop_->setIcon(icon("stop"));
    plot_->redraw();
  });
  say(tr("Open a study file (.yaml), or the folder of its results, to see its runs here."));
  update_buttons();
}

StudyView::~StudyView() {
  disconnect(&process_, nullptr, this, nullptr);
  if (running()) {
    // What has ended is kept in the folder; the command ends its runs on this signal.
    process_.terminate();
    if (!process_.waitForFinished(5000)) process_.kill();
    process_.waitForFinished(1000);
  }
  worker_.finish();
}

void StudyView::say(const QString& text, bool problem) {
  QPalette p = hint_->palette();
  p.setColor(QPalette::WindowText, problem ? theme().error : theme().secondary);
  hint_->setPalette(p);
  hint_->setText(text);
  hint_->setToolTip(text);
  if (problem) session_.message(text, true);
}

void StudyView::update_buttons() {
  run_->setEnabled(!file_.isEmpty() && !running());
  stop_->setEnabled(running());
  scenario_->setEnabled(!file_.isEmpty());
  progress_->setVisible(running());
}

void StudyView::open(const QString& path) {
  if (running()) return say(tr("Stop the study that is running first"), true);
  table_.reset();
  fill();
  if (QFileInfo(path).isDir()) {
    folder_ = path;
    name_ = QFileInfo(path).fileName();
    file_.clear();
  } else {
    load_file(path);
  }
  title_->setText(name_);
  update_buttons();
  if (!folder_.isEmpty() && QFileInfo::exists(folder_ + "/manifest.json")) load_table();
}

void StudyView::load_file(const QString& path) {
  folder_.clear();
  file_.clear();
  name_ = QFileInfo(path).completeBaseName();
  Diagnostics d;
  try {
    const app::Study study = app::load_study(path.toStdString(), d);
    if (d.ok()) {
      name_ = qs(study.name);
      file_ = path;
      const QString results = session_.results_folder();
      if (!results.isEmpty()) folder_ = results + "/" + name_;
      say(tr("%1 runs, none of them made yet").arg(study.size()));
      return;
    }
  } catch (const UserError& e) {
    d.add(e.diagnostics());
    if (d.ok()) d.error({}, e.what());
  } catch (const std::exception& e) {
    d.error({}, e.what());
  }
  const auto& first = d.items().front();
  say(QString("%1:%2: %3")
          .arg(QFileInfo(path).fileName())
          .arg(first.where.line)
          .arg(qs(first.message)),
      true);
}

void StudyView::load_table() {
  const QPointer<StudyView> self(this);
  worker_.post([self, folder = folder_, &worker = worker_] {
    std::shared_ptr<app::StudyTable> table;
    QString error;
    try {
      table = std::make_shared<app::StudyTable>(app::read_study(folder.toStdString()));
    } catch (const std::exception& e) {
      error = e.what();
    }
    worker.deliver([self, table, error, folder] {
      if (!self || self->folder_ != folder) return;
      if (!table) {
        if (!self->running()) self->say(error, true);
        return;
      }
      self->table_ = table;
      self->name_ = qs(table->study);
      self->title_->setText(self->name_);
      self->fill();
      Q_EMIT self->loaded();
    });
  });
}

void StudyView::fill() {
  rows_->setSortingEnabled(false);
  rows_->clear();
  rows_->setRowCount(0);
  rows_->setColumnCount(0);
  plot_->set_table(table_);
  if (!table_) return;
  const auto& t = *table_;
  QStringList heads{tr("Run"), tr("Status")};
  std::vector<StudyColumn> shown;
  for (size_t i = 0; i < t.columns.size(); ++i) {
    shown.push_back(study_column(t, i));
    heads << (shown[i].unit.isEmpty() ? shown[i].title : shown[i].title + "\n" + shown[i].unit);
  }
  rows_->setColumnCount(static_cast<int>(heads.size()));
  rows_->setHorizontalHeaderLabels(heads);
  rows_->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  rows_->setRowCount(static_cast<int>(t.index.size()));
  for (size_t r = 0; r < t.index.size(); ++r) {
    const int row = static_cast<int>(r);
    auto* number_item =
        new NumberItem(QString::number(t.index[r]), static_cast<double>(t.index[r]));
    number_item->setData(kRow, row);
    rows_->setItem(row, 0, number_item);
    auto* status = new QTableWidgetItem(qs(t.status[r]));
    status->setIcon(state_icon(t.status[r] == "complete"  ? Health::normal
                               : t.status[r] == "invalid" ? Health::warning
                                                          : Health::tripped));
    status->setToolTip(qs(t.reason[r]));
    rows_->setItem(row, 1, status);
    for (size_t i = 0; i < t.columns.size(); ++i) {
      const auto& c = t.columns[i];
      const double v = shown[i].values[r];
      const QString text = std::isnan(v)     ? QString("–")
                           : c.texts.empty() ? qs(number(v, c.input ? 6 : 5))
                                             : qs(c.texts.at(static_cast<size_t>(c.values[r])));
      auto* item = new NumberItem(text, v);
      item->setToolTip(c.help.empty() ? qs(c.name) : qs(c.name + ": " + c.help));
      rows_->setItem(row, static_cast<int>(2 + i), item);
    }
  }
  rows_->setSortingEnabled(true);
  rows_->sortByColumn(0, Qt::AscendingOrder);
  rows_->resizeColumnsToContents();
  size_t failed = 0;
  for (const auto& s : t.status) failed += s != "complete";
  say(tr("%1 of %2 runs, %3 without a valid result. Double-click opens a run.")
          .arg(t.index.size())
          .arg(t.runs)
          .arg(failed));
  if (tabs_->currentIndex() == 4) fill_influence();
}

void StudyView::fill_influence() {
  influence_->setSortingEnabled(false);
  influence_->clear();
  influence_->setRowCount(0);
  influence_->setColumnCount(4);
  influence_->setHorizontalHeaderLabels(
      {tr("Input"), tr("Figure"), tr("Part of the variance, %"), tr("Rank correlation")});
  for (int c = 0; c < 2; ++c)
    influence_->horizontalHeaderItem(c)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  if (!table_) return;
  for (const auto& in : table_->columns) {
    if (!in.input) continue;
    for (const auto& figure : table_->columns) {
      if (figure.input || figure.name.starts_with("ledger_residual")) continue;
      const double part = app::correlation_ratio(in.values, figure.values);
      if (std::isnan(part)) continue;  // a figure that never changes
      const double rank =
          in.texts.empty() ? app::rank_correlation(in.values, figure.values) : std::nan("");
      const int row = influence_->rowCount();
      influence_->insertRow(row);
      influence_->setItem(row, 0, new QTableWidgetItem(qs(in.name)));
      influence_->setItem(row, 1, new QTableWidgetItem(title_word(figure.name)));
      influence_->setItem(row, 2, new NumberItem(qs(number(100 * part, 3)), part));
      influence_->setItem(
          row, 3, new NumberItem(std::isnan(rank) ? QString("–") : qs(number(rank, 3)), rank));
    }
  }
  influence_->setSortingEnabled(true);
  influence_->sortByColumn(2, Qt::DescendingOrder);
  influence_->resizeColumnsToContents();
}

void StudyView::run() {
  if (file_.isEmpty() || running()) return;
  const QString command = command_path();
  if (command.isEmpty()) return say(tr("The command steppe is not beside this program"), true);
  if (folder_.isEmpty()) return;
  const int jobs = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
  process_.setProgram(command);
  process_.setArguments({"sweep", file_, "-o", folder_, "--jobs", QString::number(jobs), "--resume",
                         "--progress", "json"});
  process_.start();
  progress_->setRange(0, 0);
  say(tr("Running with %1 processes …").arg(jobs));
  update_buttons();
}

void StudyView::stop() {
  if (running()) process_.terminate();
}

void StudyView::read_progress() {
  while (process_.canReadLine()) {
    const auto line = QJsonDocument::fromJson(process_.readLine()).object();
    if (!line.contains("total")) continue;
    progress_->setRange(0, std::max(1, line["total"].toInt()));
    progress_->setValue(line["done"].toInt());
    QString text = tr("%1 of %2 runs, %3 failed")
                       .arg(line["done"].toInt())
                       .arg(line["total"].toInt())
                       .arg(line["failed"].toInt());
    if (line["eta_s"].isDouble())
      text += tr(", %1 s left").arg(std::ceil(line["eta_s"].toDouble()));
    say(text);
    if (!reload_.isActive() && QFileInfo::exists(folder_ + "/manifest.json")) reload_.start();
  }
}

void StudyView::ended() {
  reload_.stop();
  const QString error = QString::fromLocal8Bit(process_.readAllStandardError()).trimmed();
  update_buttons();
  // 4: stopped, and what has ended is kept.
  if (process_.exitStatus() == QProcess::NormalExit &&
      (process_.exitCode() == 0 || process_.exitCode() == 4 || process_.exitCode() == 3)) {
    load_table();
  } else {
    say(error.isEmpty() ? tr("The study ended with code %1").arg(process_.exitCode())
                        : error.section('\n', 0, 0),
        true);
  }
}

void StudyView::open_run(size_t row) {
  if (!table_ || row >= table_->id.size()) return;
  const QString file = folder_ + "/runs/" + qs(table_->id[row]) + ".h5";
  if (!QFileInfo::exists(file))
    return say(tr("Run %1 left no result: %2")
                   .arg(table_->index[row])
                   .arg(qs(table_->reason[row]).isEmpty() ? qs(table_->status[row])
                                                          : qs(table_->reason[row])),
               true);
  Q_EMIT open_wanted(file);
}

QString StudyView::csv() const {
  QString out;
  auto quoted = [](QString s) {
    if (!s.contains(',') && !s.contains('"') && !s.contains('\n')) return s;
    return "\"" + s.replace("\"", "\"\"") + "\"";
  };
  if (!table_) return out;
  QStringList head{"run", "id", "status"};
  for (const auto& c : table_->columns)
    head << quoted(qs(c.unit.empty() || c.unit == "1" ? c.name : c.name + " [" + c.unit + "]"));
  out += head.join(',') + "\n";
  for (size_t r = 0; r < table_->index.size(); ++r) {
    QStringList cells{QString::number(table_->index[r]), qs(table_->id[r]), qs(table_->status[r])};
    for (const auto& c : table_->columns)
      cells << (std::isnan(c.values[r]) ? QString()
                : c.texts.empty()       ? QString::number(c.values[r], 'g', 12)
                                        : quoted(qs(c.texts.at(static_cast<size_t>(c.values[r])))));
    out += cells.join(',') + "\n";
  }
  return out;
}

QString StudyView::export_to(const QString& file) {
  if (!file.endsWith(".csv", Qt::CaseInsensitive)) return plot_->export_to(file);
  QFile f(file);
  const QByteArray text = csv().toUtf8();
  const bool ok = f.open(QIODevice::WriteOnly) && f.write(text) == text.size();
  return ok ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
