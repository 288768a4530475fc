#pragma once
// One component alone on a bench: every local unknown (inputs too) is a free number.
#include <memory>
#include <string>
#include <vector>

#include "sim/core/registry.h"

namespace steppe::test {

class Bench {
 public:
  /// `media`: medium name per fluid port ("" elsewhere); `params` null: the defaults.
  Bench(const core::ComponentType& type, const core::Registry& registry,
        std::shared_ptr<void> params = nullptr, double altitude = 0.0,
        const std::vector<std::string>& media = {});

  /// Evaluates all that a kernel says at the present point.
  void eval();
  /// ∂(row)/∂(local) at the present point, row · n_locals + column; rows as in `f`.
  const std::vector<double>& jacobian();
  void event(core::EventContext::Kind kind, int id, double value = 0.0);

  /// "in.v_re", "out.v", "p" (a variable), "p_set" (an input).
  double& at(const std::string& name);
  double output(const std::string& name) const;
  /// Power into an electrical port, or heat into a heat port or through a fluid port [W].
  double power(int port) const;
  double power(const std::string& port) const;

  const core::ComponentType& type;
  const core::Layout& layout;
  std::vector<double> x;  ///< local unknowns, start: the model's guesses
  std::vector<int> modes;
  std::vector<core::Nanoseconds> timers;
  core::Nanoseconds now = 0;
  std::string text;  ///< remark of the last event

  std::vector<double> f, mass, outputs, guards;  ///< f: minus the port rows; own rows as they are
  core::LedgerArray ledger{};
  std::unique_ptr<core::Batch> batch;

 private:
  std::vector<core::Medium> media_;
  std::vector<double> jacobian_;
};

/// Name of local unknown i, for messages.
std::string local_name(const core::Layout& layout, int i);

/// Sum of the ledger's electrical or heat side over one component and the sum of its absolute
/// terms.
struct Closure {
  double sum = 0.0, size = 0.0;
};
Closure electrical_closure(const Bench& b);
Closure heat_closure(const Bench& b);

}  // namespace steppe::test
