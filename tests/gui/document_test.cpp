#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "gui/document/display.h"
#include "gui/document/scenario_document.h"
#include "gui/document/snapshot_history.h"
#include "gui/document/workspace.h"

using namespace steppe::gui;

namespace {

const char* kText = R"(steppe: 1
name: two feeders   # the name
note: A small site.
run: {until: 10 min}
components:
  # the grid comes first
  - id: grid
    type: utility
    params: {voltage: 10 kV, short_circuit_power: 200 MVA}
  - id: load
    type: ac_load
    params:
      voltage: 10 kV       # nominal
      power: 2 MW
events:
  - {at: 2 min, do: fail, target: grid}
connect:
  - [grid.out, load.in]
)";

}  // namespace

TEST_CASE("a form edit changes one scalar and nothing else") {
  ScenarioDocument d{kText};
  REQUIRE(d.set_value("components[load].params.power", "2.5 MW").empty());
  std::string expected = kText;
  expected.replace(expected.find("2 MW"), 4, "2.5 MW");
  CHECK(d.text() == expected);
  CHECK(d.modified());
  CHECK(d.value("components[load].params.power") == "2.5 MW");
  CHECK(d.undo_label() == "power = 2.5 MW");
  d.undo();
  CHECK(d.text() == kText);
  CHECK_FALSE(d.modified());
  d.redo();
  CHECK(d.text() == expected);
  CHECK_FALSE(d.set_value("components[nobody].params.power", "1").empty());
  CHECK(d.text() == expected);
}

TEST_CASE("the outline follows the text and survives broken text") {
  ScenarioDocument d{kText};
  REQUIRE(d.components().size() == 2);
  CHECK(d.components()[1].id == "load");
  CHECK(d.components()[1].path == "components[load]");
  CHECK(d.components()[1].line == 10);
  REQUIRE(d.events().size() == 1);
  CHECK(d.events()[0].title == "fail grid");
  CHECK(d.name() == "two feeders");
  d.set_text("components: [", "typing");
  CHECK_FALSE(d.parse_error().empty());
  CHECK(d.components().size() == 2);
  d.undo();
  CHECK(d.parse_error().empty());
}

TEST_CASE("typing is one step of undo, other edits are their own") {
  ScenarioDocument d{"a: 1\n"};
  d.set_text("a: 12\n", "typing", "type");
  d.set_text("a: 123\n", "typing", "type");
  d.set_text("a: 5\n", "other");
  d.undo();
  CHECK(d.text() == "a: 123\n");
  d.undo();
  CHECK(d.text() == "a: 1\n");
  CHECK_FALSE(d.can_undo());
  d.redo();
  d.redo();
  CHECK(d.text() == "a: 5\n");
  CHECK_FALSE(d.can_redo());
}

TEST_CASE("random edits are undone to the first byte") {
  std::mt19937 rng(5);
  ScenarioDocument d{kText};
  const char* paths[] = {"components[load].params.power", "components[grid].params.voltage",
                         "run.until", "name", "events[0].at"};
  const char* values[] = {"1 MW", "3 kV", "5 min", "x: y", "", "0.5", "# no comment"};
  for (int i = 0; i < 150; ++i) d.set_value(paths[rng() % 5], values[rng() % 7]);
  const std::string last = d.text();
  while (d.can_undo()) d.undo();
  CHECK(d.text() == kText);
  while (d.can_redo()) d.redo();
  CHECK(d.text() == last);
}

TEST_CASE("snapshots: bursts are one step, a new change ends what can be redone") {
  using namespace std::chrono_literals;
  const ChangeTime t0 = std::chrono::steady_clock::now();
  SnapshotHistory h;
  h.reset("a");
  CHECK(h.undo_time() == ChangeTime());
  CHECK(h.undo() == "a");
  h.record("a", t0);  // nothing has changed
  CHECK(h.undo_time() == ChangeTime());
  h.record("b", t0);
  h.record("c", t0 + 50ms);
  h.record("d", t0 + 1s);
  CHECK(h.undo_time() == t0 + 1s);
  CHECK(h.undo() == "c");
  CHECK(h.undo_time() == t0 + 50ms);
  CHECK(h.redo_time() == t0 + 1s);
  CHECK(h.undo() == "a");
  CHECK(h.redo() == "c");
  h.record("e", t0 + 2s);
  CHECK(h.redo_time() == ChangeTime());
  CHECK(h.undo() == "c");
  CHECK(h.undo() == "a");
  for (int i = 0; i < 500; ++i) h.record(std::to_string(i), t0 + std::chrono::seconds(10 + i));
  int steps = 0;
  for (; h.undo_time() != ChangeTime(); ++steps) h.undo();
  CHECK(steps == static_cast<int>(SnapshotHistory::kMost));
}

