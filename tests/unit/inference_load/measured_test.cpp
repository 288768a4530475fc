// The engine against measured H100 servers at constant concurrency [ML.ENERGY 2025, leaderboard v3;
// vLLM]. Calibrated: efficiencies and the power law, on Llama-3.1-8B and 70B. Predicted:
// Qwen3-30B-A3B.
#include <doctest/doctest.h>

#include <map>

#include "support.h"

namespace steppe::load::test {
namespace {

/// A queue that never empties: the server runs max_sequences at once.
class Backlog : public ArrivalSource {
 public:
  Backlog(double input, double output)
      : input_(LengthTable::log_normal(input, 1.0, 8000)),
        output_(LengthTable::log_normal(output, 0.6, 8000)) {}
  bool next(double until, Arrival& a) override {
    if (until <= at_) return false;
    const double step = 1e-4;  // s: far more than any server here takes
    a = {at_, input_.draw(rng_), output_.draw(rng_), 0};
    at_ += given_++ < 3000 ? 0.0 : step * 100;
    return true;
  }
  void thin(double) override {}
  double rate(double) const override { return 0; }
  void save(core::StateWriter&) const override {}
  void load(core::StateReader&) override {}

 private:
  LengthTable input_, output_;
  Rng rng_{1, "backlog"};
  double at_ = 0.0;
  int given_ = 0;
};

struct Server {
  double itl, watts, joules;  ///< s; W and J/output token of all its accelerators
};

Server simulate(const std::string& model, const Parallel& parallel, double accelerators,
                double batch, double output, const std::string& measured) {
  Accelerator a = load_accelerator(setup(), "h100");
  a.per_node = accelerators;
  FleetConfig c;
  c.parallel = parallel;
  c.max_sequences = batch * parallel.tensor / accelerators;
  if (!measured.empty()) c.measured = load_measured(setup(), measured);
  Fleet fleet(load_model(setup(), model), a, c, 1, "x");
  Backlog source(250, output);
  const double warm = 30, end = 150;
  double energy = 0.0, tokens = 0.0;
  for (double t = 0; t < end; t += 10) {
    const FleetOutput& o = fleet.window(t, t + 10, {{}}, source);
    if (t < warm) continue;
    energy += 10 * o.group[0].accelerator;
    tokens += 10 * o.tokens_per_s;
  }
  return {fleet.stats().itl.quantile(0.5), energy / (end - warm), energy / tokens};
}

struct Row {
  double batch, output, rate, watts, joules, itl;
};

std::vector<Row> rows(const std::string& file, const std::string& model, int gpus) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  std::vector<Row> out;
  while (std::getline(in, line)) {
    std::vector<std::string> f;
    std::stringstream s(line);
    for (std::string x; std::getline(s, x, ',');) f.push_back(x);
    if (f.at(0) != "lm-arena-chat" || f.at(1) != model || std::stoi(f.at(8)) != gpus) continue;
    if (std::stod(f.at(12)) > 520) continue;
    out.push_back({std::stod(f.at(13)), std::stod(f.at(14)), std::stod(f.at(15)),
                   std::stod(f.at(16)), std::stod(f.at(17)), std::stod(f.at(19)) * 1e-3});
  }
  return out;
}

TEST_CASE("AC-1-12, AC-1-13: measured H100 servers: inter-token latency, power, energy per token") {
  const std::string dir = shared_data();
  if (dir.empty()) return;
  const std::string file = dir + "/accelerators/mlenergy_v3_H100_dev_subset.csv";
  struct Case {
    std::string name, model, measured;
    Parallel parallel;
    int gpus;
    double itl, watts, joules;  ///< tolerances
  };
  // ±15 % latency, ±10 % power, ±15 % energy are the project's. Predictions (Qwen3) are held to
  // what they reach, so that a change for the worse shows.
  const Parallel one{1, 1, 0, 1, 0, 0.85}, four{4, 1, 0, 1, 0, 0.85}, experts{1, 2, 0, 1, 0, 0.85};
  const std::string llama8 = "meta-llama/Llama-3.1-8B-Instruct",
                    llama70 = "meta-llama/Llama-3.1-70B-Instruct",
                    qwen = "Qwen/Qwen3-30B-A3B-Instruct-2507";
  const std::vector<Case> cases = {
      // The one law for all layouts lies between the 8B (more power) and the 70B (less) at equal
      // utilisation.
      {llama8, "llama-3.1-8b", "", one, 1, 0.15, 0.15, 0.20},
      {llama70, "llama-3.1-70b", "", four, 4, 0.15, 0.15, 0.20},
      {llama8, "llama-3.1-8b", "h100-llama-3.1-8b-tp1", one, 1, 0.15, 0.10, 0.15},
      {llama70, "llama-3.1-70b", "h100-llama-3.1-70b-tp4", four, 4, 0.15, 0.10, 0.15},
      {qwen, "qwen3-30b-a3b", "", one, 1, 0.25, 0.15, 0.20},
      {qwen, "qwen3-30b-a3b", "", experts, 2, 0.30, 0.30, 0.40},
  };
  for (const Case& c : cases) {
    const auto measured = rows(file, c.name, c.gpus);
    CHECK(!measured.empty());
    for (const Row& m : measured) {
      const Server s =
          simulate(c.model, c.parallel, c.gpus, std::round(m.batch), m.output, c.measured);
      char text[200];
      std::snprintf(text, sizeof text,
                    "%-14s %d GPU%s batch %4.0f: ITL %+5.1f %%  power %+5.1f %%  J/token %+5.1f %%",
                    c.model.c_str(), c.gpus, c.measured.empty() ? " general " : " measured",
                    m.batch, 100 * (s.itl / m.itl - 1), 100 * (s.watts / m.watts - 1),
                    100 * (s.joules / m.joules - 1));
      std::cout << text << "\n";
      INFO(text);
      // The latency line is stated up to a batch of 256; beyond it 20 % is kept.
      CHECK(s.itl == approx(m.itl, m.batch < 300 ? c.itl : std::max(c.itl, 0.20)));
      CHECK(s.watts == approx(m.watts, c.watts));
      CHECK(s.joules == approx(m.joules, c.joules));
    }
  }
}

}  // namespace
}  // namespace steppe::load::test
