// Pictures of the main states at 1440 × 900, to be looked at:
//   STEPPE_SHOTS=folder gui_screenshots
// and of the diagrams of all shipped scenarios, with values after a run of STEPPE_SHOT_UNTIL:
//   STEPPE_SHOTS=folder STEPPE_SHOT_UNTIL="10 min" gui_screenshots -tc=diagrams
#include <doctest/doctest.h>

#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QPixmap>
#include <QTabWidget>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_view.h"
#include "gui/panels/inspector.h"
#include "gui/panels/welcome_page.h"
#include "gui/panels/yaml_view.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "gui/study/study_plot.h"
#include "gui/study/study_view.h"
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

/// STEPPE_SHOT_SIZE=1280x720; else 1440 x 900.
QSize size() {
  const QStringList text = qEnvironmentVariable("STEPPE_SHOT_SIZE", "1440x900").split('x');
  return {text.value(0).toInt(), text.value(1).toInt()};
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
  w.resize(size());
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
  s.set_cursor(at);
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
    c.window->resize(size());
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

TEST_CASE("screenshots of a study") {
  Bench b;
  MainWindow& w = *b.window;
  w.resize(size());
  b.write("small.yaml", kSmall);
  REQUIRE(w.files().open_path(QString::fromStdString(b.write("study.yaml", R"(steppe: 1
study: transformer-sizing
scenario: small.yaml
until: 2 min
record: kpi
axes:
  transformer.rating: [1250 kVA, 1600 kVA, 2000 kVA, 2500 kVA, 3150 kVA, 4000 kVA, 5000 kVA, 6300 kVA]
  load.power: [0.6 MW, 0.7 MW, 0.8 MW, 0.9 MW, 1 MW]
)"))));
  StudyView& v = *w.study();
  shot(w, "12-study-new");
  v.run();
  REQUIRE(wait_for([&] { return v.idle() && v.table() && v.table()->index.size() == 40; }, 300000));
  static const char* kNames[] = {"table", "scatter", "pareto", "histogram", "matters"};
  for (int i = 0; i < 5; ++i) {
    v.tabs()->setCurrentIndex(i);
    // Losses against size: a choice that a person would have to make.
    for (auto* box : v.plot()->findChildren<QComboBox*>()) {
      const int at =
          box->findText(box->accessibleName() == "x" ? "transformer.rating" : "Energy loss chain");
      if (at >= 0 && !box->accessibleName().isEmpty() && i < 3) {
        box->setCurrentIndex(at);
        Q_EMIT box->activated(at);
      }
    }
    shot(w, QString("12-study-") + kNames[i]);
  }
}

TEST_CASE("diagrams" * doctest::skip(!qEnvironmentVariableIsSet("STEPPE_SHOT_UNTIL"))) {
  const QString only = qEnvironmentVariable("STEPPE_SHOT_ONLY");
  for (const auto& one : shipped_scenarios(QString(STEPPE_SOURCE_DIR) + "/scenarios", registry())) {
    if (one.study || !one.path.contains(only)) continue;
    Bench b;
    MainWindow& w = *b.window;
    Session& s = b.session();
    w.resize(size());
    REQUIRE(w.files().open_path(one.path));
    settle(s, 120000);
    if (!s.current() || !s.current()->check || !s.current()->check->ok) continue;
    s.set_value("run.until", qEnvironmentVariable("STEPPE_SHOT_UNTIL"));
    if (RunData* r = s.start_run())
      wait_for([&] { return r->phase == RunData::Phase::failed || !r->kpis.empty(); }, 120000);
    settle(s);
    w.show_tab(MainWindow::kDiagram);
    shot(w, "diagram-" + QFileInfo(one.path).completeBaseName());
  }
}