TEST_CASE("undo of text and of the arrangement go by the clock") {
  ScenarioDocument d{kText};
  CHECK(d.undo_time() == ChangeTime());
  d.set_value("run.until", "5 min");
  const ChangeTime first = d.undo_time();
  SnapshotHistory plots;
  plots.reset("one");
  plots.record("two");
  CHECK(plots.undo_time() > first);
  d.set_value("name", "x");
  CHECK(d.undo_time() > plots.undo_time());
  d.undo();
  CHECK(d.undo_time() == first);
  CHECK(d.redo_time() > plots.undo_time());
}

TEST_CASE("a workspace is what was written, with files relative to it") {
  Workspace w;
  w.files = {"/data/site/day.yaml", "/data/site/results/day \"1\".h5", "/elsewhere/b.h5"};
  w.current = "/data/site/results/day \"1\".h5";
  w.plots = "grid.p_import,>load.soc|rack.temp\n#rack.temp";
  w.docks = "AAAA/w==";
  w.tab = 1;
  w.cursor = 50551.25;
  w.range0 = -1e-3;
  w.range1 = 86400;
  const std::string text = w.to_yaml("/data/site");
  CHECK(Workspace::is_one(text));
  CHECK_FALSE(Workspace::is_one(kText));
  CHECK(text.find("\"day.yaml\"") != std::string::npos);
  CHECK(text.find("\"/elsewhere/b.h5\"") != std::string::npos);
  const Workspace r = Workspace::from_yaml(text, "/moved");
  CHECK(r.files == std::vector<std::string>{"/moved/day.yaml", "/moved/results/day \"1\".h5",
                                            "/elsewhere/b.h5"});
  CHECK(r.current == r.files[1]);
  CHECK(r.plots == w.plots);
  CHECK(r.docks == w.docks);
  CHECK(r.tab == 1);
  CHECK(r.cursor == w.cursor);
  CHECK(r.range0 == w.range0);
  CHECK(r.range1 == w.range1);
  for (const char* bad : {"workspace: 2\n", "workspace: 1\ncursor: here\n", "workspace: [", "a: 1"})
    CHECK_THROWS_AS(Workspace::from_yaml(bad, "/"), steppe::UserError);
}

TEST_CASE("saving writes the text and leaves nothing beside it") {
  const auto folder = std::filesystem::temp_directory_path() / "steppe-gui-document";
  std::filesystem::create_directories(folder);
  const auto file = (folder / "a.yaml").string();
  ScenarioDocument d{kText};
  d.set_value("name", "other");
  d.save(file);
  CHECK_FALSE(d.modified());
  CHECK(ScenarioDocument::open(file).text() == d.text());
  CHECK_FALSE(std::filesystem::exists(file + ".part"));
  CHECK_THROWS_AS(d.save((folder / "no" / "b.yaml").string()), steppe::IoError);
  CHECK_THROWS_AS(ScenarioDocument::open(folder.string()), steppe::IoError);
  CHECK_THROWS_AS(ScenarioDocument::open((folder / "none.yaml").string()), steppe::IoError);
  std::filesystem::remove_all(folder);
}

TEST_CASE("numbers and quantities for people") {
  CHECK(number(-21.0, 3) == "−21.0");
  CHECK(number(0.0) == "0.000");
  CHECK(number(-0.00001, 3).starts_with("−1.0e-05"));
  CHECK(quantity(10.7e6, "W") == "10.70 MW");
  CHECK(quantity(252.15, "K", 3) == "−21.0 °C");
  CHECK(quantity(3.6e9, "J") == "1.000 MWh");
  CHECK(quantity(0.63, "1", 2) == "0.63");
  CHECK(quantity(0.0082, "m3/s", 2) == "8.2 L/s");
  CHECK(clock_long("2026-01-15 00:00:00", 50551) == "Thu 15 Jan 2026 14:02:31");
  CHECK(clock_short("2026-01-15 00:00:00", 86399.9999) == "00:00:00");
  CHECK(clock_short("2026-01-15 00:00:00", 0.25) == "00:00:00.250");
  CHECK(title_of("peak_site_power_15min") == "Peak site power 15 min");
  CHECK(title_of("pue") == "PUE");
}
