#include "gui/panels/signal_tree.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <functional>
#include <map>

#include "gui/document/display.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "gui/session.h"
#include "gui/style/icons.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {
constexpr int kKey = Qt::UserRole;
constexpr int kMostUnits = 256;  // of one signal in the tree; the rest is in the heat map
/// Down leads from the search field to the first signal that it found.
class DownToTree final : public QObject {
 public:
  DownToTree(QLineEdit* field, QTreeWidget* tree) : QObject(field), tree_(tree) {}

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() != QEvent::KeyPress || static_cast<QKeyEvent*>(event)->key() != Qt::Key_Down)
      return QObject::eventFilter(watched, event);
    tree_->setFocus();
    for (QTreeWidgetItemIterator it(tree_, QTreeWidgetItemIterator::NotHidden); *it; ++it) {
      if ((*it)->data(0, kKey).toString().isEmpty() || (*it)->parent()->isHidden()) continue;
      (*it)->parent()->setExpanded(true);
      tree_->setCurrentItem(*it);
      break;
    }
    return true;
  }

 private:
  QTreeWidget* tree_;
};

}  // namespace

QMimeData* SignalList::mimeData(const QList<QTreeWidgetItem*>& items) const {
  QStringList keys;
  for (const auto* i : items)
    if (const QString k = i->data(0, kKey).toString(); !k.isEmpty()) keys << k;
  if (keys.isEmpty()) return nullptr;
  auto* mime = new QMimeData;
  mime->setData("application/x-steppe-signal", keys.join('\n').toUtf8());
  mime->setText(keys.join('\n'));
  return mime;
}

SignalTree::SignalTree(Session& session, PlotGrid& grid, QWidget* parent)
    : QWidget(parent),
      session_(session),
      grid_(grid),
      filter_(new QLineEdit(this)),
      tree_(new SignalList(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 0);
  column->setSpacing(6);
  filter_->setPlaceholderText(tr("Search name, unit or meaning"));
  filter_->setClearButtonEnabled(true);
  filter_->addAction(icon("search", theme().secondary), QLineEdit::LeadingPosition);
  column->addWidget(filter_);
  column->addWidget(make_kinds());
  tree_->setObjectName("signal_tree");
  tree_->setColumnCount(2);
  tree_->setHeaderHidden(true);
  tree_->setFrameShape(QFrame::NoFrame);
  tree_->setIndentation(12);
  tree_->setUniformRowHeights(true);
  tree_->setDragEnabled(true);
  tree_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  tree_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  tree_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  tree_->header()->setStretchLastSection(false);
  column->addWidget(tree_, 1);
  auto* hint = new QLabel(tr("Drag onto a plot, or press Enter"), this);
  hint->setEnabled(false);
  hint->setContentsMargins(0, 0, 0, 4);
  column->addWidget(hint);
  connect(filter_, &QLineEdit::textChanged, this, &SignalTree::apply_filter);
  filter_->installEventFilter(new DownToTree(filter_, tree_));
  connect(tree_, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* i) {
    if (const QString k = i->data(0, kKey).toString(); !k.isEmpty()) Q_EMIT session_.plot_wanted(k);
  });
  connect(tree_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* i, int column_changed) {
    const QString k = i->data(0, kKey).toString();
    if (updating_ || column_changed != 0 || k.isEmpty()) return;
    if (i->checkState(0) == Qt::Checked)
      Q_EMIT session_.plot_wanted(k);
    else
      grid_.remove_everywhere(k);
  });
  connect(tree_, &QTreeWidget::itemExpanded, this, &SignalTree::update_values);
  connect(tree_->verticalScrollBar(), &QScrollBar::valueChanged, this, &SignalTree::update_values);
  connect(&session_, &Session::run_changed, this, &SignalTree::rebuild);
  connect(&session_, &Session::theme_changed, this, &SignalTree::rebuild);
  connect(&session_, &Session::cursor_changed, this, &SignalTree::update_values);
  connect(&grid_, &PlotGrid::content_changed, this, [this] {
    update_checks();
    if (kind_ == "plotted") apply_filter();
  });
  rebuild();
}

