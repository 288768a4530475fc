// The window driven as a person would: open, edit, run, read at the cursor, stop, compare, export.
#include <doctest/doctest.h>

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPointer>
#include <QTableWidget>
#include <QTreeWidget>
#include <cmath>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_items.h"
#include "gui/diagram/diagram_view.h"
#include "gui/panels/balance_view.h"
#include "gui/panels/compare_view.h"
#include "gui/panels/inspector.h"
#include "gui/panels/scenario_tree.h"
#include "gui/panels/signal_tree.h"
#include "gui/panels/yaml_view.h"
#include "gui/plot/hall_map.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "sim/io/recorder.h"
#include "sim/io/result_file.h"
#include "tests/gui/support.h"

using namespace steppe;
using namespace steppe::gui;
using namespace steppe::gui::test;

namespace {

QTableWidget* table(Bench& b, const char* name) {
  auto* t = b.window->findChild<QTableWidget*>(name);
  REQUIRE(t);
  return t;
}

}  // namespace

TEST_CASE("the window fits 1440 x 900 whatever it shows") {
  Bench b;
  b.window->resize(1440, 900);
  b.window->show();
  b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(b.session()));
  for (auto tab : {MainWindow::kDiagram, MainWindow::kPlots, MainWindow::kCompare,
                   MainWindow::kStudy, MainWindow::kBalance, MainWindow::kYaml}) {
    b.window->show_tab(tab);
    QCoreApplication::processEvents();
    CAPTURE(static_cast<int>(tab));
    CHECK(b.window->width() == 1440);
    CHECK(b.window->height() == 900);
  }
}

TEST_CASE("open, edit, run, read at the cursor, stop, compare, export") {
  Bench b;
  Session& s = b.session();
  const auto file = b.write("small.yaml", kSmall);
  REQUIRE(b.window->files().open_path(QString::fromStdString(file)));
  REQUIRE(settle(s));
  REQUIRE(s.current()->check);
  CHECK(s.current()->check->ok);
  CHECK(b.window->diagram()->boxes().size() == 3);
  CHECK(table(b, "problems")->rowCount() == 1);

  // Edit: the form writes one scalar, text that is no value stays out of the file.
  s.select("load");
  QCoreApplication::processEvents();
  ParamRow* power = b.window->inspector()->row("power");
  REQUIRE(power);
  auto* field = qobject_cast<QLineEdit*>(power->field());
  REQUIRE(field);
  CHECK(field->text() == "1 MW");
  field->setFocus();
  field->selectAll();
  QTest::keyClicks(field, "-3 MW");
  QTest::keyClick(field, Qt::Key_Return);
  CHECK(s.current()->document.text() == kSmall);
  CHECK(field->palette().color(QPalette::Text) != b.window->palette().color(QPalette::Text));
  field->selectAll();
  QTest::keyClicks(field, "1.2 MW");
  QTest::keyClick(field, Qt::Key_Return);
  std::string expected = kSmall;
  expected.replace(expected.find("1 MW"), 4, "1.2 MW");
  CHECK(s.current()->document.text() == expected);
  CHECK(b.window->yaml()->toPlainText().toStdString() == expected);
  REQUIRE(settle(s));

  // Run; the value at the cursor is the value in the file.
  RunData* first = run_to_end(b);
  CHECK(first->status == "complete");
  CHECK(first->wall_s > 0);
  b.window->show_tab(MainWindow::kPlots);
  REQUIRE(b.window->plots()->plotted("grid.p_import"));
  s.set_cursor(417.0);
  REQUIRE(settle(s));
  const auto in_file = io::ResultFile::open(first->path.toStdString());
  const auto t = in_file.time();
  const auto v = in_file.read("grid.p_import");
  const size_t row = static_cast<size_t>(std::lower_bound(t.begin(), t.end(), 417.0) - t.begin());
  REQUIRE(t[row] == 417.0);
  const auto shown = first->value("grid.p_import", s.cursor());
  REQUIRE(shown);
  CHECK(*shown == v[row]);

  // Stop in the middle: the file stays and says so.
  REQUIRE(s.set_value("run.until", "400 d").isEmpty());
  RunData* second = s.start_run();
  REQUIRE(wait_for([&] { return second->live() && second->rows > 100; }));
  CHECK(second->series("grid.p_import")->size() > 100);
  b.window->run_actions().stop->trigger();
  REQUIRE(wait_for([&] { return second->phase == RunData::Phase::done && !second->kpis.empty(); }));
  REQUIRE(settle(s));
  CHECK(second->status == "cancelled");
  CHECK(io::ResultFile::open(second->path.toStdString()).status() == "cancelled");
  CHECK(second->rows > 100);

  // Compare
  b.window->show_tab(MainWindow::kCompare);
  QCoreApplication::processEvents();
  CHECK(b.window->compare()->figures()->rowCount() > 3);
  REQUIRE(b.window->compare()->inputs()->rowCount() == 1);
  CHECK(b.window->compare()->inputs()->item(0, 0)->text() == "run.until");
  CHECK(b.window->compare()->csv().contains("Peak site power"));

  // Export
  s.set_run(first);
  REQUIRE(settle(s));
  for (const char* suffix : {"png", "svg", "pdf", "csv"}) {
    const QString out = b.folder.filePath(QString("plot.") + suffix);
    CHECK(b.window->plots()->cells()[0]->export_to(out).isEmpty());
    CHECK(QFileInfo(out).size() > 500);
  }
  for (const char* suffix : {"png", "svg", "pdf"}) {
    const QString out = b.folder.filePath(QString("diagram.") + suffix);
    CHECK(b.window->diagram()->export_to(out).isEmpty());
    CHECK(QFileInfo(out).size() > 500);
  }
  CHECK_FALSE(
      b.window->plots()->cells()[0]->export_to(b.folder.filePath("no/where.png")).isEmpty());
  CHECK_FALSE(b.window->plots()->cells()[0]->export_to(b.folder.filePath("plot.txt")).isEmpty());
  CHECK(QDir(b.folder.path()).entryList({".*.yaml"}, QDir::Files | QDir::Hidden).isEmpty());
}

