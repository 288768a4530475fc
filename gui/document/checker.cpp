#include "gui/document/checker.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <atomic>
#include <chrono>

#include "gui/document/display.h"
#include "gui/document/snapshot_file.h"
#include "gui/style/text.h"
#include "sim/app/simulation.h"

namespace steppe::gui {

namespace {

Problem make_problem(const Diagnostic& d, const std::string& snapshot) {
  Problem p;
  p.kind =
      d.severity == Diagnostic::Severity::error ? Problem::Kind::error : Problem::Kind::warning;
  p.message = qs(d.message);
  p.hint = qs(d.hint);
  p.line = d.where.line;
  p.column = d.where.column;
  if (d.where.source && d.where.source->name != snapshot) p.file = qs(d.where.source->name);
  return p;
}

CheckAnswer run_check(const std::string& text, const std::string& path, const std::string& profile,
                      const core::Registry& registry) {
  CheckAnswer a;
  const auto begin = std::chrono::steady_clock::now();
  Diagnostics d;
  std::string snapshot_path;
  try {
    const SnapshotFile snapshot(text, path);
    snapshot_path = snapshot.path();
    const auto sim = app::Simulation::load(snapshot.path(), {}, profile, registry, d);
    if (!sim && d.ok()) d.error({}, "the scenario cannot be read");
    if (sim) {
      a.resolved = sim->scenario().resolved;
      a.plan = read_site_plan(a.resolved, registry);
      a.t_end = sim->scenario().t_end;
      a.start = sim->scenario().start;
      for (const auto& c : sim->channels()) a.signal_names.push_back(c.name);
      const auto steady = sim->check();
      a.ok = true;
      Problem good;
      good.kind = Problem::Kind::good;
      const double seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      good.message = QCoreApplication::translate(
                         "Checker", "Ready: %1 components, %2 unknowns, checked in %3 s")
                         .arg(sim->system().components.size())
                         .arg(sim->system().size())
                         .arg(qs(number(seconds, 2)));
      a.problems.push_back(good);
    } else {
      // What can be read is still worth a picture.
      Diagnostics ignored;
      a.resolved = app::load_scenario(snapshot.path(), {}, profile, registry,
                                      app::home_dir() + "/data", ignored)
                       .resolved;
      if (!a.resolved.empty()) a.plan = read_site_plan(a.resolved, registry);
    }
  } catch (const UserError& e) {
    d.add(e.diagnostics());
  } catch (const std::exception& e) {
    d.error({}, e.what());
  }
  std::vector<Problem> all;
  for (const auto& item : d.items()) all.push_back(make_problem(item, snapshot_path));
  all.insert(all.end(), a.problems.begin(), a.problems.end());
  a.problems = std::move(all);
  return a;
}

}  // namespace

QString Problem::where() const {
  if (line == 0) return file.isEmpty() ? QString() : QFileInfo(file).fileName();
  return (file.isEmpty() ? QString("yaml") : QFileInfo(file).fileName()) + ":" +
         QString::number(line);
}

Checker::Checker(const core::Registry& registry, QObject* parent)
    : QObject(parent),
      registry_(registry),
      newest_(std::make_shared<std::atomic<uint64_t>>(0)),
      worker_(this) {}

void Checker::check(const std::string& text, const std::string& path, uint64_t revision,
                    const QString& profile) {
  const uint64_t ticket = ++*newest_;
  worker_.post(
      [this, text, path, revision, profile = profile.toStdString(), ticket, newest = newest_] {
        if (*newest != ticket) return;  // a newer text waits
        auto answer = std::make_shared<CheckAnswer>(run_check(text, path, profile, registry_));
        answer->revision = revision;
        worker_.deliver([this, answer, ticket, newest] {
          if (*newest == ticket) Q_EMIT answered(answer);
        });
      });
}

}  // namespace steppe::gui
