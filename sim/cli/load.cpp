// steppe load: the computing load of a scenario alone, open loop: nothing caps it, nothing
// throttles it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "sim/app/eval.h"
#include "sim/app/scenario.h"
#include "sim/base/units.h"
#include "sim/cli/columns.h"
#include "sim/cli/commands.h"
#include "sim/cli/scenario_args.h"
#include "sim/io/csv.h"
#include "sim/io/reader.h"
#include "sim/io/recorder.h"

namespace steppe::cli {
namespace {

using core::Nanoseconds;

struct Output {
  std::string name, unit, help;
  size_t first = 0;  ///< in the row
  int width = 1;
  double mean = 0.0, low = INFINITY, high = -INFINITY;  ///< of the sum over its units
};

/// Inputs at their defaults; outputs into a row.
class Context final : public core::ProcessContext {
 public:
  Context(const core::System::ProcessRef& p, std::vector<double>& row, std::vector<size_t> first,
          std::vector<PageEvent>& log)
      : process_(p), row_(row), first_(std::move(first)), log_(log) {}
  double in(int input, int) const override {
    return process_.type->inputs[static_cast<size_t>(input)].value;
  }
  void out(int output, double value, int k) override {
    row_[first_[static_cast<size_t>(output)] + static_cast<size_t>(k)] = value;
  }
  void ramp(int output, double value, double slope, int k) override {
    // A row says what holds on average until the next one.
    out(output, value + 0.5 * slope * core::to_seconds(exchange), k);
  }
  void discontinuity() override {}
  void event(const std::string& name, const std::string& from, const std::string& to,
             const std::string& text) override {
    log_.push_back({core::to_seconds(now), process_.id, name, from, to, text});
  }

 private:
  const core::System::ProcessRef& process_;
  std::vector<double>& row_;
  std::vector<size_t> first_;
  std::vector<PageEvent>& log_;
};

Nanoseconds exchange_at(const app::Scenario& s, Nanoseconds t) {
  double exchange = s.windows.front().profile.exchange;
  for (const auto& w : s.windows)
    if (w.from <= t) exchange = w.profile.exchange;
  return core::from_seconds(exchange);
}

struct LoadArgs {
  ScenarioArgs scenario;
  std::string output, csv, requests, until;
};

class LoadRun {
 public:
  LoadRun(app::Simulation& sim, const LoadArgs& args, const Program& program)
      : sim_(sim), args_(args), end_(until_option(args.until)) {
    if (end_ == 0.0) end_ = sim.scenario().t_end;
    find_loads();
    if (!args.requests.empty()) watch(program);
    if (!args.output.empty()) open_result();
    if (!args.csv.empty()) open_csv();
  }

  int run() {
    const auto stop = stop_on_signals();
    const Nanoseconds end = core::from_seconds(end_);
    Nanoseconds now = 0;
    bool cancelled = false;
    size_t next_command = 0;
    while (now < end && !(cancelled = stop.stop_requested())) {
      Nanoseconds next = end;
      for (size_t k = 0; k < loads_.size(); ++k) {
        auto& p = *loads_[k];
        Context& c = contexts_[k];
        c.now = now;
        c.exchange = exchange_at(sim_.scenario(), now);
        c.end = end;
        for (size_t i = next_command; i < timeline_.size() && timeline_[i].at <= now; ++i)
          if (&sim_.system().processes[static_cast<size_t>(timeline_[i].process)] == &p)
            p.process->command(timeline_[i].process_command, timeline_[i].value, c);
        if (p.process->next_time() <= now) p.process->update(c);
        next = std::min(next, std::max(p.process->next_time(), now + 1));
      }
      while (next_command < timeline_.size() && timeline_[next_command].at <= now) ++next_command;
      if (next_command < timeline_.size()) next = std::min(next, timeline_[next_command].at);
      write_row(core::to_seconds(now), core::to_seconds(next - now));
      now = next;
    }
    finish(core::to_seconds(now), cancelled);
    return cancelled ? 4 : 0;
  }