TEST_CASE("problems lead to their line, and the last good picture stays") {
  Bench b;
  Session& s = b.session();
  std::string text = kSmall;
  b.window->files().open_path(QString::fromStdString(b.write("a.yaml", text)));
  REQUIRE(settle(s));
  text.replace(text.find("type: ac_load"), 13, "type: ac_lood");
  s.current()->document.set_text(text, "typing");
  s.text_edited();
  REQUIRE(settle(s));
  auto* problems = table(b, "problems");
  REQUIRE(problems->rowCount() >= 1);
  CHECK(problems->item(0, 0)->text().contains("ac_load"));
  CHECK(b.window->diagram()->boxes().size() == 3);
  Q_EMIT problems->itemClicked(problems->item(0, 0));
  CHECK(b.window->yaml()->textCursor().blockNumber() + 1 == 15);
  s.current()->document.set_text("a: [", "typing");
  s.text_edited();
  REQUIRE(settle(s));
  CHECK(problems->rowCount() >= 1);
  s.current()->document.undo();
  s.current()->document.undo();
  s.text_edited();
  REQUIRE(settle(s));
  CHECK(s.current()->check->ok);
}

TEST_CASE("foreign, broken and unfinished files give a message and leave the window usable") {
  Bench b;
  Session& s = b.session();
  QStringList said;
  QObject::connect(&s, &Session::said, [&](const QString& t, bool problem) {
    if (problem) said << t;
  });
  for (const auto& [name, text] :
       {std::pair<std::string, std::string>{"foreign.h5", "no HDF5 at all"},
        {"empty.h5", ""},
        {"binary.yaml", std::string("a\0b", 3)}}) {
    const auto before = said.size();
    b.window->files().open_path(QString::fromStdString(b.write(name, text)));
    REQUIRE(settle(s));
    CHECK_MESSAGE(said.size() > before, name);
  }
  CHECK_FALSE(b.window->files().open_path(b.folder.filePath("none.yaml")));
  CHECK_FALSE(b.window->files().open_path(b.folder.path() + "/"));
  CHECK(s.runs().empty());
  // A file that a recorder is writing at this moment, and the same cut off.
  const std::string path = b.folder.filePath("live.h5").toStdString();
  {
    io::RecorderSpec spec;
    spec.channels.push_back({"a.b", "W", "", 1, io::ChannelSpec::Kind::continuous, false, false});
    io::Recorder rec(path, spec);
    const double x = 1.0;
    rec.append(0.0, &x);
    rec.flush();
    const auto before = said.size();
    b.window->files().open_path(QString::fromStdString(path));
    REQUIRE(settle(s));
    // Within one process the library lets us read it; another process is refused with a message.
    CHECK((said.size() > before || (s.run() && s.run()->status != "complete")));
  }
  b.window->files().open_path(QString::fromStdString(b.write("good.yaml", kSmall)));
  REQUIRE(settle(s));
  CHECK(s.current()->check->ok);
}

