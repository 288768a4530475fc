// A study from its file: run it, look at its table, open one of its runs.
#include <doctest/doctest.h>

#include <QComboBox>
#include <QFileInfo>
#include <QTabWidget>

#include "gui/actions/actions.h"
#include "gui/plot/qcp.h"
#include "gui/study/study_plot.h"
#include "gui/study/study_view.h"
#include "tests/gui/support.h"

using namespace steppe;
using namespace steppe::gui;
using namespace steppe::gui::test;

namespace {

const char* kStudy = R"(steppe: 1
study: load-and-size
scenario: small.yaml
until: 2 min
record: series
axes:
  load.power: [0.8 MW, 1 MW, 1.2 MW]
  transformer.rating: [2000 kVA, 4000 kVA]
)";

}  // namespace

TEST_CASE("a study: run, table, plots, double click") {
  Bench b;
  StudyView& v = *b.window->study();
  b.write("small.yaml", kSmall);
  REQUIRE(b.window->files().open_path(QString::fromStdString(b.write("study.yaml", kStudy))));
  CHECK(v.isVisible());
  CHECK(v.table() == nullptr);
  v.run();
  REQUIRE(wait_for([&] { return v.idle() && v.table() && v.table()->index.size() == 6; }));
  CHECK(v.rows()->rowCount() == 6);
  size_t complete = 0;
  for (const auto& s : v.table()->status) complete += s == "complete";
  CHECK(complete == 6);

  // Columns sort as numbers: the largest load last.
  int power = -1;
  for (int c = 0; c < v.rows()->columnCount(); ++c)
    if (v.rows()->horizontalHeaderItem(c)->text().startsWith("load.power")) power = c;
  REQUIRE(power > 0);
  v.rows()->sortByColumn(power, Qt::DescendingOrder);
  CHECK(v.rows()->item(0, power)->text() == "1.20000");

  // The front of losses against size is not everything.
  v.tabs()->setCurrentIndex(2);
  QCoreApplication::processEvents();
  StudyPlot& plot = *v.plot();
  const auto& front = plot.front();
  CHECK(front.size() >= 1);
  CHECK(front.size() < 6);
  v.tabs()->setCurrentIndex(3);
  v.tabs()->setCurrentIndex(4);
  REQUIRE(v.influence()->rowCount() > 2);
  // Energy of the site follows the load.
  bool found = false;
  for (int r = 0; r < v.influence()->rowCount(); ++r)
    if (v.influence()->item(r, 0)->text() == "load.power" &&
        v.influence()->item(r, 1)->text() == "Energy site") {
      found = true;
      CHECK(v.influence()->item(r, 2)->data(Qt::UserRole).toDouble() > 0.95);
      CHECK(v.influence()->item(r, 3)->data(Qt::UserRole).toDouble() > 0.9);
    }
  CHECK(found);
  for (const char* suffix : {"csv", "png", "svg", "pdf"}) {
    const QString out = b.folder.filePath(QString("study.") + suffix);
    CHECK(v.export_to(out).isEmpty());
    CHECK(QFileInfo(out).size() > 300);
  }
  CHECK_FALSE(v.export_to(b.folder.filePath("no/where.csv")).isEmpty());

  // A double click on a point opens its run.
  v.tabs()->setCurrentIndex(1);
  QCoreApplication::processEvents();
  auto* canvas = plot.canvas();
  const auto x = study_column(*v.table(), plot.x()->currentData().toUInt());
  const auto y = study_column(*v.table(), plot.y()->currentData().toUInt());
  const QPoint at(static_cast<int>(canvas->xAxis->coordToPixel(x.values[4])),
                  static_cast<int>(canvas->yAxis->coordToPixel(y.values[4])));
  QTest::mouseDClick(canvas, Qt::LeftButton, Qt::NoModifier, at);
  Session& s = b.session();
  REQUIRE(wait_for([&] { return s.run() && s.run()->usable(); }));
  CHECK(s.run()->path.contains(QString::fromStdString(v.table()->id[4])));
  REQUIRE(settle(s));

  // The folder of the results is a study too.
  Bench other;
  const QString folder = b.session().results_dir + "/load-and-size";
  REQUIRE(other.window->files().open_path(folder));
  REQUIRE(wait_for([&] { return other.window->study()->table() != nullptr; }));
  CHECK(other.window->study()->rows()->rowCount() == 6);
}

TEST_CASE("a study with a mistake says where") {
  Bench b;
  StudyView& v = *b.window->study();
  b.write("small.yaml", kSmall);
  std::string text = kStudy;
  text.replace(text.find("axes:"), 5, "axis:");
  QStringList said;
  QObject::connect(&b.session(), &Session::said, [&](const QString& t, bool problem) {
    if (problem) said << t;
  });
  b.window->files().open_path(QString::fromStdString(b.write("study.yaml", text)));
  REQUIRE(said.size() == 1);
  CHECK(said[0].contains("study.yaml:6"));
  CHECK(said[0].contains("axis"));
  v.run();
  CHECK_FALSE(v.running());
  CHECK_FALSE(b.window->files().open_path(b.folder.path()));  // a folder of something else
}
