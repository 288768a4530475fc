#include "inference_load/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "inference_load/arrivals/lines.h"
#include "inference_load/engine/step_time.h"

namespace steppe::load {
namespace {

using core::required;

struct Point {
  double step_time = 0.0, mean_step = 0.0, power = 0.0, context = 0.0, prompts = 0.0;
  int count = 0;  ///< rows averaged
};

class Reading {
 public:
  Reading(const CalibrateParams& p, double accelerators) : p_(p), accelerators_(accelerators) {}

  void read(const std::string& path) {
    if (path.ends_with(".json")) return json(path);
    LineReader lines(path);
    Problems problems(path);
    std::string line;
    while (lines.next(line) && trim(line).empty()) {
    }
    if (trim(line).empty()) problems.raise("the file is empty");
    std::vector<Field> fields;
    by_ = separator(line);
    split(line, fields, by_);
    std::map<std::string, size_t> column;
    for (size_t i = 0; i < fields.size(); ++i) column[plain_name(fields[i].text)] = i;
    if (column.count("powertotalw")) {
      over_time(path, lines, problems, column, fields.size());
    } else {
      table(lines, problems, column, fields, line);
    }
    if (problems.any()) problems.raise();
  }

  std::map<double, Point> points;   ///< by batch
  std::map<double, double> traced;  ///< mean power over time, W per accelerator, by batch
  std::set<std::string> models;
  size_t used = 0, left_out = 0;

 private:
  struct Row {
    std::string model, task, accelerator;
    double gpus = 0.0, batch = 0.0, itl = 0.0, power = 0.0, rate = 0.0, output = 0.0, spread = 1.0;
  };

  /// "" or why the row is bad.
  std::string take(const Row& r) {
    auto other = [](const std::string& wish, const std::string& is) {
      return !wish.empty() && is != wish;
    };
    if (other(p_.row_model, r.model) || other(p_.row_task, r.task) ||
        other(p_.row_accelerator, r.accelerator) || (r.gpus > 0 && r.gpus != accelerators_)) {
      ++left_out;
      return {};
    }
    if (!(r.batch >= 1.0)) return "the batch must be at least 1";
    if (!(r.itl > 0.0)) return "the inter-token latency must be above 0";
    if (!(r.power > 0.0)) return "the power must be above 0";
    if (!(r.rate > 0.0)) return "the tokens per second must be above 0";
    const double output = r.output > 0 ? r.output : p_.output;
    if (!(output > 0.0)) return "the output length is not there: give output=TOKENS";
    models.insert(r.model + (r.task.empty() ? "" : ", ") + r.task);
    // A sequence met at a random instant is on average E[o²]/2E[o] tokens into its answer.
    const double context = p_.prompt + 0.5 * output * (1.0 + r.spread * r.spread);
    Point& x = points[std::round(r.batch)];
    const double w = 1.0 / ++x.count;
    for (auto [to, v] : {std::pair{&x.step_time, r.itl},
                         {&x.mean_step, r.batch / r.rate},
                         {&x.power, r.power},
                         {&x.context, context},
                         {&x.prompts, r.batch / output}})
      *to += w * (v - *to);
    ++used;
    return {};
  }

  void table(LineReader& lines, Problems& problems, const std::map<std::string, size_t>& column,
             const std::vector<Field>& header, std::string line) {
    const size_t width = header.size();
    auto find = [&](std::initializer_list<const char*> names) -> std::optional<size_t> {
      for (const char* n : names)
        if (const auto it = column.find(n); it != column.end()) return it->second;
      return std::nullopt;
    };
    const auto model = find({"modelid"}), task = find({"task"}), device = find({"gpumodel"}),
               gpus = find({"numgpus"}), output = find({"avgoutputlen", "output"});
    const auto batch = find({"avgbatchsize", "batch"}), ms = find({"medianitlms"}),
               seconds = find({"steptime"}), total = find({"avgpowerwatts"}),
               each = find({"power"}), rate = find({"outputthroughputtokenspersec", "tokenspers"});
    if (!batch || !(ms || seconds) || !(each || (total && gpus)) || !rate) {
      problems.add(lines.number(), line, 0, line.size(),
                   "columns are missing: the batch, the step time, the power and the tokens per "
                   "second are needed",
                   "avg_batch_size, median_itl_ms, avg_power_watts with num_gpus, "
                   "output_throughput_tokens_per_sec; or batch, step_time, power, tokens_per_s; or "
                   "relative_time_s, power_total_W");
      return;
    }
    auto scale = [&](std::optional<size_t> i, const char* unit) {
      return i ? header_scale(header[*i], unit, problems, lines.number(), line) : 1.0;
    };
    const double to_seconds = scale(seconds, "s"), to_watts = scale(each, "W");
    if (problems.any()) return;
    std::vector<Field> f;
    while (lines.next(line)) {
      if (trim(line).empty()) continue;
      split(line, f, by_);
      if (f.size() != width) {
        problems.add(lines.number(), line, 0, line.size(),
                     fmt::format("{} fields where the header has {}", f.size(), width));
        continue;
      }
      bool bad = false;
      auto value = [&](std::optional<size_t> i, double otherwise) {
        double v = otherwise;
        if (i && (!number(f[*i].text, v) || !std::isfinite(v))) {
          problems.add(lines.number(), line, f[*i], fmt::format("'{}' is no number", f[*i].text));
          bad = true;
        }
        return v;
      };
      auto text = [&](std::optional<size_t> i) { return i ? std::string(f[*i].text) : ""; };
      Row r{text(model), text(task), text(device)};
      r.gpus = value(gpus, 0.0);
      r.batch = value(batch, 0.0);
      r.itl = ms ? 1e-3 * value(ms, 0.0) : to_seconds * value(seconds, 0.0);
      r.power = each ? to_watts * value(each, 0.0) : value(total, 0.0) / std::max(1.0, r.gpus);
      r.rate = value(rate, 0.0);
      r.output = value(output, 0.0);
      if (bad) continue;
      if (const auto why = take(r); !why.empty())
        problems.add(lines.number(), line, f[*batch], why);
    }
  }

