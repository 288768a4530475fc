#include "inference_load/adapters/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::load {

using core::to_seconds;

const core::ParamTable<TrainingParams>& training_table() {
  using P = TrainingParams;
  static const core::ParamTable<P> table = [] {
    core::ParamTable<P> t;
    t.text("accelerator", &P::accelerator, "h100", "A name in data/accelerators, or a .yaml file")
        .real("nodes", &P::nodes, "1", 1024.0, {1, 1e6}, "Nodes, split evenly over the jobs")
        .integer("jobs", &P::jobs, 1, {1, 10000}, "Independent jobs");
    t.group("waveform")
        .real("iteration", &P::iteration, "s", 2.0, {0.05, 100}, "Time of one iteration")
        .real("compute_fraction", &P::compute_fraction, "1", 0.7, {0, 1},
              "Share of it that computes", "[PS14318]: 0.6 to 0.9")
        .real("high", &P::high, "1", 1.0, {0.05, 1.3}, "Power over tdp while computing")
        .real("low", &P::low, "1", 0.4, {0.05, 1.3}, "Power over tdp while communicating")
        .real("edge", &P::edge, "s", 0.02, {0, 1}, "Duration of a power edge")
        .real("jitter", &P::jitter, "1", 0.01, {0, 0.5}, "Spread of the iteration time")
        .real("start", &P::start, "s", 0.0, {0, 1e9},
              "Start of the first job; others follow within an iteration")
        .real("start_ramp", &P::start_ramp, "s", 5.0, {0, 3600},
              "From idle to the first iteration");
    t.group("reliability")
        .real("checkpoint_interval", &P::checkpoint_interval, "s", 0.0, {0, 1e7},
              "0: sqrt(2 x checkpoint time x time to interruption)", "[Young 1974; Daly 2006]")
        .real("checkpoint_time", &P::checkpoint_time, "s", 60.0, {0, 1e5}, "Time of a checkpoint")
        .real("checkpoint_power", &P::checkpoint_power, "1", 0.4, {0.05, 1.3},
              "Power over tdp meanwhile")
        .real("mtbf", &P::mtbf, "h", 50677.0, {0, 1e9},
              "Of one accelerator in its node; 0: no faults",
              "[Meta 2024, The Llama 3 herd of models]")
        .real("restart_time", &P::restart_time, "s", 600.0, {0, 1e6},
              "From a fault to the next iteration");
    t.group("smoothing")
        .real("floor", &P::floor, "1", 0.0, {0, 1}, "Minimum power over tdp while a job runs")
        .real("stop_delay", &P::stop_delay, "s", 0.0, {0, 3600},
              "Time for which the floor outlasts the load")
        .real("ramp_up", &P::ramp_up, "W/s", 1e9, {1e-3, 1e9},
              "Fastest rise per accelerator; iterations that it holds back take longer")
        .real("ramp_down", &P::ramp_down, "W/s", 1e9, {1e-3, 1e9}, "Fastest fall per accelerator")
        .real("storage", &P::storage, "J", 0.0, {0, 1e6},
              "Storage in the node's power supplies, per accelerator", "[NVIDIA 2025, GB300]: 65 J")
        .real("storage_time", &P::storage_time, "s", 1.0, {1e-3, 1e4},
              "Time constant of what the storage leaves to the supply");
    t.group("fidelity").real("step", &P::step, "s", 0.01, {1e-4, 1}, "Internal step");
    return t;
  }();
  return table;
}

core::ProcessType training_type() {
  core::ProcessType t;
  t.name = "training";
  t.domain = "load";
  t.help = "Synchronous training jobs: iteration waveform, checkpoints, faults, power smoothing";
  t.params = &training_table();
  t.make_params = [] {
    auto p = std::make_shared<TrainingParams>();
    training_table().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"capacity", "1", "Share of the rack group that has power", 1.0, 0},
              {"throttle", "1", "Highest accelerator frequency over the nominal one", 1.0, 0},
              {"power_cap", "W", "Power cap per accelerator", 1e30, 0}};
  t.outputs = {
      {"power", "W", "Mean DC power of the IT of the rack group behind the server power supplies",
       0.0, 0},
      {"power_min", "W", "Lowest power inside the window", 0.0, 0},
      {"power_peak", "W", "Highest power inside the window", 0.0, 0},
      {"effective", "1", "Share of the time whose work was kept", 0.0, 1}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<TrainingLoad>(*static_cast<const TrainingParams*>(params), setup);
  };
  return t;
}

