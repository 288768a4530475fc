// Random actions on the window: nothing may crash, and undo must lead back to the first text.
#include <doctest/doctest.h>

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <cstdlib>
#include <random>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_view.h"
#include "gui/panels/balance_view.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "tests/gui/support.h"

using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("random actions") {
  const char* seed_text = std::getenv("STEPPE_GUI_SEED");
  const char* count_text = std::getenv("STEPPE_GUI_ACTIONS");
  const auto seed = static_cast<uint32_t>(seed_text ? std::atoi(seed_text) : 1);
  const int count = count_text ? std::atoi(count_text) : 400;
  CAPTURE(seed);
  std::mt19937 rng(seed);
  Bench b;
  Session& s = b.session();
  MainWindow& w = *b.window;
  const QString file = QString::fromStdString(b.write("small.yaml", kSmall));
  w.files().open_path(file);
  REQUIRE(settle(s));
  auto pick = [&](auto n) { return static_cast<unsigned>(rng()) % static_cast<unsigned>(n); };
  const char* values[] = {"1 MW", "2.5 MW", "10 kV", "nonsense", "", "-1", "0.5", "1e9", "7 min"};
  const char* paths[] = {"components[load].params.power", "components[grid].params.voltage",
                         "run.until", "components[transformer].params.rating", "name"};
  for (int i = 0; i < count; ++i) {
    const unsigned action = pick(30);
    CAPTURE(i);
    CAPTURE(action);
    RunData* r = s.run();
    switch (action) {
      case 0:
        s.set_value(paths[pick(5)], values[pick(9)]);
        break;
      case 1:
        if (s.current()) {
          s.current()->document.undo();
          s.text_edited();
        }
        break;
      case 2:
        if (s.current()) {
          s.current()->document.redo();
          s.text_edited();
        }
        break;
      case 3:
        if (s.runs().size() < 12) s.start_run();
        break;
      case 4:
        if (r) s.controller().stop(r);
        break;
      case 5:
        if (r) s.controller().pause(r, pick(2));
        break;
      case 6:
        s.set_cursor(pick(1200));
        break;
      case 7:
        s.set_range(pick(600), 600 + pick(600));
        break;
      case 8:
        w.show_tab(static_cast<MainWindow::Tab>(pick(6)));
        break;
      case 9:
        w.show_welcome();
        break;
      case 10:
        w.set_dark(pick(2));
        break;
      case 11:
        w.plots()->set_grid(1 + static_cast<int>(pick(3)), 1 + static_cast<int>(pick(3)));
        break;
      case 12:
        if (r && !r->infos.empty()) Q_EMIT s.plot_wanted(r->infos[pick(r->infos.size())].name);
        break;
      case 13: {
        auto* c = w.plots()->cells()[pick(w.plots()->cells().size())];
        Q_EMIT c->close_wanted();
        break;
      }
      case 14: {
        auto* c = w.plots()->cells()[pick(w.plots()->cells().size())];
        Q_EMIT c->maximise_wanted();
        break;
      }
      case 15:
        if (w.plots()->cells().size() < 12) w.plots()->add_cell(pick(2));
        break;
      case 16:
        s.select(pick(2) ? "load" : "transformer");
        break;
      case 17:
        w.diagram()->set_expanded(pick(2));
        break;
      case 18:
        w.diagram()->set_part(static_cast<DiagramView::Part>(pick(3)));
        break;
      case 19:
        if (!s.runs().empty()) {
          auto* one = s.runs()[pick(s.runs().size())];
          if (one->phase == RunData::Phase::done || one->phase == RunData::Phase::failed)
            s.remove_run(one);
        }
        break;
      case 20:
        s.next_event(pick(2) ? 1 : -1);
        break;
      case 21:
        if (s.cases().size() < 4)
          w.files().new_scenario();
        else
          s.close_case(s.current());
        break;
      case 22:
        w.plots()->set_layout_text(w.plots()->layout_text());
        break;
      case 23:
        for (auto* c : w.plots()->cells()) c->set_hall(pick(2));
        break;
      case 24:
        for (QAction* a : w.actions())
          if (a->shortcut() == QKeySequence(pick(2) ? "Ctrl+Z" : "Ctrl+Shift+Z")) a->trigger();
        break;
      case 25:
        w.balance()->set_span(static_cast<BalanceView::Span>(pick(3)));
        break;
      case 26:
        if (PlotCell* c = w.plots()->with_curves()) {
          const auto kind = static_cast<Analysis>(pick(4));
          if (kind != Analysis::xy || c->curves().size() > 1) delete c->analyse(kind);
        }
        break;
      case 27:
        if (s.cases().size() < 4) w.files().new_from(file);
        break;
      case 28:
        if (w.save_workspace(b.folder.filePath("look.yaml")).isEmpty() && s.runs().size() < 12)
          w.files().open_path(b.folder.filePath("look.yaml"));
        break;
      default:
        QTest::keyClick(&w, static_cast<Qt::Key>(Qt::Key_A + pick(26)));
        break;
    }
    for (unsigned k = 0; k < pick(6); ++k)
      QCoreApplication::processEvents(QEventLoop::AllEvents, 3);
    if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget())) dialog->reject();
  }
  s.controller().stop_all();
  CHECK(wait_for([&] { return s.controller().active() == 0; }));
  CHECK(settle(s));
  for (const auto& c : s.cases())
    if (QString::fromStdString(c->document.path()) == file) {
      while (c->document.can_undo()) c->document.undo();
      CHECK(c->document.text() == kSmall);
    }
}
