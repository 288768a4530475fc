// Files of another process: a result that is still being written, and what is left when the writer
// dies.
#include <doctest/doctest.h>

#include <QFile>
#include <QFileInfo>
#include <QProcess>

#include "gui/actions/actions.h"
#include "tests/gui/support.h"

using namespace steppe;
using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("a result that is being written, or was cut off, gives a message and a usable window") {
  Bench b;
  Session& s = b.session();
  QStringList said;
  QObject::connect(&s, &Session::said, [&](const QString& t, bool problem) {
    if (problem) said << t;
  });
  const QString scenario = QString::fromStdString(b.write("small.yaml", kSmall));
  const QString path = b.folder.filePath("live.h5");
  QProcess writer;
  writer.start(QString(STEPPE_COMMAND),
               {"run", scenario, "--until", "4000 d", "-o", path, "-q", "--progress", "none"});
  REQUIRE(wait_for([&] { return QFileInfo(path).size() > 200'000; }));
  b.window->files().open_path(path);
  REQUIRE(settle(s));
  // Refused with a reason, or shown as far as it goes; never taken for a whole run.
  REQUIRE(said.size() == 1);
  CHECK(said[0].contains("live.h5"));
  if (s.run()) CHECK(s.run()->status != "complete");

  // The writer dies without a word, and the end of the file goes missing.
  writer.kill();
  REQUIRE(writer.waitForFinished());
  b.window->files().open_path(path);
  REQUIRE(settle(s));
  CHECK(said.size() == 2);
  const QString half = b.folder.filePath("half.h5");
  REQUIRE(QFile::copy(path, half));
  REQUIRE(QFile::resize(half, QFileInfo(half).size() / 2));
  b.window->files().open_path(half);
  REQUIRE(settle(s));
  CHECK(said.size() == 3);

  REQUIRE(b.window->files().open_path(scenario));
  REQUIRE(settle(s));
  CHECK(s.current()->check->ok);
  CHECK(run_to_end(b)->status == "complete");
}