TrainingLoad::TrainingLoad(const TrainingParams& p, const core::ProcessSetup& setup)
    : setup_(setup), accelerator_(load_accelerator(setup, p.accelerator)), params_(p) {
  accelerator_.need(&Accelerator::tdp, "tdp");
  groups_ = setup.output_width.empty() ? 1 : std::max(1, setup.output_width[kPower]);
  per_job_ = p.nodes * accelerator_.per_node / static_cast<double>(p.jobs);
  JobConfig c;
  c.accelerators = per_job_;
  c.iteration = p.iteration;
  c.compute_fraction = p.compute_fraction;
  c.high = p.high;
  c.low = p.low;
  c.edge = p.edge;
  c.jitter = p.jitter;
  c.start_ramp = p.start_ramp;
  c.checkpoint_interval = p.checkpoint_interval;
  c.checkpoint_time = p.checkpoint_time;
  c.checkpoint_power = p.checkpoint_power;
  c.mtbf = p.mtbf;
  c.restart_time = p.restart_time;
  for (int64_t i = 0; i < p.jobs; ++i) {
    // Phases of jobs are independent.
    c.first_start = p.start + p.iteration * static_cast<double>(i) / static_cast<double>(p.jobs);
    jobs_.emplace_back(c, accelerator_, setup.seed, fmt::format("{}/{}", setup.id, i));
    smoothing_.emplace_back(
        SmoothingConfig{p.floor, p.stop_delay, p.ramp_up, p.ramp_down, p.storage, p.storage_time},
        accelerator_);
  }
}

void TrainingLoad::update(core::ProcessContext& context) {
  STEPPE_CHECK(context.exchange > 0);
  const core::Nanoseconds now = context.now;
  if (next_ == 0) report_estimates(context, accelerator_);
  next_ = (now / context.exchange + 1) * context.exchange;
  if (now >= context.end) return;
  const double span = to_seconds(std::min(next_, context.end) - now);
  auto read = [&](int input, int k, double otherwise) {
    const int width = static_cast<size_t>(input) < setup_.input_width.size()
                          ? setup_.input_width[static_cast<size_t>(input)]
                          : 1;
    return width == 0 ? otherwise : context.in(input, std::min(k, width - 1));
  };
  Limits limits;
  for (int k = 0; k < groups_; ++k) {
    limits.frequency = std::min(limits.frequency, std::clamp(read(kThrottle, k, 1.0), 0.0, 1.0));
    limits.power_cap = std::min(limits.power_cap, read(kPowerCap, k, 1e30));
  }
  const auto n = std::max<int64_t>(1, std::llround(std::ceil(span / params_.step - 1e-9)));
  const double dt = span / static_cast<double>(n);
  double sum = 0.0, least = 1e300, most = 0.0;
  for (int64_t i = 0; i < n; ++i) {
    double watts = 0.0;  // of all accelerators
    for (size_t j = 0; j < jobs_.size(); ++j)
      watts +=
          per_job_ * smoothing_[j].apply(jobs_[j].sample(dt, limits, smoothing_[j].most(dt)), dt);
    sum += watts;
    least = std::min(least, watts);
    most = std::max(most, watts);
  }
  const double mean = sum / static_cast<double>(n);
  const double host = params_.nodes * accelerator_.node_power_busy;
  for (int k = 0; k < groups_; ++k) {
    // A job whose group is dark stops as a whole in reality; the caller sees that group's share
    // vanish here.
    const double share = std::clamp(read(kCapacity, k, 1.0), 0.0, 1.0) / groups_;
    context.out(kPower, share * (mean + host), k);
    context.out(kPowerMin, share * (least + host), k);
    context.out(kPowerPeak, share * (most + host), k);
    gpu_energy_ += share * mean * span;
  }
  double effective = 0.0;
  for (const TrainingJob& j : jobs_) effective += j.effective() / static_cast<double>(jobs_.size());
  context.out(kEffective, effective);
}

void TrainingLoad::save(core::StateWriter& w) const {
  w.put(next_);
  w.put(gpu_energy_);
  for (const auto& j : jobs_) j.save(w);
  for (const auto& s : smoothing_) s.save(w);
}

void TrainingLoad::load(core::StateReader& r) {
  r.get(next_);
  r.get(gpu_energy_);
  for (auto& j : jobs_) j.load(r);
  for (auto& s : smoothing_) s.load(r);
}

std::vector<core::ProcessKpi> TrainingLoad::kpis() const {
  double effective = 0.0, faults = 0.0, iterations = 0.0, time = 0.0, lost = 0.0, running = 0.0;
  for (const TrainingJob& j : jobs_) {
    effective += j.effective() / static_cast<double>(jobs_.size());
    faults += j.faults();
    iterations += j.iterations();
    time += j.iterating();
    lost += j.lost();
    running += j.running();
  }
  std::vector<core::ProcessKpi> out = {
      {"gpu_energy", gpu_energy_, "J"},
      {"training_effective_time", effective, "1", "Share of the time whose work was kept"},
      {"training_faults", faults, "1", "Faults of all jobs"},
      {"training_iterations", iterations, "1", "Iterations of all jobs"}};
  if (iterations > 0)
    out.push_back({"training_iteration_time", time / iterations, "s", "Of an iteration, mean"});
  if (running > 0)
    out.push_back({"training_ramp_loss", lost / running, "1",
                   "Share of the running time that the ramp limit cost"});
  return out;
}

}  // namespace steppe::load