TEST_CASE("an opened result brings its scenario, its events and its plots") {
  Bench b;
  Session& s = b.session();
  b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(s));
  const QString path = run_to_end(b)->path;
  Bench other;
  other.window->files().open_path(path);
  REQUIRE(settle(other.session()));
  REQUIRE(other.session().run());
  CHECK(other.session().current()->read_only);
  CHECK(other.session().current()->document.text() == kSmall);
  CHECK(other.window->diagram()->boxes().size() == 3);
  CHECK(table(other, "events")->rowCount() >= 3);
  other.session().set_cursor(0);
  other.session().next_event(+1);
  CHECK(other.session().cursor() == doctest::Approx(300.0));
  // The state of the grid while it has failed.
  other.session().set_cursor(620);
  REQUIRE(settle(other.session()));
  CHECK(view_of(*other.session().run(), "grid", 620).mode == "off");
  CHECK(view_of(*other.session().run(), "grid", 700).mode == "on");
}

TEST_CASE("signals are plotted by tick, by Enter and by dropping") {
  Bench b;
  Session& s = b.session();
  b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(s));
  run_to_end(b);
  b.window->show_tab(MainWindow::kPlots);
  for (auto* c : b.window->plots()->cells()) c->clear();
  b.window->signal_tree()->filter()->setText("q_in");
  QTreeWidgetItem* found = nullptr;
  for (QTreeWidgetItemIterator it(b.window->signal_tree()->tree()); *it; ++it)
    if ((*it)->data(0, Qt::UserRole).toString() == "transformer.q_in") found = *it;
  REQUIRE(found);
  CHECK_FALSE(found->isHidden());
  found->setCheckState(0, Qt::Checked);
  CHECK(b.window->plots()->plotted("transformer.q_in"));
  found->setCheckState(0, Qt::Unchecked);
  CHECK_FALSE(b.window->plots()->plotted("transformer.q_in"));
  PlotCell* cell = b.window->plots()->cells()[0];
  QMimeData mime;
  mime.setData("application/x-steppe-signal", "load.power\ntransformer.load");
  QDragEnterEvent enter(QPoint(80, 80), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(cell, &enter);
  CHECK(enter.isAccepted());
  QDropEvent drop(QPointF(80, 80), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(cell, &drop);
  REQUIRE(cell->curves().size() == 2);
  CHECK(cell->curves()[1].right);  // another unit
  REQUIRE(settle(s));
  // Pan, zoom, cursor with the mouse
  const auto before = s.range();
  auto* canvas = cell->canvas();
  const QPoint at(canvas->width() / 2, canvas->height() / 2);
  QWheelEvent wheel(at, canvas->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QCoreApplication::sendEvent(canvas, &wheel);
  CHECK(s.range().second - s.range().first < before.second - before.first);
  QTest::mouseClick(canvas, Qt::LeftButton, Qt::NoModifier, at);
  CHECK(s.cursor() == doctest::Approx(cell->canvas()->xAxis->pixelToCoord(at.x())));
  QTest::mousePress(canvas, Qt::MiddleButton, Qt::NoModifier, at);
  QTest::mouseMove(canvas, at + QPoint(60, 0));
  QTest::mouseRelease(canvas, Qt::MiddleButton, Qt::NoModifier, at + QPoint(60, 0));
  cell->fit();
  CHECK(s.range() == s.full_range());
  CHECK(cell->visible_csv().count('\n') > 100);
}

TEST_CASE("queue: a queued run can be dropped, a paused one goes on") {
  Bench b;
  Session& s = b.session();
  std::string text = kSmall;
  text.replace(text.find("20 min"), 6, "300 d");
  b.window->files().open_path(QString::fromStdString(b.write("long.yaml", text)));
  REQUIRE(settle(s));
  RunData* first = s.start_run();
  std::vector<RunData*> more;
  for (int i = 0; i < RunController::most_parallel(); ++i) more.push_back(s.start_run());
  CHECK(s.controller().queued() == 1);
  s.controller().stop(more.back());
  CHECK(s.controller().queued() == 0);
  CHECK(more.back()->phase == RunData::Phase::failed);
  REQUIRE(wait_for([&] { return first->live() && first->rows > 10; }));
  s.controller().pause(first, true);
  const double t = first->progress.t;
  wait_for([] { return false; }, 400);
  const double held = first->progress.t;
  wait_for([] { return false; }, 300);
  CHECK(first->progress.t == held);
  CHECK(held >= t);
  s.controller().pause(first, false);
  REQUIRE(wait_for([&] { return first->progress.t > held; }));
  s.controller().stop_all();
  REQUIRE(wait_for([&] { return s.controller().active() == 0; }));
  REQUIRE(settle(s));
  CHECK(first->status == "cancelled");
}

TEST_CASE("a run that cannot start says why") {
  Bench b;
  Session& s = b.session();
  std::string text = kSmall;
  text.replace(text.find("load.in"), 7, "load.on");
  b.window->files().open_path(QString::fromStdString(b.write("bad.yaml", text)));
  REQUIRE(settle(s));
  RunData* r = s.start_run();
  REQUIRE(wait_for([&] { return r->phase == RunData::Phase::failed; }));
  CHECK_FALSE(r->message.isEmpty());
  REQUIRE(settle(s));
}

TEST_CASE("balance: what comes in is what goes out") {
  const auto b = balance_of({{"grid_import", 100.0},
                             {"battery_chemistry", -5.0},
                             {"it", 80.0},
                             {"cooling", 10.0},
                             {"loss_chain", 5.0},
                             {"to_ambient", 90.0}});
  CHECK(b.total == 100.0);
  double used = 0.0;
  for (const auto& u : b.uses) used += u.energy;
  CHECK(used == doctest::Approx(100.0));
  REQUIRE(b.sinks.size() == 2);
  CHECK(b.sinks[1].name == "stored");
  CHECK(b.sinks[1].energy == doctest::Approx(5.0));
}

TEST_CASE("balance: the rates of the run add up to its ledger") {
  Bench b;
  Session& s = b.session();
  b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(s));
  RunData* r = run_to_end(b);
  REQUIRE(r->accounts.time.size() > 1000);  // one row a second
  const Ledger all = ledger_between(r->accounts, r->t_begin, r->t_end);
  double import = 0.0;
  for (const auto& l : r->ledger)
    if (l.name == "grid_import") import = l.value;
  REQUIRE(import > 0.0);
  for (const auto& [name, energy] : all) {
    if (name != "grid_import") continue;
    // The jumps of the load and of the failed grid fall between two samples: at most 1 s of 2 MW
    // each.
    CHECK(std::abs(energy - import) < 4 * 2e6);
  }
  const Ledger first = ledger_between(r->accounts, 0.0, 200.0),
               rest = ledger_between(r->accounts, 200.0, r->t_end);
  for (size_t i = 0; i < all.size(); ++i)
    CHECK(first[i].second + rest[i].second == doctest::Approx(all[i].second).epsilon(1e-9));
  // At an instant: what is drawn is what is used.
  const Balance now = balance_of(ledger_at(r->accounts, 100.0));
  double used = 0.0;
  for (const auto& u : now.uses) used += u.energy;
  CHECK(now.total > 0.9e6);  // a load of 1 MW, a little below its nominal voltage
  CHECK(used / now.total == doctest::Approx(1.0).epsilon(1e-6));
  CHECK(ledger_at({}, 1.0).empty());
  b.window->show_tab(MainWindow::kBalance);
  for (const auto span :
       {BalanceView::Span::range, BalanceView::Span::cursor, BalanceView::Span::run}) {
    b.window->balance()->set_span(span);
    for (const char* suffix : {"png", "svg", "pdf"}) {
      const QString out = b.folder.filePath(QString("balance.") + suffix);
      CHECK(b.window->balance()->export_to(out).isEmpty());
      CHECK(QFileInfo(out).size() > 1000);
    }
  }
}

TEST_CASE("undo of everything: the text and the arrangement of the plots, in their order") {
  Bench b;
  Session& s = b.session();
  b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(s));
  run_to_end(b);
  PlotGrid& plots = *b.window->plots();
  auto pause = [] { wait_for([] { return false; }, 120); };  // longer than a burst
  auto trigger = [&](const char* key) {
    for (QAction* a : b.window->actions())
      if (a->shortcut() == QKeySequence(key)) a->trigger();
  };
  const QString first = plots.layout_text();
  pause();
  REQUIRE(s.set_value("components[load].params.power", "1.1 MW").isEmpty());
  pause();
  plots.cells()[0]->add("transformer.q_in");
  const QString second = plots.layout_text();
  CHECK(second != first);
  pause();
  REQUIRE(s.set_value("run.until", "7 min").isEmpty());
  trigger("Ctrl+Z");
  CHECK(s.current()->document.value("run.until") == "20 min");
  CHECK(plots.layout_text() == second);
  trigger("Ctrl+Z");
  CHECK(plots.layout_text() == first);
  CHECK(s.current()->document.value("components[load].params.power") == "1.1 MW");
  trigger("Ctrl+Z");
  CHECK(s.current()->document.text() == kSmall);
  trigger("Ctrl+Shift+Z");
  CHECK(s.current()->document.value("components[load].params.power") == "1.1 MW");
  CHECK(plots.layout_text() == first);
  trigger("Ctrl+Shift+Z");
  CHECK(plots.layout_text() == second);
  trigger("Ctrl+Shift+Z");
  CHECK(s.current()->document.value("run.until") == "7 min");
}

