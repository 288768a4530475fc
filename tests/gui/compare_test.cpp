// Two runs side by side: the curve of their difference, what it is made of, and all plots on a
// page.
#include <doctest/doctest.h>

#include <QFile>
#include <QFileInfo>
#include <cmath>

#include "gui/actions/actions.h"
#include "gui/diagram/component_values.h"
#include "gui/panels/compare_view.h"
#include "gui/panels/why_panel.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "sim/io/result_file.h"
#include "tests/gui/support.h"

using namespace steppe;
using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("compare: the difference curve and why the runs differ") {
  Bench b;
  Session& s = b.session();
  REQUIRE(b.window->files().open_path(QString::fromStdString(b.write("small.yaml", kSmall))));
  REQUIRE(settle(s));
  RunData* first = run_to_end(b);
  REQUIRE(s.set_value("components[load].params.power", "0.8 MW").isEmpty());
  REQUIRE(settle(s));
  RunData* second = run_to_end(b);
  b.window->show_tab(MainWindow::kCompare);
  REQUIRE(settle(s));
  CompareView& v = *b.window->compare();
  REQUIRE(v.difference()->curves().size() == 1);
  auto& curve = v.difference()->curves()[0];
  REQUIRE(wait_for([&] { return v.difference()->series_of(curve) != nullptr; }));
  const auto key = curve.key;
  for (double t : {17.0, 200.0, 417.0, 1100.0}) {
    const auto x = first->series(key)->at(t), y = second->series(key)->at(t);
    const auto d = v.difference()->series_of(curve)->at(t);
    REQUIRE((x && y && d));
    CHECK(*d == doctest::Approx(*y - *x).epsilon(1e-9));
  }
  // 200 kW less, five minutes of them half as much again: the load explains nearly all of it.
  REQUIRE(v.why()->shown());
  const FigureDifference& why = *v.why()->shown();
  CHECK(why.name == "energy_site");
  CHECK(why.delta < -0.15e6 * 1200);
  REQUIRE_FALSE(why.parts.empty());
  double sum = 0.0;
  for (const auto& [name, d] : why.parts) sum += d;
  CHECK(sum / why.delta == doctest::Approx(1.0).epsilon(1e-6));
  CHECK(why.parts[0].first == "energy_other");  // an ac load is neither computing nor cooling
  CHECK_FALSE(v.why()->headline().isEmpty());

  // Every plot of the grid stands on the page.
  b.window->show_tab(MainWindow::kPlots);
  b.window->plots()->set_layout_text("grid.p_import|transformer.q_in");
  REQUIRE(settle(s));
  for (const char* suffix : {"svg", "pdf", "png"}) {
    const QString out = b.folder.filePath(QString("grid.") + suffix);
    CHECK(b.window->plots()->export_to(out).isEmpty());
    CHECK(QFileInfo(out).size() > 3000);
  }
  QFile svg(b.folder.filePath("grid.svg"));
  REQUIRE(svg.open(QIODevice::ReadOnly));
  const QByteArray text = svg.readAll();
  CHECK(text.contains("grid.p_import"));
  CHECK(text.contains("transformer.q_in"));
  CHECK_FALSE(b.window->plots()->export_to(b.folder.filePath("grid.txt")).isEmpty());
  CHECK_FALSE(b.window->plots()->export_to(b.folder.filePath("no/where.pdf")).isEmpty());
}

TEST_CASE("equal units: what adds up is shown for all of them, and can be plotted so") {
  std::string text = kSmall;
  const std::string one = "  - id: load\n    type: ac_load\n";
  text.replace(text.find(one), one.size(), one + "    count: 3\n    lump: false\n");
  text.replace(text.find("power: 1 MW"), 11, "power: 0.3 MW");
  text.resize(text.find("events:"));
  Bench b;
  Session& s = b.session();
  REQUIRE(b.window->files().open_path(QString::fromStdString(b.write("three.yaml", text))));
  REQUIRE(settle(s));
  REQUIRE(s.current()->check);
  REQUIRE(s.current()->check->ok);
  RunData* r = run_to_end(b);
  const SignalInfo* power = r->info("load.power");
  REQUIRE(power);
  REQUIRE(power->width == 3);
  const QString all = RunData::make_key("load.power", RunData::kAllUnits);
  CHECK(all == "load[*].power");
  CHECK(RunData::split_key(all) == std::pair{QString("load.power"), RunData::kAllUnits});
  REQUIRE(wait_for([&] { return r->series(all) != nullptr; }));
  const auto file = io::ResultFile::open(r->path.toStdString());
  const auto rows = file.read("load.power", 100, 1);
  REQUIRE(rows.size() == 3);
  const double sum = rows[0] + rows[1] + rows[2], t = file.time()[100];
  CHECK(*r->series(all)->at(t) == doctest::Approx(sum).epsilon(1e-9));
  REQUIRE(wait_for([&] { return view_of(*r, "load", t).flow.has_value(); }));
  CHECK(*view_of(*r, "load", t).flow == doctest::Approx(sum).epsilon(1e-9));
  // One of them alone says its own.
  REQUIRE(wait_for([&] { return view_of(*r, "load[1]", t).flow.has_value(); }));
  CHECK(*view_of(*r, "load[1]", t).flow == doctest::Approx(rows[1]).epsilon(1e-9));
}

TEST_CASE("the balance of a run in progress") {
  Bench b;
  Session& s = b.session();
  std::string text = kSmall;
  text.replace(text.find("20 min"), 6, "400 d");
  REQUIRE(b.window->files().open_path(QString::fromStdString(b.write("long.yaml", text))));
  REQUIRE(settle(s));
  b.window->show_tab(MainWindow::kBalance);
  RunData* r = s.start_run();
  REQUIRE(wait_for([&] { return r->live() && r->accounts.time.size() > 100; }));
  for (const auto& [name, rates] : r->accounts.rates)
    CHECK(rates.size() == r->accounts.time.size());
  CHECK(b.window->grab().width() > 0);
  s.controller().stop(r);
  REQUIRE(wait_for([&] { return s.controller().active() == 0; }));
  REQUIRE(settle(s));
  CHECK(r->accounts.time.size() > 100);
}
