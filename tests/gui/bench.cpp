// Frame times with ten million points in each of eight curves, and the time to open their file of
// 1 GB: 24 signals, of which only those that are plotted are read.
//   gui_bench            (STEPPE_BENCH_ROWS changes the number of rows)
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <QElapsedTimer>
#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "gui/actions/actions.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "sim/io/recorder.h"
#include "tests/gui/support.h"

using namespace steppe;
using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("ten million points in eight curves") {
  const auto rows =
      static_cast<size_t>(qEnvironmentVariable("STEPPE_BENCH_ROWS", "10000000").toLongLong());
  Bench b;
  Session& s = b.session();
  constexpr int kSignals = 24;
  const std::string path = b.folder.filePath("big.h5").toStdString();
  {
    io::RecorderSpec spec;
    spec.deflate = 0;
    for (int c = 0; c < kSignals; ++c)
      spec.channels.push_back({fmt::format("x{}.power", c), "W", "", 1,
                               io::ChannelSpec::Kind::continuous, false, false});
    io::Recorder rec(path, spec);
    double row[kSignals], state = 0.0;
    uint64_t noise = 1;
    for (size_t i = 0; i < rows; ++i) {
      noise = noise * 6364136223846793005ull + 1442695040888963407ull;
      state += (static_cast<double>(noise >> 40) / 16777216.0 - 0.5);
      for (int c = 0; c < kSignals; ++c)
        row[c] =
            1e6 * (1 + c) + 100.0 * state + 1e3 * std::sin(static_cast<double>(i) * 1e-4 * (c + 1));
      rec.append(static_cast<double>(i), row);
    }
    rec.finish("complete");
  }
  QElapsedTimer clock;
  const double file_mb = 1e-6 * static_cast<double>(QFileInfo(QString::fromStdString(path)).size());
  clock.start();
  b.window->files().open_path(QString::fromStdString(path));
  REQUIRE(wait_for([&] { return s.run() && s.run()->usable(); }));
  const auto open_ms = clock.elapsed();
  fmt::print("open: {} ms ({} rows, {:.0f} MB)\n", open_ms, rows, file_mb);
  b.window->resize(1440, 900);
  b.window->show_tab(MainWindow::kPlots);
  b.window->plots()->set_grid(1, 1);
  PlotCell* cell = b.window->plots()->cells()[0];
  cell->clear();
  clock.restart();
  cell->add("x0.power");
  REQUIRE(wait_for([&] { return s.run()->series("x0.power") != nullptr; }));
  cell->refresh_now();
  fmt::print("first curve: {} ms\n", clock.elapsed());
  CHECK(open_ms + clock.elapsed() < 1000);
  for (int c = 1; c < 8; ++c) cell->add(QString("x%1.power").arg(c));
  REQUIRE(wait_for([&] {
    for (int c = 0; c < 8; ++c)
      if (!s.run()->series(QString("x%1.power").arg(c))) return false;
    return true;
  }));
  fmt::print("eight curves: {} ms\n", clock.elapsed());
  size_t bytes = 0;
  for (int c = 0; c < 8; ++c) bytes += s.run()->series(QString("x%1.power").arg(c))->bytes();
  bytes += rows * sizeof(double);
  fmt::print("memory: {:.0f} MB for {:.0f} MB of samples and instants\n",
             1e-6 * static_cast<double>(bytes),
             1e-6 * static_cast<double>(rows) * (8 * sizeof(float) + sizeof(double)));
  CHECK(bytes < 2 * rows * (8 * sizeof(float) + sizeof(double)));
  settle(s);
  const double end = static_cast<double>(rows - 1);
  auto frames = [&](const char* what, double width, double step, double zoom) {
    std::vector<double> ms, wall;
    double t0 = 0.1 * end, w = width;
    for (int i = 0; i < 120; ++i) {
      t0 = std::fmod(t0 + step * w, end - w);
      w = std::max(100.0, w * zoom);
      s.set_range(t0, t0 + w);
      QElapsedTimer one;
      one.start();
      const double begin = thread_ms();
      cell->refresh_now();
      ms.push_back(thread_ms() - begin);
      wall.push_back(1e-6 * static_cast<double>(one.nsecsElapsed()));
    }
    std::sort(ms.begin(), ms.end());
    std::sort(wall.begin(), wall.end());
    fmt::print(
        "{:<34} median {:5.2f} ms, p95 {:5.2f} ms, worst {:5.2f} ms; by the wall clock {:5.2f}, "
        "{:5.2f}, {:5.2f} ms\n",
        what, ms[60], ms[114], ms[119], wall[60], wall[114], wall[119]);
    return ms[60];
  };
  CHECK(frames("pan, everything but a tenth", 0.9 * end, 0.003, 1.0) < 16.0);
  CHECK(frames("pan, a tenth", 0.1 * end, 0.02, 1.0) < 16.0);
  CHECK(frames("pan, a thousandth", 0.001 * end, 0.02, 1.0) < 16.0);
  CHECK(frames("zoom in", 0.9 * end, 0.0005, 0.93) < 16.0);
}
