#include "gui/session.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <algorithm>
#include <cmath>

#include "gui/style/words.h"
#include "sim/app/scenario.h"

namespace steppe::gui {

Session::Session(const core::Registry& registry, QObject* parent)
    : QObject(parent),
      registry_(registry),
      worker_(this),
      checker_(registry, this),
      controller_(registry, this) {
  debounce_.setSingleShot(true);
  debounce_.setInterval(300);
  connect(&debounce_, &QTimer::timeout, this, &Session::check_now);
  connect(&checker_, &Checker::answered, this, [this](std::shared_ptr<const CheckAnswer> a) {
    if (!current_ || a->revision != current_->document.revision()) return;
    // A text with an error keeps the picture of the last good one.
    if (!a->ok && current_->check && !current_->check->plan.empty()) {
      auto kept = std::make_shared<CheckAnswer>(*a);
      kept->resolved = current_->check->resolved;
      kept->plan = current_->check->plan;
      kept->t_end = current_->check->t_end;
      kept->start = current_->check->start;
      a = kept;
    }
    current_->check = std::move(a);
    Q_EMIT checked();
    if (!run()) reset_range();
  });
  connect(&controller_, &RunController::started, this, [this](RunData*) { Q_EMIT runs_changed(); });
  connect(&controller_, &RunController::progressed, this, [this](RunData* r) {
    Q_EMIT run_progressed(r);
    if (r == run() && follow_ && r->live() && r->rows > 0) {
      cursor_ = r->progress.t;
      Q_EMIT cursor_changed(cursor_);
    }
  });
  connect(&controller_, &RunController::finished, this, &Session::run_finished);
}

Session::~Session() {
  // Threads end before the objects that they answer to.
  controller_.stop_all();
  checker_.finish();
  worker_.finish();
}

bool Session::idle() const {
  return worker_.pending() == 0 && !checker_.busy() && controller_.active() == 0 &&
         !debounce_.isActive() &&
         std::none_of(runs_.begin(), runs_.end(), [](const RunData* r) { return r->reading(); });
}

// --- cases

Case* Session::add_case(ScenarioDocument document, const QString& title, bool read_only) {
  auto c = std::make_unique<Case>();
  c->document = std::move(document);
  c->title = title;
  c->color = next_color_++;
  c->read_only = read_only;
  cases_.push_back(std::move(c));
  Q_EMIT cases_changed();
  set_current(cases_.back().get());
  return current_;
}

void Session::set_current(Case* c) {
  if (c == current_) return;
  current_ = c;
  selection_.clear();
  Q_EMIT current_changed();
  Q_EMIT run_changed();
  reset_range();
  if (c && !c->check) check_now();
}

void Session::close_case(Case* c) {
  const auto it =
      std::find_if(cases_.begin(), cases_.end(), [c](const auto& x) { return x.get() == c; });
  if (it == cases_.end()) return;
  const std::unique_ptr<Case> closing = std::move(*it);
  cases_.erase(it);
  if (current_ == c) {
    current_ = nullptr;
    set_current(cases_.empty() ? nullptr : cases_.back().get());
    if (!current_) {
      Q_EMIT current_changed();
      Q_EMIT run_changed();
    }
  }
  Q_EMIT cases_changed();
}

void Session::text_edited() {
  Q_EMIT text_changed();
  debounce_.start();
}

QString Session::set_value(const QString& path, const QString& value) {
  if (!current_) return {};
  if (current_->read_only) return tr("This is the source kept in a result; save it to edit it");
  const std::string why = current_->document.set_value(path.toStdString(), value.toStdString());
  if (why.empty()) text_edited();
  return QString::fromStdString(why);
}

void Session::check_now() {
  debounce_.stop();
  if (!current_) return;
  const auto& d = current_->document;
  checker_.check(d.text(), d.path(), d.revision(), profile);
}

// --- runs

RunData* Session::make_run() {
  auto* r = new RunData(worker_, next_number_, this);
  r->color = next_number_ - 1;
  ++next_number_;
  runs_.push_back(r);
  return r;
}

RunData* Session::open_result(const QString& path) {
  RunData* r = make_run();
  connect(r, &RunData::opened, this, [this, r](const QString& error) {
    if (!error.isEmpty()) {
      // A result that the window has just written keeps its row, anything else goes.
      message(error, true);
      remove_run(r);
      return;
    }
    const QString file = QFileInfo(r->path).fileName();
    Case* owner = nullptr;
    for (const auto& c : cases_)
      if (c->document.text() == r->source) owner = c.get();
    if (!owner) {
      // The result's scenario stands at the place where it was run, so that its paths hold.
      const auto from = r->provenance.find("scenario");
      QFileInfo place(
          QString::fromStdString(from == r->provenance.end() ? std::string() : from->second));
      if (place.fileName().startsWith('.'))  // it was run from unsaved text
        place.setFile(place.absolutePath() + "/" + r->title + ".yaml");
      ScenarioDocument d(r->source, place.filePath().toStdString());
      owner = add_case(std::move(d), file, true);
    }
    owner->run = r;
    set_current(owner);
    set_run(r);
    Q_EMIT runs_changed();
    // Whoever looks at half a result must know that it is half.
    if (r->status == "cut off")
      message(tr("%1 was cut off, or is still being written; shown is what it holds").arg(file),
              true);
    else if (r->status != "complete")
      message(tr("%1: this run is %2; shown is what it holds").arg(file, status_word(r->status)),
              true);
    else if (!r->usable())
      message(tr("%1 holds key figures only, no curves").arg(file));
  });
  r->open(path);
  Q_EMIT runs_changed();
  return r;
}

QString Session::results_folder() {
  if (results_dir.isEmpty()) {
    const QString beside = QString::fromStdString(app::home_dir()) + "/results";
    results_dir =
        QDir().mkpath(beside) && QFileInfo(beside).isWritable()
            ? beside
            : QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + "/results";
  }
  if (!QDir().mkpath(results_dir)) {
    message(tr("Cannot make the folder %1").arg(results_dir), true);
    return {};
  }
  return results_dir;
}

RunData* Session::start_run() {
  if (!current_) return nullptr;
  Case& c = *current_;
  if (results_folder().isEmpty()) return nullptr;
  QString stem = QFileInfo(QString::fromStdString(c.document.path())).completeBaseName();
  if (stem.isEmpty()) stem = "scenario";
  QString file = results_dir + "/" + stem + ".h5";
  const auto taken = [&](const QString& f) {
    return QFileInfo::exists(f) ||
           std::any_of(runs_.begin(), runs_.end(), [&](const RunData* r) { return r->path == f; });
  };
  for (int k = 2; taken(file); ++k) file = QString("%1/%2-%3.h5").arg(results_dir, stem).arg(k);
  RunData* r = make_run();
  r->title = QFileInfo(file).completeBaseName();
  r->profile = profile;
  follow_ = true;
  c.run = r;
  // Once its signals are known, and again when the file has taken their place.
  connect(r, &RunData::changed, this, [this, r] {
    if (r == run()) Q_EMIT run_changed();
    Q_EMIT runs_changed();
  });
  controller_.enqueue(
      r, {c.document.text(), c.document.path(), profile.toStdString(), file.toStdString(), 0.0});
  Q_EMIT runs_changed();
  Q_EMIT run_changed();
  return r;
}

void Session::run_finished(RunData* r) {
  if (r->phase == RunData::Phase::done) {
    const QString why = r->message;
    const auto once = std::make_shared<QMetaObject::Connection>();
    const bool follow = follow_;
    *once = connect(r, &RunData::opened, this, [this, r, why, once, follow](const QString& error) {
      disconnect(*once);
      if (!error.isEmpty()) {
        message(error, true);
      } else if (!why.isEmpty()) {
        r->message = why;
        message(why, true);
      } else {
        message(
            tr("%1: %2 in %3 s").arg(r->title, status_word(r->status)).arg(r->wall_s, 0, 'f', 1));
      }
      Q_EMIT runs_changed();
      if (r == run()) {
        reset_range();
        // Previews may have been dropped: who followed the run now stands at its last row.
        set_cursor(follow ? r->t_end : cursor_);
      }
    });
    r->open(r->path);
  } else if (!r->message.isEmpty()) {
    message(r->message, true);
  }
  Q_EMIT runs_changed();
  Q_EMIT run_progressed(r);
}

void Session::set_run(RunData* r) {
  if (!current_) return;
  current_->run = r;
  Q_EMIT run_changed();
  reset_range();
  const auto [t0, t1] = full_range();
  set_cursor(cursor_ > t0 && cursor_ <= t1 ? cursor_ : t0 + 0.5 * (t1 - t0));
}

void Session::remove_run(RunData* r) {
  runs_.erase(std::remove(runs_.begin(), runs_.end(), r), runs_.end());
  if (reference_ == r) reference_ = nullptr;
  bool shown = false;
  for (const auto& c : cases_)
    if (c->run == r) {
      c->run = nullptr;
      shown = shown || c.get() == current_;
    }
  Q_EMIT runs_changed();
  if (shown) Q_EMIT run_changed();
  r->deleteLater();
}

void Session::set_reference(RunData* r) {
  reference_ = r;
  Q_EMIT runs_changed();
}

// --- what is looked at

void Session::set_cursor(double t) {
  const auto [t0, t1] = full_range();
  t = std::clamp(t, t0, std::max(t0, t1));
  if (const RunData* r = run()) follow_ = r->live() && t >= r->progress.t;
  if (t == cursor_) return;
  cursor_ = t;
  Q_EMIT cursor_changed(t);
}

void Session::set_range(double t0, double t1) {
  if (!(t1 > t0) || (t0 == range0_ && t1 == range1_)) return;
  range0_ = t0;
  range1_ = t1;
  Q_EMIT range_changed(t0, t1);
}

std::pair<double, double> Session::full_range() const {
  if (const RunData* r = run(); r && r->t_end > r->t_begin) return {r->t_begin, r->t_end};
  if (current_ && current_->check && current_->check->t_end > 0.0)
    return {0.0, current_->check->t_end};
  return {0.0, 86400.0};
}

void Session::reset_range() {
  const auto [t0, t1] = full_range();
  set_range(t0, t1);
}

std::string Session::start() const {
  if (const RunData* r = run(); r && r->rows > 0) return r->start;
  if (current_ && current_->check && !current_->check->start.empty()) return current_->check->start;
  return "2026-01-01 00:00:00";
}

void Session::select(const QString& id) {
  if (id == selection_) return;
  selection_ = id;
  Q_EMIT selection_changed(id);
}

void Session::next_event(int direction) {
  const RunData* r = run();
  if (!r) return;
  const RunEvent* best = nullptr;
  for (const auto& e : r->events) {
    const double d = (e.time - cursor_) * direction;
    if (d > 1e-9 && (!best || d < (best->time - cursor_) * direction)) best = &e;
  }
  if (!best) return;
  set_cursor(best->time);
  const double width = range1_ - range0_;
  if (best->time < range0_ || best->time > range1_)
    set_range(best->time - 0.5 * width, best->time + 0.5 * width);
  message(best->title());
}

}  // namespace steppe::gui
