#include <QApplication>
#include <QDateTime>
#include <QDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_view.h"
#include "gui/main_window.h"
#include "gui/panels/model_card.h"
#include "gui/panels/time_ruler.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "gui/session.h"
#include "gui/style/icons.h"
#include "gui/style/theme.h"

namespace steppe::gui {

ViewActions::ViewActions(MainWindow& window, Session& session)
    : QObject(&window), window_(window), session_(session) {
  auto make = [&](const char* shape, const QString& text, const QKeySequence& key) {
    auto* a = new QAction(icon(shape), text, this);
    a->setShortcut(key);
    a->setProperty("icon_name", shape);
    window_.addAction(a);
    return a;
  };
  dark = make("", tr("Dark colours"), QKeySequence("Ctrl+Shift+D"));
  dark->setCheckable(true);
  dark->setChecked(theme().dark);
  fit = make("fit", tr("Fit all"), QKeySequence("Ctrl+0"));
  play = make("run", tr("Play"), QKeySequence("Ctrl+Space"));
  next_event = make("next", tr("Next event"), QKeySequence("Ctrl+Right"));
  previous_event = make("previous", tr("Previous event"), QKeySequence("Ctrl+Left"));
  zoom_back = make("undo", tr("Zoom back"), QKeySequence("Alt+Left"));
  zoom_forward = make("redo", tr("Zoom forward"), QKeySequence("Alt+Right"));
  add_plot = make("plus", tr("Add plot"), QKeySequence("Ctrl+T"));
  expand_units = make("template", tr("Show equal units one by one"), QKeySequence("Ctrl+U"));
  expand_units->setCheckable(true);
  keys = make("", tr("All keys"), QKeySequence("Ctrl+/"));
  model_card = make("", tr("Model card of the selection"), QKeySequence("F1"));
  about = make("", tr("About steppe"), {});
  make_analyses();
  connect(dark, &QAction::toggled, &window_, &MainWindow::set_dark);
  connect(fit, &QAction::triggered, this, [this] {
    session_.reset_range();
    window_.diagram()->fit();
    for (auto* c : window_.plots()->cells()) c->fit();
  });
  connect(play, &QAction::triggered, this, [this] { window_.ruler()->toggle_play(); });
  connect(next_event, &QAction::triggered, this, [this] { session_.next_event(+1); });
  connect(previous_event, &QAction::triggered, this, [this] { session_.next_event(-1); });
  connect(add_plot, &QAction::triggered, this,
          [this] { window_.plots()->add_cell(window_.plots()->cells().size() % 2 == 0); });
  connect(expand_units, &QAction::toggled, this,
          [this](bool on) { window_.diagram()->set_expanded(on); });
  connect(keys, &QAction::triggered, this, &ViewActions::show_keys);
  connect(model_card, &QAction::triggered, this, &ViewActions::show_model_card);
  connect(about, &QAction::triggered, this, [this] {
    QMessageBox::about(
        &window_, tr("About steppe"),
        tr("<h3>steppe %1</h3><p>Power and cooling digital twin of AI data centers.</p>"
           "<p>The desktop app contains QCustomPlot and is under the GPL, version 3.</p>")
            .arg(STEPPE_VERSION));
  });
  connect(&session_, &Session::range_changed, this, &ViewActions::remember_range);
  auto go = [this](auto& from, auto& to) {
    if (from.empty()) return;
    to.push_back(session_.range());
    const auto [t0, t1] = from.back();
    from.pop_back();
    moving_ = true;
    session_.set_range(t0, t1);
    moving_ = false;
    last_ = session_.range();
  };
  connect(zoom_back, &QAction::triggered, this, [this, go] { go(back_, forward_); });
  connect(zoom_forward, &QAction::triggered, this, [this, go] { go(forward_, back_); });
}

void ViewActions::remember_range(double t0, double t1) {
  if (moving_) return;
  // A pan is one step, however many ranges it passes.
  constexpr qint64 kBurst = 400;
  constexpr size_t kMost = 100;
  const qint64 now = QDateTime::currentMSecsSinceEpoch();
  if (last_.second > last_.first && now - last_time_ > kBurst) {
    back_.push_back(last_);
    if (back_.size() > kMost) back_.erase(back_.begin());
  }
  forward_.clear();
  last_ = {t0, t1};
  last_time_ = now;
}

void ViewActions::fill_view(QMenu* menu) {
  menu->addAction(dark);
  auto* language = menu->addMenu(tr("Language"));
  const QString now = QSettings().value("language", "en").toString();
  for (const auto& [code, name] :
       {std::pair<QString, QString>{"en", "English"}, {"zh_CN", "简体中文"}}) {
    auto* a = language->addAction(name, this, [this, code = code] { window_.set_language(code); });
    a->setCheckable(true);
    a->setChecked(now == code);
  }
  menu->addSeparator();
  menu->addActions({fit, zoom_back, zoom_forward, expand_units});
  menu->addSeparator();
  menu->addActions({play, next_event, previous_event});
}

void ViewActions::fill_plot(QMenu* menu) {
  menu->addAction(add_plot);
  auto* grid = menu->addMenu(tr("Grid"));
  for (const auto& [r, c] : {std::pair{1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 1}, {3, 2}, {3, 3}})
    grid->addAction(QString("%1 × %2").arg(r).arg(c), this,
                    [this, r = r, c = c] { window_.plots()->set_grid(r, c); });
  menu->addAction(tr("Clear all plots"), this, [this] {
    for (auto* c : window_.plots()->cells()) c->clear();
  });
  menu->addSeparator();
  for (QAction* a : analyses) menu->addAction(a);
}

void ViewActions::make_analyses() {
  auto make = [&](const QString& text, const QKeySequence& key, Analysis kind) {
    auto* a = new QAction(text, this);
    a->setShortcut(key);
    connect(a, &QAction::triggered, this, [this, kind] {
      if (PlotCell* cell = window_.plots()->with_curves())
        cell->analyse(kind);
      else
        session_.message(tr("Plot a signal first"), true);
    });
    window_.addAction(a);
    analyses.push_back(a);
  };
  make(tr("Spectrum"), QKeySequence("Ctrl+Shift+P"), Analysis::spectrum);
  make(tr("Duration curve"), QKeySequence("Ctrl+Shift+U"), Analysis::duration);
  make(tr("Percentiles"), QKeySequence("Ctrl+Shift+L"), Analysis::percentiles);
  make(tr("x–y plot of the first two"), QKeySequence("Ctrl+Shift+X"), Analysis::xy);
  analyses.back()->setIconText(tr("x–y"));
}

void ViewActions::fill_help(QMenu* menu) { menu->addActions({model_card, keys, about}); }

void ViewActions::show_model_card() {
  const Case* c = session_.current();
  const QString id = session_.selection();
  if (!c || id.isEmpty())
    return session_.message(tr("Select a component first: its model is then explained here"));
  std::string type;
  for (const auto& item : c->document.components())
    if (QString::fromStdString(item.id) == id) type = item.type;
  if (type.empty() && c->check)
    for (const auto& item : c->check->plan.items)
      if (QString::fromStdString(item.id) == id) type = item.type;
  const QString html = model_card_html(type, session_.registry());
  if (html.isEmpty()) return session_.message(tr("%1 is a block, not a model").arg(id));
  auto* card = new QDialog(&window_);
  card->setAttribute(Qt::WA_DeleteOnClose);
  card->setObjectName("model_card");
  card->setWindowTitle(QString::fromStdString(type));
  card->resize(720, 640);
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(0, 0, 0, 0);
  auto* text = new QTextBrowser(card);
  text->setFrameShape(QFrame::NoFrame);
  text->setHtml(html);
  column->addWidget(text);
  card->show();
}

void ViewActions::show_keys() {
  auto* sheet = new QDialog(&window_);
  sheet->setAttribute(Qt::WA_DeleteOnClose);
  sheet->setObjectName("keys");
  sheet->setWindowTitle(tr("Keys and mouse"));
  auto* columns = new QHBoxLayout(sheet);
  columns->setContentsMargins(20, 16, 20, 16);
  columns->setSpacing(32);
  auto add = [&](const QString& title, const std::vector<std::pair<QString, QString>>& rows) {
    auto* column = new QVBoxLayout;
    auto* head = new QLabel("<b>" + title + "</b>");
    column->addWidget(head);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(3);
    int r = 0;
    for (const auto& [key, what] : rows) {
      auto* k = new QLabel(key);
      k->setStyleSheet(
          "border: 1px solid palette(mid); border-radius: 3px; padding: 1px 5px; background: "
          "palette(base);");
      grid->addWidget(k, r, 0, Qt::AlignLeft);
      grid->addWidget(new QLabel(what), r, 1);
      ++r;
    }
    column->addLayout(grid);
    column->addStretch();
    columns->addLayout(column);
  };
  std::vector<std::pair<QString, QString>> commands;
  for (QAction* a : window_.actions())
    if (!a->shortcut().isEmpty())
      commands.emplace_back(a->shortcut().toString(QKeySequence::NativeText), a->text());
  add(tr("Commands"), commands);
  add(tr("Mouse in a plot"), {{tr("Wheel"), tr("Zoom at the pointer; over an axis: that axis")},
                              {tr("Drag"), tr("Zoom to a rectangle")},
                              {tr("Shift + drag"), tr("Move the cursor")},
                              {tr("Ctrl + drag, middle"), tr("Pan")},
                              {tr("Double click"), tr("Fit all")},
                              {tr("Click"), tr("Set the cursor")},
                              {tr("Drop at the right edge"), tr("Second axis")},
                              {"E / Shift+E", tr("Next / previous event")},
                              {"← / →", tr("Step the cursor")},
                              {tr("Space"), tr("Play")},
                              {"+ / − / Home", tr("Zoom the diagram / fit")}});
  sheet->show();
}

}  // namespace steppe::gui
