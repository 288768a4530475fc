#include "gui/panels/scenario_tree.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include "gui/diagram/component_values.h"
#include "gui/session.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

namespace {

constexpr int kId = Qt::UserRole, kLine = Qt::UserRole + 1;

QString domain_title(const QString& d) {
  static const std::map<QString, const char*> names{
      {"grid", QT_TRANSLATE_NOOP("ScenarioTree", "Grid and supply")},
      {"power", QT_TRANSLATE_NOOP("ScenarioTree", "Power chain")},
      {"battery", QT_TRANSLATE_NOOP("ScenarioTree", "Battery")},
      {"cooling", QT_TRANSLATE_NOOP("ScenarioTree", "Cooling")},
      {"thermal", QT_TRANSLATE_NOOP("ScenarioTree", "Halls and racks")},
      {"load", QT_TRANSLATE_NOOP("ScenarioTree", "Computing load")},
      {"controls", QT_TRANSLATE_NOOP("ScenarioTree", "Controls")},
      {"environment", QT_TRANSLATE_NOOP("ScenarioTree", "Environment")},
      {"template", QT_TRANSLATE_NOOP("ScenarioTree", "Blocks")},
      {"other", QT_TRANSLATE_NOOP("ScenarioTree", "Other")},
  };
  const auto it = names.find(d);
  return it == names.end() ? d : QCoreApplication::translate("ScenarioTree", it->second);
}

QString domain_icon(const QString& d) {
  if (d == "grid") return "power";
  if (d == "other") return "site";
  return d;
}

}  // namespace

ScenarioTree::ScenarioTree(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      filter_(new QLineEdit(this)),
      tree_(new QTreeWidget(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 8, 8, 0);
  column->setSpacing(6);
  setMinimumWidth(236);
  filter_->setPlaceholderText(tr("Filter components"));
  filter_->setClearButtonEnabled(true);
  filter_->addAction(icon("search", theme().secondary), QLineEdit::LeadingPosition);
  column->addWidget(filter_);
  tree_->setObjectName("scenario_tree");
  tree_->setColumnCount(2);
  tree_->setHeaderHidden(true);
  tree_->setFrameShape(QFrame::NoFrame);
  tree_->setIndentation(14);
  tree_->setUniformRowHeights(true);
  tree_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  tree_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  tree_->header()->setStretchLastSection(false);
  tree_->setIconSize({14, 14});
  column->addWidget(tree_, 1);
  connect(filter_, &QLineEdit::textChanged, this, &ScenarioTree::apply_filter);
  connect(tree_, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (!item || rebuilding_) return;
    if (const QString id = item->data(0, kId).toString(); !id.isEmpty()) session_.select(id);
  });
  connect(tree_, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
    if (const int line = item->data(0, kLine).toInt(); line > 0) session_.show_line({}, line);
  });
  connect(&session_, &Session::current_changed, this, &ScenarioTree::rebuild);
  connect(&session_, &Session::text_changed, this, &ScenarioTree::rebuild);
  connect(&session_, &Session::checked, this, &ScenarioTree::rebuild);
  connect(&session_, &Session::theme_changed, this, &ScenarioTree::rebuild);
  connect(&session_, &Session::cursor_changed, this, &ScenarioTree::update_values);
  // Values of a long result come in one by one.
  later_.setSingleShot(true);
  later_.setInterval(100);
  connect(&later_, &QTimer::timeout, this, &ScenarioTree::update_values);
  connect(&session_, &Session::run_changed, this, [this] {
    if (RunData* r = session_.run())
      connect(r, &RunData::loaded, this, &ScenarioTree::update_soon, Qt::UniqueConnection);
    update_values();
  });
  connect(&session_, &Session::selection_changed, this, [this](const QString& id) {
    for (QTreeWidgetItemIterator it(tree_); *it; ++it)
      if ((*it)->data(0, kId).toString() == id) {
        const QSignalBlocker block(tree_);
        tree_->setCurrentItem(*it);
        tree_->scrollToItem(*it);
        return;
      }
  });
  rebuild();
}

