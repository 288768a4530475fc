// The energy of the electrical side at every node and in every component, at every accepted step of
// the studies: what flows into a node leaves it, what a component takes leaves it, is lost or
// stored.
#include "tests/scenario/site.h"
#include "tests/support/bench.h"

using namespace steppe;
using namespace steppe::test;

namespace {

/// Evaluates every component with electrical ports on a bench of its own, from the run's unknowns:
/// independent of the assembly that the solver uses.
class Accountant {
 public:
  Accountant(core::System& s, double altitude, const core::Registry& registry)
      : s_(s), f_(s.y.size()) {
    for (const auto& c : s.components) {
      bool electrical = false;
      for (const auto& p : c.type->layout.ports) electrical = electrical || is_electrical(p.kind);
      benches_.push_back(
          electrical ? std::make_unique<Bench>(*c.type, registry, c.instance().params, altitude)
                     : nullptr);
    }
  }

  void check(double t) {
    ++steps;
    for (size_t c = 0; c < benches_.size(); ++c) {
      if (!benches_[c]) continue;
      Bench& b = *benches_[c];
      const auto& inst = s_.components[c].instance();
      for (size_t i = 0; i < inst.index.size(); ++i) {
        const int k = inst.index[i];
        const auto h = static_cast<size_t>(~k);
        b.x[i] = k >= 0 ? s_.y[static_cast<size_t>(k)]
                        : s_.held.value[h] + s_.held.slope[h] * (t - s_.held.since[h]);
      }
      for (size_t m = 0; m < b.modes.size(); ++m)
        b.modes[m] = s_.modes[static_cast<size_t>(inst.first_mode) + m];
      b.eval();
      const auto e = electrical_closure(b);
      note(component, std::abs(e.sum) / (e.size + 1.0), s_.components[c].id, t);
    }
    core::Ledger booked(s_.ledger_rows().size());
    s_.residual(t, s_.y.data(), f_.data(), &booked);
    const auto rates = booked.total();
    double fed = 1.0;  // W, what comes into the site
    for (size_t a = 0; a < rates.size(); ++a)
      if (core::kElectricSign[a] > 0) fed += std::abs(rates[a]);
    for (const auto& n : s_.nodes) {
      if (!is_electrical(n.kind)) continue;
      const auto k = static_cast<size_t>(n.first);
      double missing = s_.y[k] * f_[k];
      if (n.kind == core::PortKind::ac) missing += s_.y[k + 1] * f_[k + 1];
      note(node, std::abs(missing) / fed, n.name, t);
    }
  }

  struct Worst {
    double share = 0.0, t = 0.0;
    std::string where;
  };
  Worst component, node;
  int steps = 0;

 private:
  static bool is_electrical(core::PortKind k) {
    return k == core::PortKind::ac || k == core::PortKind::dc;
  }
  static void note(Worst& w, double share, const std::string& where, double t) {
    if (!(share <= w.share)) w = {share, t, where};
  }
  core::System& s_;
  std::vector<double> f_;
  std::vector<std::unique_ptr<Bench>> benches_;
};

}  // namespace

TEST_CASE("AC-3-05 P_in = P_out + losses + stored at every node, at every accepted step") {
  const std::string data = shared_data();
  struct Study {
    const char* file;
    double until;
    std::vector<app::Override> set;
  };
  std::vector<Study> studies{
      {"studies/virginia-dips.yaml", 60.0, {}},  {"studies/islanded.yaml", 120.0, {}},
      {"studies/training-swings.yaml", 5.0, {}}, {"studies/blackout-to-genset.yaml", 120.0, {}},
      {"studies/rack-bbu.yaml", 300.0, {}},      {"studies/supercap-hybrid.yaml", 20.0, {}}};
  if (!data.empty())
    studies.push_back({"studies/dip-ride-through.yaml",
                       20.0,
                       {{"fault.file", data + "/grid/comtrade_220kV_fault_CN/xtz.cfg"}}});
  const auto known = registry();
  for (const auto& study : studies) {
    CAPTURE(study.file);
    auto sim = load_site(study.file, study.set);
    Accountant a(sim->system(), sim->scenario().system.altitude, known);
    auto q = request(study.until);
    q.each_step = [&](double t) { a.check(t); };
    const auto r = sim->run(q);
    MESSAGE(std::string(study.file), ": ", a.steps, " steps; components ", a.component.share, " (",
            a.component.where, "), nodes ", a.node.share, " (", a.node.where, " at ", a.node.t,
            " s)");
    CHECK(r.status == app::RunResult::Status::complete);
    CHECK(a.component.share < 1e-9);
    CHECK(a.node.share < 1e-9);
    CHECK(r.summary.residual_energy < r.summary.ledger_limit);
  }
}
