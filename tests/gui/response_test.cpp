// The window stays quick while a run floods it with rows.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "gui/actions/actions.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "tests/gui/support.h"

using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("the window answers within 50 ms during a run") {
  Bench b;
  Session& s = b.session();
  MainWindow& w = *b.window;
  w.resize(1440, 900);
  std::string text = kSmall;
  text.replace(text.find("20 min"), 6, "400 d");
  REQUIRE(w.files().open_path(QString::fromStdString(b.write("long.yaml", text))));
  REQUIRE(settle(s));
  RunData* r = s.start_run();
  REQUIRE(wait_for([&] { return r->live() && r->rows > 100; }));
  // Its own work only: on a busy machine the wall clock measures the neighbours.
  auto cpu_ms = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_nsec);
  };
  std::vector<double> turns;
  QElapsedTimer wall;
  for (const auto tab : {MainWindow::kPlots, MainWindow::kDiagram, MainWindow::kPlots}) {
    w.show_tab(tab);
    for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
    wall.start();
    while (wall.elapsed() < 1500) {
      const double begin = cpu_ms();
      QCoreApplication::processEvents(QEventLoop::AllEvents, 0);
      turns.push_back(cpu_ms() - begin);
      QTest::qSleep(2);
    }
  }
  s.controller().stop(r);
  REQUIRE(wait_for([&] { return s.controller().active() == 0; }));
  REQUIRE(settle(s));
  std::sort(turns.begin(), turns.end());
  fmt::print(
      "turns of the event loop during a run: {}, p99 {:.1f} ms, worst {:.1f} ms of processor\n",
      turns.size(), turns[turns.size() * 99 / 100], turns.back());
  CHECK(turns[turns.size() * 99 / 100] < 50.0);
}