 private:
  void find_loads() {
    auto& system = sim_.system();
    for (auto& p : system.processes) {
      if (p.type->domain != "load") continue;
      std::vector<size_t> first;
      for (size_t o = 0; o < p.signals.size(); ++o) {
        const auto& info = p.signals[o];
        const auto width = p.outputs[o].size();
        outputs_.push_back(
            {p.id + "." + info.name, info.unit, info.help, row_.size(), static_cast<int>(width)});
        first.push_back(row_.size());
        row_.resize(row_.size() + width, 0.0);
      }
      for (const auto& i : p.type->inputs)
        if (std::isnan(i.value))
          throw UserError(
              fmt::format("{} needs its input '{}' and cannot run alone", p.id, i.name));
      loads_.push_back(&p);
      starts_.push_back(std::move(first));
    }
    if (loads_.empty())
      throw UserError(fmt::format("{} has no computing load: 'load: {{type: inference, …}}'",
                                  sim_.scenario().path));
    for (size_t k = 0; k < loads_.size(); ++k)
      contexts_.emplace_back(*loads_[k], row_, starts_[k], log_);
    // Only what the scenario tells a load to do; the rest of the site is not there.
    Diagnostics d;
    for (auto& e : app::resolve_events(sim_.scenario(), system, d))
      if (e.process >= 0 && system.processes[static_cast<size_t>(e.process)].type->domain == "load")
        timeline_.push_back(e);
  }

  void watch(const Program& program) {
    requests_ = std::make_unique<io::CsvWriter>(args_.requests);
    requests_->texts({"load", "id", "arrival [s]", "first_token [s]", "finish [s]", "input [token]",
                      "output [token]", "rejected"});
    auto row_of = [this](const std::string& id) {
      return [this, id](const RequestRow& r) {
        const double none = std::nan("");
        requests_->row({static_cast<double>(r.id), r.arrival, r.rejected ? none : r.first_token,
                        r.rejected ? none : r.finish, static_cast<double>(r.input),
                        static_cast<double>(r.output), r.rejected ? 1.0 : 0.0},
                       r.model.empty() ? id : id + "/" + r.model);
        ++request_rows_;
      };
    };
    bool any = false;
    for (auto* p : loads_)
      if (program.watch_requests && program.watch_requests(*p->process, row_of(p->id))) any = true;
    if (!any) throw UserError("this load knows no single requests");
  }

  void open_result() {
    make_folder_of(args_.output);
    io::RecorderSpec spec;
    spec.start = sim_.scenario().start;
    spec.time_zone = sim_.scenario().time_zone;
    spec.title = sim_.scenario().name;
    for (const auto& o : outputs_) {
      io::ChannelSpec c;
      c.name = o.name;
      c.unit = o.unit;
      c.long_name = o.help.empty() ? o.name : o.help;
      c.width = o.width;
      c.kind = io::ChannelSpec::Kind::zoh;
      spec.channels.push_back(std::move(c));
    }
    recorder_ = std::make_unique<io::Recorder>(args_.output, spec);
    recorder_->set_text("/scenario/source", sim_.scenario().source);
    recorder_->set_text("/scenario/resolved", sim_.scenario().resolved);
    recorder_->set_provenance("scenario", sim_.scenario().path);
    recorder_->set_provenance("program", "steppe " STEPPE_VERSION " load");
  }

  void open_csv() {
    csv_ = std::make_unique<io::CsvWriter>(args_.csv);
    epoch_ = sim_.scenario().start_epoch;
    std::vector<std::string> head{"datetime", "time [s]"};
    for (const auto& o : outputs_) {
      const size_t dot = o.name.rfind('.');
      const std::string unit = fmt::format(" [{}]", o.unit.empty() ? "1" : o.unit);
      for (int k = 0; k < o.width; ++k)
        head.push_back(
            (o.width == 1 ? o.name
                          : fmt::format("{}[{}]{}", o.name.substr(0, dot), k, o.name.substr(dot))) +
            unit);
    }
    csv_->texts(head);
  }

  void write_row(double t, double dt) {
    if (recorder_) recorder_->append(t, row_.data());
    if (csv_) {
      std::vector<double> values{t};
      values.insert(values.end(), row_.begin(), row_.end());
      csv_->row(values, iso_time(epoch_ + t));
    }
    for (auto& o : outputs_) {
      double sum = 0.0;
      for (int k = 0; k < o.width; ++k) sum += row_[o.first + static_cast<size_t>(k)];
      o.mean += dt * sum;
      o.low = std::min(o.low, sum);
      o.high = std::max(o.high, sum);
    }
  }

