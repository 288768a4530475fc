// Pictures of the main states at 1440 × 900, to be looked at:
//   STEPPE_SHOTS=folder gui_screenshots
#include <doctest/doctest.h>

#include <QDir>
#include <QPixmap>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_view.h"
#include "gui/panels/inspector.h"
#include "gui/panels/yaml_view.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "gui/style/theme.h"
#include "gui/style/translator.h"
#include "tests/gui/support.h"

using namespace steppe::gui;
using namespace steppe::gui::test;

namespace {

void shot(MainWindow& w, const QString& name, bool settled = true) {
  if (settled) settle(w.session());
  for (int i = 0; i < 30; ++i) QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
  wait_for([] { return false; }, 250);
  const QString folder = qEnvironmentVariable("STEPPE_SHOTS", "shots");
  QDir().mkpath(folder);
  CHECK(w.grab().save(folder + "/" + name + ".png"));
}

}  // namespace

TEST_CASE("screenshots") {
  const QString scenario = qEnvironmentVariable(
      "STEPPE_SHOT_SCENARIO", QString(STEPPE_SOURCE_DIR) + "/scenarios/ulanqab-day.yaml");
  const QString until = qEnvironmentVariable("STEPPE_SHOT_UNTIL");
  const double at = qEnvironmentVariable("STEPPE_SHOT_CURSOR", "50551").toDouble();
  Bench b;
  MainWindow& w = *b.window;
  Session& s = b.session();
  w.resize(1440, 900);
  shot(w, "1-welcome");
  w.set_dark(true);
  shot(w, "1-welcome-dark");
  w.set_dark(false);
  REQUIRE(w.files().open_path(scenario));
  settle(s);
  if (!until.isEmpty()) s.set_value("run.until", until);
  shot(w, "2-opened");
  RunData* r = s.start_run();
  wait_for(
      [&] { return r->live() && r->progress.t > 0.3 * r->progress.t_end && r->progress.t > 0; },
      120000);
  shot(w, "3-running", false);
  wait_for([&] { return r->phase == RunData::Phase::done && !r->kpis.empty(); }, 300000);
  settle(s);
  s.set_cursor(at);
  s.select("pod.cdu_pump");
  shot(w, "4-diagram");
  w.views().expand_units->setChecked(true);
  shot(w, "4-diagram-units");
  w.views().expand_units->setChecked(false);
  w.show_tab(MainWindow::kPlots);
  shot(w, "5-plots-day");
  s.set_range(at - 700, at + 1100);
  w.set_dark(true);
  shot(w, "5-plots-dark");
  w.set_dark(false);
  s.select("bess");
  s.set_value("components[bess].params.energy", "40 MWh");
  RunData* second = s.start_run();
  wait_for([&] { return second->phase == RunData::Phase::done && !second->kpis.empty(); }, 300000);
  settle(s);
  s.reset_range();
  w.show_tab(MainWindow::kCompare);
  shot(w, "6-compare");
  w.show_tab(MainWindow::kBalance);
  shot(w, "7-balance");
  s.set_value("components[bess].params.energy", "banana");
  w.show_tab(MainWindow::kYaml);
  shot(w, "8-yaml");
  w.show_tab(MainWindow::kDiagram);
  w.set_dark(true);
  shot(w, "9-diagram-dark");
  w.set_dark(false);
  Translator zh;
  REQUIRE(zh.load(":/translations/steppe_zh_CN.qm"));
  QApplication::installTranslator(&zh);
  {
    Bench c;
    c.window->resize(1440, 900);
    shot(*c.window, "10-welcome-zh");
    c.window->files().open_path(r->path);
    settle(c.session());
    c.session().set_cursor(at);
    c.window->show_tab(MainWindow::kDiagram);
    shot(*c.window, "11-diagram-zh");
    c.window->show_tab(MainWindow::kPlots);
    shot(*c.window, "11-plots-zh");
  }
  QApplication::removeTranslator(&zh);
}
