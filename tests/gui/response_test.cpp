// The window stays quick while a run floods it with rows, and while a long result is read.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "gui/actions/actions.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "sim/io/recorder.h"
#include "tests/gui/support.h"

using namespace steppe::gui;
using namespace steppe::gui::test;

namespace {

/// Processor time of every turn of the event loop [ms] until `done`, in ascending order.
std::vector<double> turns_until(const std::function<bool()>& done, int ms = 60000) {
  std::vector<double> turns;
  QElapsedTimer wall;
  wall.start();
  while (!done() && wall.elapsed() < ms) {
    const double begin = thread_ms();
    QCoreApplication::processEvents(QEventLoop::AllEvents, 0);
    turns.push_back(thread_ms() - begin);
    QTest::qSleep(2);
  }
  std::sort(turns.begin(), turns.end());
  return turns;
}

void report(const char* what, const std::vector<double>& turns) {
  fmt::print("turns of the event loop {}: {}, p99 {:.1f} ms, worst {:.1f} ms of processor\n", what,
             turns.size(), turns[turns.size() * 99 / 100], turns.back());
}

}  // namespace

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
  std::vector<double> turns;
  for (const auto tab : {MainWindow::kPlots, MainWindow::kDiagram, MainWindow::kPlots}) {
    w.show_tab(tab);
    for (int i = 0; i < 5; ++i) QCoreApplication::processEvents();
    const auto some = turns_until([] { return false; }, 1500);
    turns.insert(turns.end(), some.begin(), some.end());
  }
  s.controller().stop(r);
  REQUIRE(wait_for([&] { return s.controller().active() == 0; }));
  REQUIRE(settle(s));
  std::sort(turns.begin(), turns.end());
  report("during a run", turns);
  CHECK(turns[turns.size() * 99 / 100] < 50.0);
}

TEST_CASE("the window answers within 50 ms while a long result is read and drawn") {
  Bench b;
  Session& s = b.session();
  MainWindow& w = *b.window;
  w.resize(1440, 900);
  w.show_tab(MainWindow::kPlots);
  constexpr size_t kRows = 2'000'000;
  const std::string path = b.folder.filePath("long.h5").toStdString();
  {
    steppe::io::RecorderSpec spec;
    spec.deflate = 0;
    spec.channels.push_back(
        {"a.power", "W", "", 1, steppe::io::ChannelSpec::Kind::continuous, false, false});
    spec.channels.push_back(
        {"b.temp", "K", "", 4, steppe::io::ChannelSpec::Kind::continuous, false, false});
    steppe::io::Recorder file(path, spec);
    for (size_t i = 0; i < kRows; ++i) {
      const double x = static_cast<double>(i % 1000);
      const double row[5] = {1e6 + x, 290 + x / 100, 291 + x / 100, 292, 293};
      file.append(static_cast<double>(i), row);
    }
    file.finish("complete");
  }
  REQUIRE(w.files().open_path(QString::fromStdString(path)));
  auto turns = turns_until([&] { return s.run() && s.run()->usable(); });
  w.show_tab(MainWindow::kPlots);
  size_t seen = 0;  // values of the curve that were there to be drawn
  int parts = 0;    // times that there were more
  auto more = turns_until([&] {
    const auto so_far = s.run()->series_so_far("a.power");
    if (so_far && so_far->size() > seen) {
      seen = so_far->size();
      ++parts;
    }
    return s.run()->series("a.power") && s.run()->heat_map("b.temp") && s.idle();
  });
  CHECK(s.run()->series("a.power")->size() == kRows);
  CHECK(parts > 2);
  turns.insert(turns.end(), more.begin(), more.end());
  std::sort(turns.begin(), turns.end());
  report("while a result is read", turns);
  CHECK(turns.back() < 50.0);
}
