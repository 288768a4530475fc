// The window through its mouse and its keys alone.
#include <doctest/doctest.h>

#include <QApplication>
#include <QDialog>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <algorithm>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_items.h"
#include "gui/diagram/diagram_view.h"
#include "gui/panels/signal_tree.h"
#include "gui/panels/time_ruler.h"
#include "gui/panels/yaml_view.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "sim/io/result_file.h"
#include "tests/gui/support.h"

using namespace steppe;
using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("mouse and keys: edit, run, step through events, plot, undo") {
  Bench b;
  MainWindow& w = *b.window;
  Session& s = b.session();
  w.resize(1440, 900);
  QApplication::setActiveWindow(&w);
  w.files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(s));
  auto* tabs = w.findChild<QTabWidget*>("views");
  REQUIRE(tabs);
  auto click_tab = [&](MainWindow::Tab t) {
    QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, Qt::NoModifier,
                      tabs->tabBar()->tabRect(t).center());
    CHECK(tabs->currentIndex() == t);
  };
  auto key = [&](Qt::Key k, Qt::KeyboardModifiers m = Qt::NoModifier) {
    QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &w, k, m);
    QCoreApplication::processEvents();
  };

  // A click on a box of the diagram selects it.
  DiagramView* d = w.diagram();
  for (auto* box : d->boxes())
    if (box->id() == "load")
      QTest::mouseClick(d->viewport(), Qt::LeftButton, Qt::NoModifier,
                        d->mapFromScene(box->sceneBoundingRect().center()));
  CHECK(s.selection() == "load");

  // Type into the text: it is checked, and one undo takes the word back.
  click_tab(MainWindow::kYaml);
  w.yaml()->go_to_line(3);
  QTest::keyClick(w.yaml(), Qt::Key_End);
  QTest::keyClicks(w.yaml(), " Small.");
  CHECK(s.current()->document.note() == "A grid, a transformer and a load. Small.");
  REQUIRE(settle(s));
  // One step, or some when the typing took longer than a burst.
  for (int i = 0; i < 7 && s.current()->document.text() != kSmall; ++i)
    key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(s.current()->document.text() == kSmall);

  // Run by the button, then from event to event.
  auto* run = w.findChild<QPushButton*>("run_button");
  REQUIRE(run);
  QTest::mouseClick(run, Qt::LeftButton);
  RunData* r = s.run();
  REQUIRE(r);
  REQUIRE(wait_for([&] { return r->phase == RunData::Phase::done && !r->kpis.empty(); }));
  REQUIRE(settle(s));
  click_tab(MainWindow::kDiagram);
  s.set_cursor(0);
  d->setFocus();
  key(Qt::Key_E);
  CHECK(s.cursor() == 300.0);
  key(Qt::Key_E);
  CHECK(s.cursor() == 600.0);
  key(Qt::Key_E, Qt::ShiftModifier);
  CHECK(s.cursor() == 300.0);
  auto* strip = w.findChild<RulerStrip*>();
  REQUIRE(strip);
  QTest::mouseClick(strip, Qt::LeftButton, Qt::NoModifier,
                    QPoint(strip->width() / 2, strip->height() / 2));
  CHECK(s.cursor() == doctest::Approx(600.0).epsilon(0.01));

  // Find a signal and plot it, by keys.
  click_tab(MainWindow::kPlots);
  for (auto* c : w.plots()->cells()) c->clear();
  key(Qt::Key_F, Qt::ControlModifier);
  REQUIRE(w.signal_tree()->filter()->hasFocus());
  QTest::keyClicks(w.signal_tree()->filter(), "grid.p_import");
  key(Qt::Key_Down);
  REQUIRE(w.signal_tree()->tree()->hasFocus());
  key(Qt::Key_Return);
  REQUIRE(w.plots()->plotted("grid.p_import"));
  REQUIRE(settle(s));

  // A click in the plot sets the cursor; the value shown there is the value in the file.
  PlotCell* cell = nullptr;
  for (auto* c : w.plots()->cells())
    if (c->contains("grid.p_import")) cell = c;
  REQUIRE(cell);
  auto* canvas = cell->canvas();
  const QPoint at(static_cast<int>(canvas->xAxis->coordToPixel(450.0)), canvas->height() / 2);
  QTest::mouseClick(canvas, Qt::LeftButton, Qt::NoModifier, at);
  CHECK(s.cursor() == doctest::Approx(450.0).epsilon(0.01));
  const auto file = io::ResultFile::open(r->path.toStdString());
  const auto t = file.time();
  const auto v = file.read("grid.p_import");
  const auto row =
      static_cast<size_t>(std::lower_bound(t.begin(), t.end(), s.cursor()) - t.begin());
  s.set_cursor(t[row]);
  CHECK(r->value("grid.p_import", s.cursor()) == v[row]);

  // Drag a rectangle: that span is shown, and Alt+Left leads back.
  const auto whole = s.range();
  wait_for([] { return false; }, 450);  // another move than the one before
  const QPoint from(static_cast<int>(canvas->xAxis->coordToPixel(200.0)), 40);
  const QPoint to(static_cast<int>(canvas->xAxis->coordToPixel(800.0)), 50);
  QTest::mousePress(canvas, Qt::LeftButton, Qt::NoModifier, from);
  QTest::mouseMove(canvas, (from + to) / 2);
  QTest::mouseMove(canvas, to);
  QTest::mouseRelease(canvas, Qt::LeftButton, Qt::NoModifier, to);
  QCoreApplication::processEvents();
  CHECK(s.range().first == doctest::Approx(200.0).epsilon(0.03));
  CHECK(s.range().second == doctest::Approx(800.0).epsilon(0.03));
  canvas->setFocus();
  key(Qt::Key_Left, Qt::AltModifier);
  CHECK(s.range() == whole);

  // The sheet of keys and the model card
  key(Qt::Key_Slash, Qt::ControlModifier);
  auto* sheet = w.findChild<QDialog*>("keys");
  REQUIRE(sheet);
  sheet->close();
  QApplication::setActiveWindow(&w);
  canvas->setFocus();
  key(Qt::Key_F1);
  CHECK(w.findChild<QDialog*>("model_card"));
}
