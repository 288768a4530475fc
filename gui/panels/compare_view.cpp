#include "gui/panels/compare_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <functional>

#include "gui/document/display.h"
#include "gui/panels/lists.h"
#include "gui/panels/run_differences.h"
#include "gui/panels/why_panel.h"
#include "gui/plot/plot_cell.h"
#include "gui/session.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

namespace {

constexpr int kShare = Qt::UserRole, kBetter = Qt::UserRole + 1;
constexpr size_t kMostRuns = 5;
constexpr const char* kLetters = "ABCDE";
constexpr double kNoise = 5e-5;  // relative differences below this are not shown as figures

/// A bar from the middle, a triangle in the direction of the change, the figure in percent. Better
/// is filled blue, worse hollow orange.
class DifferenceDelegate final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* p, const QStyleOptionViewItem& o, const QModelIndex& i) const override {
    const QVariant v = i.data(kShare);
    QStyledItemDelegate::paint(p, o, i);
    if (!v.isValid()) return;
    const double share = v.toDouble();
    if (share == 0.0) return;
    const int better = i.data(kBetter).toInt();
    const Theme& t = theme();
    const QColor color = better > 0 ? t.battery : better < 0 ? t.series[1] : t.secondary;
    p->save();
    p->setRenderHint(QPainter::Antialiasing);
    const QRectF r = o.rect;
    const double middle = r.left() + 30, half = 24;
    p->setPen(QPen(t.border, 1));
    p->drawLine(QPointF(middle, r.top() + 4), QPointF(middle, r.bottom() - 4));
    const double w = half * std::min(1.0, std::sqrt(std::abs(share)) * 1.6);
    p->setPen(Qt::NoPen);
    p->setBrush(color);
    p->drawRect(QRectF(share < 0 ? middle - w : middle, r.center().y() - 5, w, 10));
    const QPointF c(r.left() + 66, r.center().y());
    const double d = share > 0 ? -1 : 1;
    p->setPen(QPen(color, 1.5));
    p->setBrush(better > 0 ? QBrush(color) : QBrush(Qt::NoBrush));
    p->drawPolygon(
        QPolygonF{c + QPointF(0, 5 * d), c + QPointF(-5, -4 * d), c + QPointF(5, -4 * d)});
    p->restore();
  }
};

/// Two digits are enough of a difference, and none behind the third decimal.
std::string percent(double x) {
  return number(x, std::abs(x) < 1e-2 ? 1 : std::abs(x) < 1.0 ? 2 : 3);
}

QTableWidget* make_table(QWidget* parent) {
  auto* t = new QTableWidget(parent);
  t->verticalHeader()->hide();
  t->verticalHeader()->setDefaultSectionSize(24);
  t->setFrameShape(QFrame::NoFrame);
  t->setShowGrid(false);
  t->setAlternatingRowColors(true);
  t->setEditTriggers(QAbstractItemView::NoEditTriggers);
  t->setSelectionBehavior(QAbstractItemView::SelectRows);
  t->horizontalHeader()->setHighlightSections(false);
  t->horizontalHeader()->setFixedHeight(26);
  QFont f = t->font();
  f.setPixelSize(12);
  t->setFont(f);
  return t;
}

QWidget* titled(const QString& title, QWidget* inner, QWidget* extra = nullptr) {
  auto* box = new QWidget;
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* head = new QWidget;
  head->setAutoFillBackground(true);
  head->setBackgroundRole(QPalette::Midlight);
  head->setFixedHeight(28);
  auto* row = new QHBoxLayout(head);
  row->setContentsMargins(8, 0, 8, 0);
  auto* l = new QLabel(title);
  QFont f = l->font();
  f.setPixelSize(12);
  f.setBold(true);
  l->setFont(f);
  // A narrow window cuts the title, not itself.
  l->setMinimumWidth(60);
  row->addWidget(l);
  row->addStretch();
  if (extra) row->addWidget(extra);
  column->addWidget(head);
  column->addWidget(inner, 1);
  return box;
}

}  // namespace