TEST_CASE("a plot that is closed does not outlive its window") {
  QPointer<PlotCell> closed;
  {
    Bench b;
    b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
    REQUIRE(settle(b.session()));
    PlotGrid& plots = *b.window->plots();
    plots.set_layout_text("grid.p_import|transformer.q_in");
    REQUIRE(plots.cells().size() == 2);
    closed = plots.cells().back();
    closed->refresh();
    plots.set_layout_text("grid.p_import");
    REQUIRE(plots.cells().size() == 1);
  }
  CHECK(closed.isNull());
  QCoreApplication::processEvents();
}

TEST_CASE("a workspace brings back files, plots, cursor and range") {
  Bench b;
  Session& s = b.session();
  b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall)));
  REQUIRE(settle(s));
  run_to_end(b);
  b.window->show_tab(MainWindow::kPlots);
  b.window->plots()->set_layout_text("grid.p_import,>load.p|transformer.q_in\nload.p");
  s.set_range(100, 500);
  s.set_cursor(321);
  const QString file = b.folder.filePath("look.yaml");
  REQUIRE(b.window->save_workspace(file).isEmpty());
  const QString plots = b.window->plots()->layout_text();
  Bench other;
  Session& o = other.session();
  REQUIRE(other.window->files().open_path(file));
  REQUIRE(settle(o));
  CHECK(other.window->plots()->layout_text() == plots);
  CHECK(o.cursor() == 321);
  CHECK(o.range() == std::pair{100.0, 500.0});
  REQUIRE(o.run());
  CHECK(o.run()->path == s.run()->path);
  // A broken one is a message.
  int said = 0;
  QObject::connect(&o, &Session::said, [&](const QString&, bool problem) { said += problem; });
  CHECK_FALSE(other.window->files().open_path(
      QString::fromStdString(other.write("bad.yaml", "workspace: 1\ncursor: x\n"))));
  CHECK(said == 1);
}