  void over_time(const std::string& path, LineReader& lines, Problems& problems,
                 const std::map<std::string, size_t>& column, size_t width) {
    const std::string name = std::filesystem::path(path).filename().string();
    auto named = [&](const std::string& key) {
      const size_t at = name.find(key);
      return at == std::string::npos ? 0.0 : std::strtod(name.c_str() + at + key.size(), nullptr);
    };
    const double gpus = named("num_gpus_"), batch = named("max_num_seqs_");
    if (!(gpus >= 1.0) || !(batch >= 1.0))
      problems.raise("the name of a file over time must say num_gpus_G and max_num_seqs_N");
    if (gpus != accelerators_) {
      ++left_out;
      return;
    }
    const size_t at = column.at("powertotalw");
    std::vector<Field> f;
    std::string line;
    double sum = 0.0, n = 0.0;
    while (lines.next(line)) {
      if (trim(line).empty()) continue;
      split(line, f, by_);
      double watts = 0.0;
      if (f.size() != width)
        problems.add(lines.number(), line, 0, line.size(),
                     fmt::format("{} fields where the header has {}", f.size(), width));
      else if (!number(f[at].text, watts) || !(watts >= 0.0))
        problems.add(lines.number(), line, f[at], "the power must be a number of watts");
      else
        sum += watts, n += 1.0;
    }
    if (problems.any()) return;
    if (n == 0.0) problems.raise("no rows in the file");
    traced[batch] = sum / n / gpus;
    ++used;
  }

  void json(const std::string& path) {
    Problems problems(path);
    std::ifstream in(path);
    if (!in) problems.raise("cannot be opened");
    try {
      const auto j = nlohmann::json::parse(in);
      for (const auto& c : j.at("configurations")) {
        Row r{j.at("model_id"), j.at("task"), c.at("gpu_model")};
        r.gpus = c.at("num_gpus");
        r.batch = c.at("avg_batch_size");
        r.itl = 1e-3 * c.at("median_itl_ms").get<double>();
        r.power = c.at("avg_power_watts").get<double>() / std::max(1.0, r.gpus);
        r.rate = c.at("output_throughput_tokens_per_sec");
        r.output = c.at("avg_output_len");
        if (c.contains("output_length_distribution"))
          r.spread = spread(c.at("output_length_distribution"));
        if (const auto why = take(r); !why.empty()) problems.raise(why);
      }
    } catch (const nlohmann::json::exception& e) {
      problems.raise(fmt::format("is no result file of ML.ENERGY's leaderboard: {}", e.what()));
    }
  }

  /// Coefficient of variation of a histogram {"bins": edges, "counts": n}.
  static double spread(const nlohmann::json& h) {
    const auto bins = h.at("bins").get<std::vector<double>>();
    const auto counts = h.at("counts").get<std::vector<double>>();
    double n = 0.0, one = 0.0, two = 0.0;
    for (size_t i = 0; i + 1 < bins.size() && i < counts.size(); ++i) {
      const double x = 0.5 * (bins[i] + bins[i + 1]);
      n += counts[i];
      one += counts[i] * x;
      two += counts[i] * x * x;
    }
    return n > 0 && one > 0 ? std::sqrt(std::max(0.0, two * n / (one * one) - 1.0)) : 1.0;
  }

