// Every scenario and study that is shipped loads, passes its check and is drawn.
#include <doctest/doctest.h>

#include <algorithm>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_items.h"
#include "gui/diagram/diagram_view.h"
#include "gui/panels/welcome_page.h"
#include "gui/study/study_view.h"
#include "tests/gui/support.h"

using namespace steppe::gui;
using namespace steppe::gui::test;

TEST_CASE("every shipped scenario loads and draws") {
  const QString folder = QString(STEPPE_SOURCE_DIR) + "/scenarios";
  const auto shipped = shipped_scenarios(folder, registry());
  CHECK(shipped.size() >= 5);
  for (const auto& one : shipped) {
    CAPTURE(one.path.toStdString());
    CHECK_FALSE(one.title.isEmpty());
    CHECK_FALSE(one.text.isEmpty());  // the card says what it is about
    Bench b;
    Session& s = b.session();
    QStringList said;
    QObject::connect(&s, &Session::said, [&](const QString& t, bool problem) {
      if (problem) said << t;
    });
    REQUIRE(b.window->files().open_path(one.path));
    REQUIRE(settle(s, 120000));
    CHECK_MESSAGE(said.isEmpty(), said.join("; ").toStdString());
    if (one.study) {
      CHECK(b.window->study()->isVisible());
      continue;
    }
    REQUIRE(s.current());
    REQUIRE(s.current()->check);
    std::string problems;
    for (const auto& p : s.current()->check->problems)
      if (p.kind == Problem::Kind::error) problems += p.message.toStdString() + "; ";
    // A computing load alone has no equations: the message names the command that runs it.
    if (problems.find("'steppe load'") != std::string::npos) continue;
    CHECK_MESSAGE(s.current()->check->ok, problems);
    // Whatever has a port is a box, none over another.
    size_t with_ports = 0;
    for (const auto& item : s.current()->check->plan.items)
      with_ports += std::any_of(item.ports.begin(), item.ports.end(), [](const PlanPort& p) {
        return p.node >= 0 && p.kind != steppe::core::PortKind::heat;
      });
    const auto& boxes = b.window->diagram()->boxes();
    CHECK(boxes.size() >= with_ports);
    for (size_t i = 0; i < boxes.size(); ++i)
      for (size_t k = 0; k < i; ++k) CHECK_FALSE(boxes[i]->area().intersects(boxes[k]->area()));
    CHECK(b.window->grab().width() > 0);
  }
}