CompareView::CompareView(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      runs_(make_table(this)),
      figures_(make_table(this)),
      inputs_(make_table(this)),
      signal_(new QComboBox(this)),
      plot_(new PlotCell(session, this)),
      difference_(new PlotCell(session, this)),
      why_(new WhyPanel(this)),
      hint_(new QLabel(this)) {
  runs_->setObjectName("compare_runs");
  figures_->setObjectName("compare_figures");
  inputs_->setObjectName("compare_inputs");
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  hint_->setAlignment(Qt::AlignCenter);
  hint_->setWordWrap(true);
  column->addWidget(hint_);
  auto* columns = new QSplitter(Qt::Horizontal, this);
  auto* left = new QSplitter(Qt::Vertical, columns);
  runs_->setColumnCount(2);
  runs_->horizontalHeader()->hide();
  runs_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  runs_->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  left->addWidget(titled(tr("Runs"), runs_));
  left->addWidget(titled(tr("Why they differ"), why_));
  left->setSizes({220, 420});
  auto* right = new QSplitter(Qt::Vertical, columns);
  auto* top = new QSplitter(Qt::Horizontal, right);
  top->addWidget(titled(tr("Key figures"), figures_));
  top->addWidget(titled(tr("Input differences"), inputs_));
  top->setSizes({640, 400});
  signal_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  signal_->setMinimumContentsLength(20);
  signal_->setAccessibleName(tr("Signal of the overlaid curves"));
  auto* curves = new QWidget;
  auto* stack = new QVBoxLayout(curves);
  stack->setContentsMargins(0, 0, 0, 0);
  stack->setSpacing(0);
  stack->addWidget(plot_, 3);
  stack->addWidget(difference_, 2);
  right->addWidget(top);
  right->addWidget(titled(tr("Overlaid curves, and their difference to A"), curves, signal_));
  right->setSizes({360, 360});
  columns->setSizes({272, 1168});
  for (QSplitter* s : {columns, left, right, top}) s->setHandleWidth(3);
  column->addWidget(columns, 1);
  figures_->setItemDelegate(new DifferenceDelegate(figures_));
  connect(&session_, &Session::runs_changed, this, &CompareView::rebuild);
  connect(&session_, &Session::run_changed, this, &CompareView::rebuild);
  connect(&session_, &Session::theme_changed, this, &CompareView::rebuild);
  connect(runs_, &QTableWidget::itemChanged, this, [this](QTableWidgetItem* i) {
    if (rebuilding_ || i->column() != 0) return;
    auto* r = static_cast<RunData*>(i->data(Qt::UserRole).value<void*>());
    ticked_[r] = i->checkState() == Qt::Checked;
    QTimer::singleShot(0, this, &CompareView::rebuild);
  });
  connect(signal_, &QComboBox::textActivated, this, &CompareView::rebuild);
  rebuild();
}

std::vector<RunData*> CompareView::chosen() const {
  std::vector<RunData*> out;
  if (session_.reference() && session_.reference()->phase == RunData::Phase::done)
    out.push_back(session_.reference());
  for (auto* r : session_.runs()) {
    if (r->phase != RunData::Phase::done || !r->usable() || out.size() >= kMostRuns) continue;
    const auto it = ticked_.find(r);
    if ((it == ticked_.end() || it->second) && std::find(out.begin(), out.end(), r) == out.end())
      out.push_back(r);
  }
  return out;
}

void CompareView::rebuild() {
  rebuilding_ = true;
  const auto runs = chosen();
  fill_runs(runs);
  fill_figures(runs);
  fill_inputs(runs);
  fill_curves(runs);
  why_->set(runs);
  hint_->setText(
      tr("Run a scenario twice with different inputs, or open results, to compare them here."));
  hint_->setVisible(runs.size() < 2);
  hint_->setContentsMargins(0, 8, 0, 8);
  rebuilding_ = false;
}

void CompareView::fill_runs(const std::vector<RunData*>& runs) {
  runs_->setRowCount(0);
  for (auto* r : session_.runs()) {
    if (r->phase != RunData::Phase::done || !r->usable()) continue;
    const int row = runs_->rowCount();
    runs_->insertRow(row);
    const auto at = std::find(runs.begin(), runs.end(), r);
    auto* name = new QTableWidgetItem(
        QString("%1#%2 %3")
            .arg(at == runs.end() ? QString() : QString("%1  ").arg(kLetters[at - runs.begin()]))
            .arg(r->number)
            .arg(r->title));
    name->setData(Qt::UserRole, QVariant::fromValue(static_cast<void*>(r)));
    name->setCheckState(at != runs.end() ? Qt::Checked : Qt::Unchecked);
    name->setForeground(at != runs.end() ? series_color(r->color) : theme().text);
    name->setToolTip(r->path);
    runs_->setItem(row, 0, name);
    auto* status = new QTableWidgetItem(status_word(r->status));
    status->setForeground(theme().secondary);
    runs_->setItem(row, 1, status);
  }
}

void CompareView::fill_figures(const std::vector<RunData*>& runs) {
  figures_->clear();
  figures_->setRowCount(0);
  QStringList columns{tr("Figure"), tr("Unit")};
  for (size_t i = 0; i < runs.size(); ++i)
    columns << QString("%1 #%2").arg(kLetters[i]).arg(runs[i]->number);
  for (size_t i = 1; i < runs.size(); ++i) columns << QString("%1 − A").arg(kLetters[i]);
  figures_->setColumnCount(static_cast<int>(columns.size()));
  figures_->setHorizontalHeaderLabels(columns);
  figures_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  for (int c = 2; c < figures_->columnCount(); ++c)
    figures_->horizontalHeaderItem(c)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  figures_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  figures_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  for (size_t i = 1; i < runs.size(); ++i) {
    const int c = static_cast<int>(1 + runs.size() + i);
    figures_->horizontalHeader()->setSectionResizeMode(c, QHeaderView::Fixed);
    figures_->setColumnWidth(c, 156);
  }
  if (!runs.empty())
    for (const auto& info : app::kpi_infos()) {
      std::vector<const io::ResultNumber*> values;
      bool any = false;
      double most = 0.0;
      for (const auto* r : runs) {
        const auto it = std::find_if(r->kpis.begin(), r->kpis.end(),
                                     [&](const auto& k) { return k.name == info.name; });
        values.push_back(it == r->kpis.end() ? nullptr : &*it);
        any = any || values.back();
        if (values.back()) most = std::max(most, std::abs(values.back()->value));
      }
      if (!any) continue;
      const std::string name = info.name;
      const auto* some =
          *std::find_if(values.begin(), values.end(), [](auto* v) { return v != nullptr; });
      DisplayUnit u = display_unit(some->unit, most);
      if (name.starts_with("hours_")) u = {"h", 3600.0, 0.0};
      const int row = figures_->rowCount();
      figures_->insertRow(row);
      auto* title = new QTableWidgetItem(title_word(name));
      title->setToolTip(name.c_str() + QString("\n") + QString::fromUtf8(info.help));
      figures_->setItem(row, 0, title);
      figures_->setItem(row, 1, new QTableWidgetItem(u.name.empty() ? "1" : qs(u.name)));
      const int direction = better_direction(name);
      size_t best = 0;
      for (size_t i = 0; i < values.size(); ++i)
        if (values[i] && values[best] &&
            direction * (values[i]->value - values[best]->value) >
                kNoise * std::abs(values[best]->value))
          best = i;
      const bool differ = std::any_of(values.begin(), values.end(), [&](const io::ResultNumber* v) {
        return v && values[0] &&
               std::abs(v->value - values[0]->value) > kNoise * std::abs(values[0]->value);
      });
      for (size_t i = 0; i < values.size(); ++i) {
        const bool residual = name.starts_with("ledger_residual");
        auto* v = new QTableWidgetItem(!values[i] ? QString("–")
                                       : residual ? kpi_text(name, values[i]->value, some->unit)
                                                  : qs(number(u.shown(values[i]->value), 5)));
        v->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        if (i == best && direction != 0 && differ && !residual) {
          QFont f = figures_->font();
          f.setBold(true);
          v->setFont(f);
        }
        figures_->setItem(row, static_cast<int>(2 + i), v);
      }
      for (size_t i = 1; i < values.size(); ++i) {
        auto* d = new QTableWidgetItem;
        d->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        if (values[0] && values[i]) {
          const double delta = values[i]->value - values[0]->value;
          const bool temperature = some->unit == "K";
          const double share = delta / std::max(1e-300, std::abs(values[0]->value));
          if (delta == 0.0) {
            d->setText("=");
          } else if (temperature) {
            d->setText((delta > 0 ? "+" : "") + qs(number(delta, 3)) + " K");
          } else if (values[0]->value != 0.0 && !name.starts_with("ledger_residual")) {
            // Below this it is rounding of the solver rather than an effect.
            if (std::abs(share) < kNoise)
              d->setText("≈");
            else
              d->setText((delta > 0 ? "+" : "") + qs(percent(100 * share)) + " %");
          }
          if (!name.starts_with("ledger_residual") && (temperature || std::abs(share) >= kNoise)) {
            d->setData(kShare, temperature ? delta / 30.0 : share);
            d->setData(kBetter, delta * direction > 0 ? 1 : delta * direction < 0 ? -1 : 0);
          }
        }
        figures_->setItem(row, static_cast<int>(1 + runs.size() + i), d);
      }
    }
}

void CompareView::fill_inputs(const std::vector<RunData*>& runs) {
  inputs_->clear();
  inputs_->setRowCount(0);
  QStringList input_columns{tr("Path")};
  std::vector<std::string> texts;
  for (size_t i = 0; i < runs.size(); ++i) {
    input_columns << QString(kLetters[i]);
    texts.push_back(runs[i]->source);
  }
  inputs_->setColumnCount(static_cast<int>(input_columns.size()));
  inputs_->setHorizontalHeaderLabels(input_columns);
  inputs_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  inputs_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  inputs_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  if (runs.size() > 1)
    for (const auto& d : input_differences(texts)) {
      const int row = inputs_->rowCount();
      inputs_->insertRow(row);
      auto* path = new QTableWidgetItem(d.path);
      path->setToolTip(d.path);
      inputs_->setItem(row, 0, path);
      for (size_t i = 0; i < d.values.size(); ++i) {
        const bool same = i > 0 && d.values[i] == d.values[0];
        auto* v = new QTableWidgetItem(same ? "=" : d.values[i].isEmpty() ? "–" : d.values[i]);
        if (!same && i > 0) v->setBackground(theme().selection);
        if (!same && i > 0) v->setForeground(theme().selection_text);
        inputs_->setItem(row, static_cast<int>(1 + i), v);
      }
    }
}

void CompareView::fill_curves(const std::vector<RunData*>& runs) {
  const QString wanted = signal_->currentText();
  signal_->clear();
  if (!runs.empty())
    for (const auto& i : runs[0]->infos)
      if (!((i.name.endsWith("_min") || i.name.endsWith("_max")) &&
            runs[0]->info(i.name.chopped(4))))
        signal_->addItem(i.width > 1 ? RunData::make_key(i.name, 0) : i.name);
  int at = signal_->findText(wanted);
  for (const char* word : {"p_import", "import", "power"})
    if (at < 0) at = signal_->findText(word, Qt::MatchContains);
  if (at >= 0) signal_->setCurrentIndex(at);
  plot_->set_bare();
  plot_->clear();
  for (auto* r : runs)
    if (!signal_->currentText().isEmpty()) plot_->add(signal_->currentText(), r);
  difference_->set_bare();
  difference_->clear();
  for (size_t i = 1; i < runs.size(); ++i)
    if (!signal_->currentText().isEmpty())
      difference_->add_difference(signal_->currentText(), runs[i], runs[0]);
  difference_->setVisible(runs.size() > 1);
}

QString CompareView::csv() const {
  QString out;
  QStringList head;
  for (int c = 0; c < figures_->columnCount(); ++c)
    head << figures_->horizontalHeaderItem(c)->text();
  out += head.join(',') + "\n";
  for (int r = 0; r < figures_->rowCount(); ++r) {
    QStringList cells;
    for (int c = 0; c < figures_->columnCount(); ++c)
      cells << (figures_->item(r, c) ? figures_->item(r, c)->text().replace(QChar(0x2212), '-')
                                     : QString());
    out += cells.join(',') + "\n";
  }
  return out;
}

}  // namespace steppe::gui