TEST_CASE("a new scenario from a shipped one is a copy with a name of its own") {
  Bench b;
  Session& s = b.session();
  const QString original = QString::fromStdString(b.write("small.yaml", kSmall));
  b.window->files().new_from(original);
  REQUIRE(settle(s));
  REQUIRE(s.current());
  CHECK(s.current()->document.text() == kSmall);
  CHECK(s.current()->check->ok);
  CHECK(s.current()->title == "small-1.yaml");
  CHECK_FALSE(QFileInfo::exists(b.folder.filePath("small-1.yaml")));
  CHECK(b.window->files().save->isEnabled());
}

TEST_CASE("a heat map, and the hall at the cursor") {
  Bench b;
  Session& s = b.session();
  const std::string path = b.folder.filePath("racks.h5").toStdString();
  {
    io::RecorderSpec spec;
    spec.channels.push_back(
        {"rack.temp", "K", "Coolant", 6, io::ChannelSpec::Kind::continuous, false, false});
    io::Recorder rec(path, spec);
    double row[6];
    for (int i = 0; i <= 100; ++i) {
      for (int u = 0; u < 6; ++u) row[u] = 300.0 + u + 0.1 * i;
      rec.append(i, row);
    }
    rec.finish("complete");
  }
  b.window->files().open_path(QString::fromStdString(path));
  REQUIRE(settle(s));
  b.window->show_tab(MainWindow::kPlots);
  PlotCell* cell = b.window->plots()->cells()[0];
  cell->clear();
  cell->add("rack.temp");
  REQUIRE(settle(s));
  CHECK(cell->heat() == "rack.temp");
  s.set_cursor(50);
  cell->set_hall(true);
  cell->refresh_now();
  auto* hall = cell->findChild<HallMap*>();
  REQUIRE(hall);
  CHECK(hall->isVisible());
  CHECK_FALSE(cell->canvas()->isVisible());
  CHECK(b.window->plots()->layout_text().startsWith("#rack.temp"));
  // A click on a square plots that unit.
  QString wanted;
  QObject::connect(&s, &Session::plot_wanted, [&](const QString& k) { wanted = k; });
  for (int x = 5; x < hall->width() && wanted.isEmpty(); x += 10)
    QTest::mouseClick(hall, Qt::LeftButton, Qt::NoModifier, {x, hall->height() / 2});
  CHECK(wanted.startsWith("rack[0]"));
  const QString csv = cell->visible_csv();
  CHECK(csv.startsWith("time_s,rack[0].temp [K],rack[1].temp [K]"));
  CHECK(csv.count('\n') == 102);
  cell->set_hall(false);
  cell->refresh_now();
  CHECK(cell->canvas()->isVisible());
}
