#include "sim/app/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "sim/app/availability_kpis.h"
#include "sim/app/run_observer.h"
#include "sim/io/result_file.h"

namespace steppe::app {

bool glob_match(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::unique_ptr<Simulation> Simulation::load(const std::string& path,
                                             const std::vector<Override>& overrides,
                                             const std::string& profile,
                                             const core::Registry& registry, Diagnostics& d) {
  auto sim = std::unique_ptr<Simulation>(new Simulation);
  sim->scenario_ = load_scenario(path, overrides, profile, registry, home_dir() + "/data", d);
  if (!d.ok()) return nullptr;
  sim->system_ = core::System::build(sim->scenario_.system, registry, d);
  if (!d.ok()) return nullptr;
  sim->timeline_ = resolve_events(sim->scenario_, *sim->system_, d);
  const bool statistics = sim->scenario_.windows.front().profile.record >= 10.0;
  std::vector<bool> used(sim->scenario_.record.size(), false);
  for (size_t c = 0; c < sim->system_->channels.size(); ++c) {
    const auto& ch = sim->system_->channels[c];
    bool wanted = sim->scenario_.record.empty();
    for (size_t p = 0; p < sim->scenario_.record.size(); ++p)
      if (glob_match(sim->scenario_.record[p], ch.name)) wanted = used[p] = true;
    if (!wanted) continue;
    io::ChannelSpec s;
    s.name = ch.name;
    s.unit = ch.unit;
    s.long_name = ch.help.empty() ? ch.name : ch.help;
    s.width = static_cast<int>(ch.index.size());
    const bool held =
        ch.from == core::ChannelRef::From::held || ch.from == core::ChannelRef::From::mode;
    s.kind = held ? io::ChannelSpec::Kind::zoh : io::ChannelSpec::Kind::continuous;
    s.statistics = statistics && ch.from != core::ChannelRef::From::mode;
    sim->recorded_.push_back(static_cast<int>(c));
    sim->specs_.push_back(std::move(s));
  }
  auto no_match = [&](size_t p) {
    std::vector<std::string> names;
    for (const auto& ch : sim->system_->channels) {
      names.push_back(ch.name);
      names.push_back(ch.name.substr(0, ch.name.rfind('.')) + ".*");
    }
    const auto& pattern = sim->scenario_.record[p];
    const auto near = nearest(pattern, names);
    const auto& locs = sim->scenario_.record_locs;
    d.error(p < locs.size() ? locs[p] : SourceLoc{}, fmt::format("no signal matches '{}'", pattern),
            near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  };
  for (size_t p = 0; p < used.size(); ++p)
    if (!used[p]) no_match(p);
  return d.ok() ? std::move(sim) : nullptr;
}

void Simulation::require_unknowns() const {
  if (system_->size() == 0)
    throw UserError(fmt::format(
        "{}: no component has an equation to solve; 'steppe load' runs a computing load alone",
        scenario_.path));
}

solve::SteadyResult Simulation::check() {
  require_unknowns();
  class Silent final : public solve::Observer {
    void sample(double, const core::System&, const double*, const core::Ledger*, bool) override {}
    void record(double) override {}
    void event(const solve::EventRecord&) override {}
  } silent;
  return solve::settle_start(*system_, scenario_.windows.front().profile, silent);
}

RunResult Simulation::run(const RunRequest& request) {
  require_unknowns();
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  auto wall = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };

  solve::RunOptions o;
  o.t_end = request.until > 0.0 ? request.until : scenario_.t_end;
  o.windows = request.windows.empty() ? scenario_.windows : request.windows;
  o.timeline = timeline_;
  o.checkpoints = scenario_.checkpoints;
  o.stop = request.stop;
  std::vector<char> restart;
  if (!request.from.empty()) {
    restart = last_checkpoint(request.from);
    o.restart = &restart;
  }

  std::unique_ptr<io::Recorder> recorder;
  if (!request.output.empty()) {
    io::RecorderSpec spec;
    spec.start = scenario_.start;
    spec.time_zone = scenario_.time_zone;
    spec.title = scenario_.name;
    spec.channels = specs_;
    recorder = std::make_unique<io::Recorder>(request.output, spec);
    recorder->set_text("/scenario/source", scenario_.source);
    recorder->set_text("/scenario/resolved", scenario_.resolved);
    recorder->set_provenance("scenario", scenario_.path);
    recorder->set_provenance("program", "steppe " STEPPE_VERSION);
    recorder->set_provenance("compiler", __VERSION__);
    o.on_checkpoint = [&](double t, const std::vector<char>& bytes) {
      recorder->put_checkpoint(t, "state", bytes.data(), bytes.size());
    };
  }

  RunObserver observer(*system_, recorded_, recorder.get(), request);
  RunResult result;
  Progress p;
  p.t_end = o.t_end;
  auto last = begin - std::chrono::seconds(1);
  o.progress = [&](double t) {
    ++p.steps;
    if (!request.progress || (p.steps & 7) != 0) return;
    const auto now = Clock::now();
    if (now - last < std::chrono::milliseconds(100)) return;
    last = now;
    p.t = t;
    p.wall_s = wall();
    p.phase = "integrating";
    p.event = observer.take_last_event();
    request.progress(p);
  };
  try {
    result.summary = solve::run(*system_, o, observer);
  } catch (const Error& e) {
    if (recorder) {
      recorder->set_provenance("failure", e.what());
      recorder->finish("failed");
    }
    throw;
  }
  result.status = result.summary.status == solve::RunSummary::Status::cancelled
                      ? RunResult::Status::cancelled
                  : std::max(result.summary.residual_energy, result.summary.residual_heat) >
                          result.summary.ledger_limit
                      ? RunResult::Status::invalid
                      : RunResult::Status::complete;
  result.kpis = observer.kpis(result.summary, scenario_);
  double tokens = -1.0;
  for (const auto& k : result.kpis)
    if (k.name == "tokens_out" && result.summary.t > 0.0) tokens = k.value / result.summary.t;
  for (auto& k : availability_kpis(scenario_, tokens)) result.kpis.push_back(std::move(k));
  result.events = observer.events();
  result.wall_s = wall();
  if (recorder) {
    for (const auto& k : result.kpis) recorder->set_kpi(k.name, k.value, k.unit, k.help);
    for (size_t a = 0; a < core::kAccounts; ++a)
      recorder->set_ledger(std::string(core::kAccountInfo[a].name), result.summary.ledger[a], "J",
                           std::string(core::kAccountInfo[a].help));
    observer.write_accounts(*recorder);
    recorder->set_ledger("residual_energy", result.summary.residual_energy, "1");
    recorder->set_ledger("residual_heat", result.summary.residual_heat, "1");
    const auto& s = result.summary.statistics;
    recorder->set_provenance("unknowns", static_cast<double>(system_->size()));
    recorder->set_provenance("steps", static_cast<double>(s.steps));
    recorder->set_provenance("rejected_steps", static_cast<double>(s.rejected));
    recorder->set_provenance("residual_evaluations", static_cast<double>(s.residuals));
    recorder->set_provenance("jacobian_evaluations", static_cast<double>(s.jacobians));
    recorder->set_provenance("factorisations", static_cast<double>(s.factorisations));
    recorder->set_provenance("restarts", static_cast<double>(s.restarts));
    recorder->set_provenance("wall_s", result.wall_s);
    recorder->finish(result.status == RunResult::Status::complete    ? "complete"
                     : result.status == RunResult::Status::cancelled ? "cancelled"
                                                                     : "invalid");
  }
  if (request.progress) {
    p.t = result.summary.t;
    p.wall_s = result.wall_s;
    p.steps = result.summary.statistics.steps;
    p.phase = "done";
    request.progress(p);
  }
  return result;
}

}  // namespace steppe::app