  const CalibrateParams& p_;
  double accelerators_;
  char by_ = ',';
};

std::string list(const std::vector<double>& v) {
  std::string out;
  for (double x : v) out += (out.empty() ? "" : ", ") + fmt::format("{:.6g}", x);
  return "[" + out + "]";
}

}  // namespace

const core::ParamTable<CalibrateParams>& calibrate_table() {
  using P = CalibrateParams;
  static const core::ParamTable<P> table = [] {
    core::ParamTable<P> t;
    t.text("model", &P::model, "", "Measured model: a name in data/models, or a .yaml file")
        .text("accelerator", &P::accelerator, "",
              "Measured accelerator: a name in data/accelerators, or a .yaml file")
        .real("tensor_parallel", &P::tensor_parallel, "1", 1.0, {1, 1024},
              "Accelerators of a replica")
        .real("expert_parallel", &P::expert_parallel, "1", 1.0, {1, 4096},
              "Accelerators that share the routed experts")
        .real("prompt", &P::prompt, "token", required(250.0), {1, 1e7}, "Mean prompt length")
        .real("output", &P::output, "token", 0.0, {0, 1e7},
              "Mean answer length, where the files do not say it")
        .text("row_model", &P::row_model, "", "Take only rows with this model_id")
        .text("row_task", &P::row_task, "", "Take only rows with this task")
        .text("row_accelerator", &P::row_accelerator, "", "Take only rows with this gpu_model");
    return t;
  }();
  return table;
}

std::string calibration_page(const Calibrated& c) {
  std::string page = fmt::format(
      "{} measurements, {} rows left out (other layout, model or task)\n"
      "  {:>8} {:>14} {:>14} {:>9} {:>12} {:>12} {:>9}\n",
      c.used, c.left_out, "batch", "step measured", "computed", "", "W measured", "computed", "");
  for (const auto& r : c.rows)
    page += fmt::format(
        "  {:>8.0f} {:>11.2f} ms {:>11.2f} ms {:>+7.1f} % {:>12.0f} {:>12.0f} {:>+7.1f} %\n",
        r.batch, 1e3 * r.step_time, 1e3 * r.step_computed,
        100.0 * (r.step_computed / r.step_time - 1.0), r.power, r.power_computed,
        100.0 * (r.power_computed / r.power - 1.0));
  return page;
}

Calibrated calibrate(const std::vector<std::string>& files, const CalibrateParams& p,
                     const core::ProcessSetup& setup) {
  if (p.model.empty() || p.accelerator.empty())
    throw UserError("a calibration needs --set model=NAME and --set accelerator=NAME");
  const ModelDesc model = load_model(setup, p.model);
  const Accelerator accelerator = load_accelerator(setup, p.accelerator);
  const Parallel layout{p.tensor_parallel, p.expert_parallel, 0.0, 1.0, 0.0, 0.85};
  Reading r(p, layout.group());
  for (const std::string& f : files) r.read(f);
  if (r.models.size() > 1) {
    std::string names;
    for (const std::string& m : r.models) names += "\n  " + m;
    throw UserError(
        "the rows are of several models or tasks; choose with --set row_model=NAME and "
        "--set row_task=NAME:" +
        names);
  }
  if (r.points.empty() && r.traced.empty())
    throw UserError(
        fmt::format("no row is of {} accelerators{}: nothing to calibrate ({} rows left out)",
                    layout.group(), p.row_model.empty() ? "" : " and " + p.row_model, r.left_out));
  // A batch is per replica; the files count the sequences of the whole server.
  const double replicas = layout.group() / layout.tensor;
  const StepModel computed(model, accelerator, layout, 0);
  Calibrated out;
  for (const auto& [batch, watts] : r.traced) {
    Point& x = r.points[batch];
    if (x.count == 0) {
      if (!(p.output > 0.0))
        throw UserError("a file over time alone needs --set output=TOKENS, the mean answer length");
      x.context = p.prompt + p.output;
      x.prompts = batch / p.output;
      Batch b;
      b.decode = batch / replicas;
      b.context = b.decode * x.context;
      x.step_time = x.mean_step = computed.step(b).total;
    }
    x.power = watts;
  }
  Measured m;
  for (const auto& [batch, x] : r.points) {
    Batch b;
    b.decode = batch / replicas;
    b.context = b.decode * x.context;
    const StepPoint c = computed.operate(b, {});
    out.rows.push_back({b.decode, x.step_time, c.seconds, x.power, c.watts});
    m.batch.push_back(b.decode);
    m.context.push_back(x.context);
    m.step_time.push_back(x.step_time);
    m.mean_step.push_back(std::max(x.mean_step, x.step_time));
    m.prompts.push_back(x.prompts / replicas);
    m.power.push_back(x.power);
  }
  std::string from;
  for (const std::string& f : files)
    if (from.size() < 200)
      from += (from.empty() ? "" : ", ") + std::filesystem::path(f).filename().string();
  out.yaml = fmt::format(
      "# {} on {}, {} accelerators: measured step time and power over the running batch.\n"
      "# Made by: steppe load --calibrate.\n"
      "source: \"{} rows of {}{}\"\n"
      "model: {}\naccelerator: {}\ntensor_parallel: {:g}\nexpert_parallel: {:g}\nprompt: {:g}\n"
      "batch: {}\ncontext: {}\nstep_time: {}\nmean_step: {}\nprompts: {}\npower: {}\n",
      model.name, accelerator.name, layout.group(), r.used, from,
      r.models.empty() ? "" : " (" + *r.models.begin() + ")", model.name, accelerator.name,
      p.tensor_parallel, p.expert_parallel, p.prompt, list(m.batch), list(m.context),
      list(m.step_time), list(m.mean_step), list(m.prompts), list(m.power));
  out.used = r.used;
  out.left_out = r.left_out;
  return out;
}

}  // namespace steppe::load
