#include "gui/runner/run_controller.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "gui/document/snapshot_file.h"
#include "gui/style/text.h"

namespace steppe::gui {

RunController::RunController(const core::Registry& registry, QObject* parent)
    : QObject(parent), registry_(registry) {
  timer_.setInterval(33);
  connect(&timer_, &QTimer::timeout, this, &RunController::poll);
}

RunController::~RunController() {
  queue_.clear();
  stop_all();
  jobs_.clear();  // joins
}

int RunController::most_parallel() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

int RunController::active() const { return static_cast<int>(jobs_.size()); }

void RunController::enqueue(RunData* data, RunOrder order) {
  data->phase = RunData::Phase::queued;
  data->path = qs(order.output);
  data->source = order.text;
  auto job = std::make_unique<Job>();
  job->data = data;
  job->order = std::move(order);
  queue_.push_back(std::move(job));
  start_next();
  timer_.start();
}

void RunController::stop(RunData* data) {
  for (auto it = queue_.begin(); it != queue_.end(); ++it)
    if ((*it)->data == data) {
      data->phase = RunData::Phase::failed;
      data->status = "cancelled";
      data->message = QCoreApplication::translate("RunController", "Taken from the queue");
      queue_.erase(it);
      Q_EMIT finished(data);
      return;
    }
  for (auto& j : jobs_)
    if (j->data == data) {
      j->thread.request_stop();
      j->resume.notify_all();
    }
}

void RunController::stop_all() {
  while (!queue_.empty()) stop(queue_.front()->data);
  for (auto& j : jobs_) {
    j->thread.request_stop();
    j->resume.notify_all();
  }
}

void RunController::pause(RunData* data, bool on) {
  for (auto& j : jobs_)
    if (j->data == data) {
      {
        const std::lock_guard lock(j->mutex);
        j->paused = on;
      }
      j->resume.notify_all();
      if (data->live()) data->phase = on ? RunData::Phase::paused : RunData::Phase::running;
      Q_EMIT progressed(data);
    }
}

void RunController::start_next() {
  while (!queue_.empty() && active() < most_parallel()) {
    jobs_.push_back(std::move(queue_.front()));
    queue_.pop_front();
    Job& job = *jobs_.back();
    job.data->phase = RunData::Phase::starting;
    job.thread = std::jthread([this, &job](const std::stop_token& stop) { work(stop, job); });
    Q_EMIT started(job.data);
  }
}

void RunController::work(const std::stop_token& stop, Job& job) const {
  std::string error, status = "failed";
  double wall = 0.0;
  bool file = false;
  try {
    Diagnostics d;
    std::unique_ptr<app::Simulation> sim;
    {
      const SnapshotFile snapshot(job.order.text, job.order.path);
      sim = app::Simulation::load(snapshot.path(), {}, job.order.profile, registry_, d);
    }
    if (!sim) {
      error = d.items().empty() ? "the scenario cannot be read" : d.items().front().message;
      throw UserError(error);
    }
    size_t width = 0;
    for (const auto& c : sim->channels()) width += static_cast<size_t>(c.width);
    const auto& s = sim->scenario();
    const double t_end = job.order.until > 0.0 ? job.order.until : s.t_end;
    const double expected = t_end / std::max(1e-9, s.windows.front().profile.record);
    constexpr double kBytes = 64e6;
    const double most = std::clamp(kBytes / (4.0 * static_cast<double>(std::max<size_t>(1, width))),
                                   200.0, 20000.0);
    job.live.configure(width, static_cast<size_t>(std::max(1.0, std::ceil(expected / most))),
                       static_cast<size_t>(most / 4.0) + 16);
    {
      const std::lock_guard lock(job.mutex);
      job.started = true;
      job.specs = sim->channels();
      job.start = s.start;
      job.resolved = s.resolved;
      job.source = s.source;
      job.t_end = t_end;
    }
    app::RunRequest request;
    request.output = job.order.output;
    request.until = job.order.until;
    request.stop = stop;
    request.live = [&](double t, const double* row) { job.live.push(t, row); };
    request.on_event = [&](const solve::EventRecord& e) {
      const std::lock_guard lock(job.mutex);
      constexpr size_t kMost = 2000;  // the file has all of them
      if (job.events.size() < kMost)
        job.events.push_back(
            {e.time, qs(e.component), qs(e.name), qs(e.from), qs(e.to), qs(e.text)});
    };
    request.accounts = [&](double t, const core::LedgerArray& rates) {
      const std::lock_guard lock(job.mutex);
      job.accounts.emplace_back(t, rates);
    };
    request.progress = [&](const app::Progress& p) {
      std::unique_lock lock(job.mutex);
      job.progress = p;
      job.resume.wait(lock, stop, [&] { return !job.paused; });
    };
    file = true;
    const app::RunResult r = sim->run(request);
    wall = r.wall_s;
    status = r.status == app::RunResult::Status::complete    ? "complete"
             : r.status == app::RunResult::Status::cancelled ? "cancelled"
                                                             : "invalid";
    if (r.status == app::RunResult::Status::invalid)
      error = "the energy ledger does not close; the result is marked invalid";
  } catch (const std::exception& e) {
    if (error.empty()) error = e.what();
  }
  const std::lock_guard lock(job.mutex);
  job.error = error;
  job.status = status;
  job.wall_s = wall;
  job.has_file = file;
  job.done = true;
}

void RunController::poll() {
  for (size_t i = 0; i < jobs_.size();) {
    if (!poll_job(*jobs_[i])) {
      ++i;
      continue;
    }
    const std::unique_ptr<Job> job = std::move(jobs_[i]);
    jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
    job->thread.join();
    Q_EMIT finished(job->data);
  }
  start_next();
  if (jobs_.empty() && queue_.empty()) timer_.stop();
}

bool RunController::poll_job(Job& job) {
  RunData& d = *job.data;
  bool done = false, fresh = false;
  std::vector<std::pair<double, core::LedgerArray>> accounts;
  {
    const std::lock_guard lock(job.mutex);
    if (job.started && !job.announced) {
      job.announced = fresh = true;
      d.start = job.start;
      d.resolved = job.resolved;
      d.source = job.source;
    }
    d.progress = job.progress;
    d.progress.t_end = job.t_end;
    d.events.insert(d.events.end(), job.events.begin(), job.events.end());
    job.events.clear();
    accounts.swap(job.accounts);
    done = job.done;
    if (done) {
      d.message = qs(job.error);
      d.status = qs(job.status);
      d.wall_s = job.wall_s;
    }
  }
  if (fresh) d.begin_live(job.specs, job.t_end);
  job.live.drain(times_, rows_);
  if (!times_.empty()) d.append_live(times_, rows_);
  for (const auto& [t, rates] : accounts) d.append_accounts(t, rates);
  if (!done)
    Q_EMIT progressed(&d);
  else
    d.phase = job.has_file ? RunData::Phase::done : RunData::Phase::failed;
  return done;
}

}  // namespace steppe::gui