void ScenarioTree::rebuild() {
  rebuilding_ = true;
  const QString selected = session_.selection();
  tree_->clear();
  const Case* c = session_.current();
  if (!c) {
    rebuilding_ = false;
    return;
  }
  std::map<QString, QTreeWidgetItem*> groups;
  auto group = [&](const QString& domain) {
    auto& g = groups[domain];
    if (!g) {
      g = new QTreeWidgetItem(tree_, {domain_title(domain)});
      g->setIcon(0, icon(domain_icon(domain)));
      g->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
      g->setExpanded(true);
    }
    return g;
  };
  const auto& registry = session_.registry();
  auto domain_of = [&](const std::string& type) {
    if (const auto it = registry.components.find(type); it != registry.components.end())
      return qs(it->second.domain.empty() ? "other" : it->second.domain);
    if (const auto it = registry.processes.find(type); it != registry.processes.end())
      return qs(it->second.domain.empty() ? "other" : it->second.domain);
    return QString("other");
  };
  for (const auto& item : c->document.components()) {
    // "${pods}" means nothing to a reader; the expanded scenario knows how many.
    int units = item.count.empty() ? 1 : std::atoi(item.count.c_str());
    if (c->check && item.count.find('$') != std::string::npos)
      for (const auto& p : c->check->plan.items)
        if (p.id == item.id || p.id.starts_with(item.id + "."))
          units = std::max(units, p.id == item.id ? p.units * p.count : p.units);
    auto* row =
        new QTreeWidgetItem(group(item.use.empty() ? domain_of(item.type) : "template"),
                            {qs(item.id) + (units > 1 ? QString(" × %1").arg(units) : QString())});
    row->setData(0, kId, qs(item.id));
    row->setData(0, kLine, item.line);
    QString tip = item.use.empty() ? qs(item.type) : tr("block %1").arg(qs(item.use));
    if (!item.from.empty()) {
      tip += "\n" + tr("inherited from %1").arg(qs(item.from));
      row->setData(0, kLine, 0);
      row->setForeground(0, theme().secondary);
    }
    row->setToolTip(0, tip);
    if (item.use.empty() || !c->check) continue;
    // What the block is made of, from the expanded scenario.
    const std::string prefix = item.id + ".";
    for (const auto& p : c->check->plan.items)
      if (p.id.starts_with(prefix)) {
        const int n = p.units * p.count;
        auto* part = new QTreeWidgetItem(
            row, {qs(p.id.substr(prefix.size())) + (n > 1 ? QString(" × %1").arg(n) : QString())});
        part->setData(0, kId, qs(p.id));
        part->setData(0, kLine, item.line);
        part->setToolTip(0, qs(p.type));
      }
    for (const auto& p : c->check->plan.processes)
      if (p.id.starts_with(prefix)) {
        auto* part = new QTreeWidgetItem(row, {qs(p.id.substr(prefix.size()))});
        part->setData(0, kId, qs(p.id));
        part->setData(0, kLine, item.line);
        part->setToolTip(0, qs(p.type));
      }
  }
  if (!c->document.events().empty()) {
    auto* events = new QTreeWidgetItem(tree_, {tr("Events")});
    events->setIcon(0, icon("event"));
    events->setExpanded(true);
    for (const auto& e : c->document.events()) {
      auto* row = new QTreeWidgetItem(events, {qs(e.at) + "  " + qs(e.title)});
      row->setFirstColumnSpanned(true);
      row->setToolTip(0, row->text(0));
      row->setData(0, kLine, e.line);
    }
  }
  for (QTreeWidgetItemIterator it(tree_); *it; ++it)
    if (!selected.isEmpty() && (*it)->data(0, kId).toString() == selected)
      tree_->setCurrentItem(*it);
  rebuilding_ = false;
  apply_filter();
  update_values();
}

void ScenarioTree::showEvent(QShowEvent* e) {
  QWidget::showEvent(e);
  update_values();
}

void ScenarioTree::apply_filter() {
  const QString wanted = filter_->text();
  // Bottom up: a parent stays when a child does.
  const std::function<bool(QTreeWidgetItem*)> visit = [&](QTreeWidgetItem* item) {
    bool any = wanted.isEmpty() || item->text(0).contains(wanted, Qt::CaseInsensitive) ||
               item->toolTip(0).contains(wanted, Qt::CaseInsensitive);
    for (int i = 0; i < item->childCount(); ++i) any = visit(item->child(i)) || any;
    item->setHidden(!any);
    if (any && !wanted.isEmpty()) item->setExpanded(true);
    return any;
  };
  for (int i = 0; i < tree_->topLevelItemCount(); ++i) visit(tree_->topLevelItem(i));
}

void ScenarioTree::update_soon() {
  if (!later_.isActive()) later_.start();
}

void ScenarioTree::update_values() {
  RunData* r = session_.run();
  if (!isVisible()) return;
  const std::function<Health(QTreeWidgetItem*)> visit = [&](QTreeWidgetItem* item) {
    Health worst = Health::normal;
    bool known = false;
    const QString id = item->data(0, kId).toString();
    if (r && r->usable() && !id.isEmpty()) {
      const ComponentView v = view_of(*r, id, session_.cursor());
      // A state that is not the usual one says more than a value.
      const bool unusual = v.state == Health::tripped || v.state == Health::warning;
      if (const QString text = unusual ? mode_word(v.mode) : v.main; !text.isEmpty())
        item->setText(1, text);
      item->setForeground(1, v.state == Health::tripped ? theme().error : theme().secondary);
      worst = v.state;
      known = !v.mode.isEmpty();
    }
    for (int i = 0; i < item->childCount(); ++i) worst = std::max(worst, visit(item->child(i)));
    if (known || worst > Health::normal)
      item->setIcon(1, state_icon(worst));
    else if (!id.isEmpty())
      item->setIcon(1, {});
    return worst;
  };
  for (int i = 0; i < tree_->topLevelItemCount(); ++i) visit(tree_->topLevelItem(i));
}

}  // namespace steppe::gui
