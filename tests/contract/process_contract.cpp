// What every process promises: sane instants, finite outputs, and a state that survives a
// checkpoint.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "models/registry.h"
#include "sim/base/error.h"

namespace steppe::test {

void check_table(const core::ParamTableBase& table, void* params,
                 const std::function<void(const std::string& check, const std::string&)>& fail);

namespace {

class FakeContext final : public core::ProcessContext {
 public:
  explicit FakeContext(const core::ProcessType& t) : type_(t) {
    exchange = core::from_seconds(60.0);
    end = core::from_seconds(86400.0);
    for (const auto& o : t.outputs) outputs.emplace_back(std::max(1, o.width), o.value);
  }
  double in(int input, int) const override {
    const double v = type_.inputs.at(static_cast<size_t>(input)).value;
    return std::isnan(v) ? 0.5 : v;
  }
  void out(int output, double value, int k) override {
    outputs.at(static_cast<size_t>(output)).at(static_cast<size_t>(k)) = value;
  }
  void ramp(int output, double value, double slope, int k) override {
    out(output, value, k);
    slope_finite = slope_finite && std::isfinite(slope);
  }
  void discontinuity() override {}
  void event(const std::string&, const std::string&, const std::string&,
             const std::string&) override {}
  std::vector<std::vector<double>> outputs;
  bool slope_finite = true;

 private:
  const core::ProcessType& type_;
};

TEST_CASE("every process keeps its contract") {
  const auto registry = models::registry();
  for (const auto& [name, type] : registry.processes) {
    CAPTURE(name);
    CHECK_FALSE(type.help.empty());
    CHECK_FALSE(type.domain.empty());
    REQUIRE(type.params);
    const auto params = type.make_params();
    check_table(*type.params, params.get(), [&](const std::string& check, const std::string& text) {
      FAIL_CHECK(fmt::format("{}: {}: {}", name, check, text));
    });
    for (const auto& s : type.inputs) CHECK_FALSE(s.help.empty());
    for (const auto& s : type.outputs) CHECK_FALSE(s.help.empty());
    core::ProcessSetup setup;
    setup.id = name;
    setup.seed = 1;
    setup.data_dir = std::string(STEPPE_SOURCE_DIR) + "/data";
    for (const auto& s : type.inputs) setup.input_width.push_back(std::max(1, s.width));
    for (const auto& s : type.outputs) setup.output_width.push_back(std::max(1, s.width));
    std::unique_ptr<core::Process> process, other;
    try {
      process = type.make(params.get(), setup);
      other = type.make(params.get(), setup);
    } catch (const UserError& e) {
      // Only a process that needs a file may refuse its defaults.
      bool needs_file = false;
      for (const auto& row : type.params->rows())
        needs_file = needs_file || row.kind == core::ParamKind::file;
      CHECK_MESSAGE(needs_file, name, ": ", e.what());
      continue;
    }
    FakeContext context(type);
    process->update(context);
    int updates = 0;
    for (; updates < 50; ++updates) {
      const auto next = process->next_time();
      CHECK(next >= context.now);
      if (next == core::kNever || next > context.end) break;
      const bool stuck = next == context.now && updates > 0;
      CHECK_FALSE(stuck);
      if (stuck) break;
      context.now = next;
      process->update(context);
      for (const auto& o : context.outputs)
        for (double v : o) CHECK(std::isfinite(v));
      CHECK(context.slope_finite);
    }
    // A second object that takes over the state goes on alike.
    core::StateWriter state;
    process->save(state);
    core::StateReader reader(state.bytes());
    other->load(reader);
    CHECK(reader.done());
    core::StateWriter again;
    other->save(again);
    CHECK(again.bytes() == state.bytes());
    CHECK(other->next_time() == process->next_time());
    if (process->next_time() != core::kNever) {
      FakeContext a(type), b(type);
      a.now = b.now = process->next_time();
      process->update(a);
      other->update(b);
      CHECK(a.outputs == b.outputs);
      CHECK(process->next_time() == other->next_time());
    }
    CHECK_FALSE(process->command("no such command", 0.0, context));
  }
}

}  // namespace
}  // namespace steppe::test