  void finish(double t, bool cancelled) {
    std::vector<PageNumber> kpis;
    for (auto* p : loads_)
      for (const auto& k : p->process->kpis()) {
        if (!std::isfinite(k.value)) continue;
        const auto& infos = app::kpi_infos();
        // A figure of one of several models is "MODEL.name".
        const std::string name = k.name.substr(k.name.rfind('.') + 1);
        const auto info =
            std::find_if(infos.begin(), infos.end(), [&](const auto& i) { return i.name == name; });
        const auto u = parse_unit(k.unit);
        const bool known = info != infos.end();
        kpis.push_back({k.name, known ? info->unit : k.unit, known ? info->help : k.help,
                        known && u ? k.value * u->scale : k.value});
      }
    if (recorder_) {
      for (const auto& e : log_)
        recorder_->event(e.time, e.component, e.name, e.from, e.to, e.text);
      for (const auto& k : kpis) recorder_->set_kpi(k.name, k.value, k.unit, k.help);
      recorder_->finish(cancelled ? "cancelled" : "complete");
    }
    if (csv_) csv_->close();
    if (requests_) requests_->close();
    fmt::print("{}: {} of load alone\n{}", sim_.scenario().name, format_duration(t),
               kpi_page(kpis));
    size_t wide = 26;
    for (const auto& o : outputs_) wide = std::max(wide, o.name.size());
    fmt::print("\n  {:<{}} {:>14} {:>14} {:>14}\n", "", wide, "mean", "least", "largest");
    for (const auto& o : outputs_)
      if (t > 0.0)
        fmt::print("  {:<{}} {:>14} {:>14} {:>14}   {}\n", o.name, wide,
                   format_quantity(o.mean / t, o.unit), format_quantity(o.low, o.unit),
                   format_quantity(o.high, o.unit), o.help);
    if (!log_.empty()) fmt::print("\nEvents ({})\n{}", log_.size(), event_page(log_, 12, "-o"));
    if (requests_ && request_rows_ == 0)
      fmt::print(stderr,
                 "note: no single request was simulated; level: event follows each of them\n");
    if (cancelled)
      fmt::print(stderr, "cancelled at {}; what was computed until then is kept\n",
                 format_duration(t));
  }

  app::Simulation& sim_;
  const LoadArgs& args_;
  double end_, epoch_ = 0.0;
  std::vector<core::System::ProcessRef*> loads_;
  std::vector<std::vector<size_t>> starts_;
  std::vector<Context> contexts_;
  std::vector<Output> outputs_;
  std::vector<double> row_;
  std::vector<PageEvent> log_;
  std::vector<solve::TimelineEvent> timeline_;
  std::unique_ptr<io::Recorder> recorder_;
  std::unique_ptr<io::CsvWriter> csv_, requests_;
  size_t request_rows_ = 0;
};

}  // namespace

namespace {

/// load --calibrate: measured files in, a data file of the load out.
void calibrate(const std::vector<std::string>& files, const LoadArgs& args,
               const Program& program) {
  const Calibration& c = program.calibration;
  const auto params = c.make_params();
  app::read_arguments(args.scenario.set, *c.params, params.get(), "load --calibrate");
  core::ProcessSetup setup;
  setup.id = "calibrate";
  setup.data_dir = app::home_dir() + "/data";
  setup.read_yaml = [](const std::string& file, const core::ParamTableBase& table, void* p) {
    io::read_yaml_into(file, table, p);
  };
  const auto result = c.run(files, params.get(), setup);
  if (args.output.empty()) {
    fmt::print("{}", result.file);
    return;
  }
  make_folder_of(args.output);
  std::ofstream out(args.output);
  if (!(out << result.file) || !out.flush())
    throw IoError(fmt::format("{}: cannot be written", args.output));
  fmt::print("{}written to {}\n", result.page, args.output);
}

}  // namespace

void add_load(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("load", "The computing load of a scenario alone, open loop");
  auto args = std::make_shared<LoadArgs>();
  args->scenario.declare(*cmd);
  cmd->add_option("-o,--output", args->output, "Result file (.h5)");
  cmd->add_option("--csv", args->csv, "Power, tokens, queue and latency over time; - is stdout");
  cmd->add_option("--requests", args->requests, "One line per request (.csv)");
  cmd->add_option("--until", args->until, "End, e.g. \"2 h\"");
  auto files = std::make_shared<std::vector<std::string>>();
  cmd->add_option("--calibrate", *files,
                  "Measured file (CSV, JSON; repeat it): make a data file of step times and powers "
                  "instead of a run, with --set model=NAME, accelerator=NAME, prompt=TOKENS")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  cmd->footer(
      "Example:  steppe load --calibrate h100.csv --set model=llama-3.1-8b --set accelerator=h100 "
      "--set prompt=250 -o my-h100.yaml");
  cmd->callback([=, &program] {
    if (!files->empty()) {
      calibrate(*files, *args, program);
      program.exit_code = 0;
      return;
    }
    auto sim = args->scenario.load(program.registry);
    program.exit_code = sim ? LoadRun(*sim, *args, program).run() : 2;
  });
}

}  // namespace steppe::cli