void SignalTree::rebuild() {
  updating_ = true;
  tree_->clear();
  RunData* r = session_.run();
  if (r) {
    connect(r, &RunData::loaded, this, &SignalTree::update_values, Qt::UniqueConnection);
    std::map<QString, QTreeWidgetItem*> groups;
    for (const auto& i : r->infos) {
      if ((i.name.endsWith("_min") || i.name.endsWith("_max")) && r->info(i.name.chopped(4)))
        continue;
      const auto dot = i.name.lastIndexOf('.');
      const QString owner = dot < 0 ? tr("site") : i.name.left(dot);
      auto& g = groups[owner];
      if (!g) {
        g = new QTreeWidgetItem(tree_, {owner});
        g->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
      }
      auto* row = new QTreeWidgetItem(
          g, {i.name.mid(dot + 1) + (i.width > 1 ? QString(" [%1]").arg(i.width) : QString())});
      row->setData(0, kKey, i.name);
      row->setCheckState(0, Qt::Unchecked);
      row->setToolTip(
          0, QString("<b>%1</b> [%2]<br>%3")
                 .arg(i.name.toHtmlEscaped(), i.unit.toHtmlEscaped(), i.help.toHtmlEscaped()));
      row->setForeground(1, theme().secondary);
      for (int u = 0; i.width > 1 && u < std::min(i.width, kMostUnits); ++u) {
        auto* unit = new QTreeWidgetItem(row, {QString("[%1]").arg(u)});
        unit->setData(0, kKey, RunData::make_key(i.name, u));
        unit->setCheckState(0, Qt::Unchecked);
        unit->setForeground(1, theme().secondary);
      }
    }
    for (int i = 0; i < tree_->topLevelItemCount(); ++i) {
      auto* g = tree_->topLevelItem(i);
      g->setText(1, QString::number(g->childCount()));
      g->setForeground(1, theme().disabled);
    }
    if (tree_->topLevelItemCount() <= 6) tree_->expandToDepth(0);
  }
  updating_ = false;
  update_checks();
  apply_filter();
}

/// All, what is plotted, and the two kinds that people look for most.
QWidget* SignalTree::make_kinds() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  for (const auto& [kind, name] : {std::pair<QString, QString>{"", tr("All")},
                                   {"plotted", tr("Plotted")},
                                   {"W", tr("Power")},
                                   {"K", tr("Temp.")}}) {
    auto* b = new QPushButton(name, box);
    b->setFixedSize(QFontMetrics(b->font()).horizontalAdvance(name) + 16, 24);
    b->setCheckable(true);
    b->setAutoExclusive(true);
    b->setChecked(kind == kind_);
    connect(b, &QPushButton::clicked, this, [this, k = kind] {
      kind_ = k;
      apply_filter();
    });
    row->addWidget(b);
  }
  row->addStretch();
  return box;
}

bool SignalTree::of_kind(const QString& key) const {
  if (kind_.isEmpty()) return true;
  if (kind_ == "plotted") {
    const QStringList keys = grid_.plotted_keys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const QString& k) { return RunData::split_key(k).first == key; });
  }
  const SignalInfo* info = session_.run() ? session_.run()->info(key) : nullptr;
  return info && info->unit == kind_;
}

void SignalTree::apply_filter() {
  const QString wanted = filter_->text();
  int left = 0;
  for (int i = 0; i < tree_->topLevelItemCount(); ++i) {
    auto* g = tree_->topLevelItem(i);
    bool any = false;
    for (int k = 0; k < g->childCount(); ++k) {
      auto* row = g->child(k);
      const QString key = row->data(0, kKey).toString();
      const bool match =
          of_kind(key) && (wanted.isEmpty() || key.contains(wanted, Qt::CaseInsensitive) ||
                           row->toolTip(0).contains(wanted, Qt::CaseInsensitive));
      row->setHidden(!match);
      any = any || match;
      left += match;
    }
    g->setHidden(!any);
  }
  if ((!wanted.isEmpty() || kind_ == "plotted") && left < 200)
    for (int i = 0; i < tree_->topLevelItemCount(); ++i)
      if (!tree_->topLevelItem(i)->isHidden()) tree_->topLevelItem(i)->setExpanded(true);
  update_values();
}

void SignalTree::update_values() {
  RunData* r = session_.run();
  if (!r || !r->usable() || !isVisible()) return;
  updating_ = true;
  // Only what is on screen: reading every signal of a long result would take minutes.
  auto* item = tree_->itemAt(2, 2);
  const int bottom = tree_->viewport()->height();
  for (; item && tree_->visualItemRect(item).top() < bottom; item = tree_->itemBelow(item)) {
    const QString key = item->data(0, kKey).toString();
    if (key.isEmpty()) continue;
    const SignalInfo* info = r->info(RunData::split_key(key).first);
    if (!info || (info->width > 1 && !key.contains('['))) continue;
    const auto v = r->value(key, session_.cursor());
    item->setText(1,
                  v ? QString::fromStdString(quantity(*v, info->unit.toStdString())) : QString());
  }
  updating_ = false;
}

void SignalTree::update_checks() {
  updating_ = true;
  const std::function<void(QTreeWidgetItem*)> visit = [&](QTreeWidgetItem* item) {
    if (const QString k = item->data(0, kKey).toString(); !k.isEmpty()) {
      const bool on = grid_.plotted(k);
      item->setCheckState(0, on ? Qt::Checked : Qt::Unchecked);
      item->setIcon(0, {});
      if (on)
        item->setForeground(0, series_color(PlotCell::pen_of(k)));
      else
        item->setForeground(0, theme().text);
    }
    for (int i = 0; i < item->childCount(); ++i) visit(item->child(i));
  };
  for (int i = 0; i < tree_->topLevelItemCount(); ++i) visit(tree_->topLevelItem(i));
  updating_ = false;
}

}  // namespace steppe::gui
