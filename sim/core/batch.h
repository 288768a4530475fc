#pragma once
// All components of one type, evaluated in one call. `BatchOf<M>` is instantiated in the model's
// own source file.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/component.h"
#include "sim/core/param_table.h"

namespace steppe::core {

/// Where one evaluation reads and writes. Null pointers: not wanted.
struct EvalArgs {
  const double* y = nullptr;  ///< unknowns
  const double* u = nullptr;  ///< held inputs at the present time
  const int* modes = nullptr;
  double* f = nullptr;     ///< M·dy/dt = f; port rows are added, own rows are set
  double* mass = nullptr;  ///< diagonal of M
  LedgerArray* ledger = nullptr;
  double* outputs = nullptr;
  double* guards = nullptr;
  double* jacobian = nullptr;  ///< nonzeros of ∂f/∂y; [nnz] is a bin for entries that do not exist
};

/// Place of one component in the system's arrays.
struct Instance {
  std::string id;
  double count = 1.0;  ///< equal units that it stands for
  int first_mode = 0, first_guard = 0, first_timer = 0, first_output = 0, first_var = 0;
  std::vector<int32_t> index;  ///< local unknown -> y index; input without a variable: ~(u index)
  std::vector<const Medium*> media;
  std::shared_ptr<void> params;
};

class Batch {
 public:
  virtual ~Batch() = default;
  virtual void add(Instance i, const Setup& setup) = 0;
  virtual void evaluate(const EvalArgs&) const = 0;
  virtual void jacobian(const EvalArgs&) const = 0;
  /// Adds the structural nonzeros of instance k at this point to `dense` (row · n_locals + column).
  virtual void probe(int k, const double* y, const double* u, const int* modes,
                     std::vector<uint8_t>& dense) const = 0;
  /// Per instance: dense (row · n_locals + column) -> nonzero of the Jacobian; `bin` where the
  /// entry does not exist.
  virtual void set_slots(std::vector<std::vector<int32_t>> slots, int32_t bin) = 0;
  virtual double guess(int k, int local) const = 0;
  virtual void on_event(int k, EventContext&) const = 0;
  virtual const Layout& layout() const = 0;
  std::vector<Instance> instances;
};

/// Type of component in the registry.
struct ComponentType {
  std::string name, domain, help;
  const ParamTableBase* params = nullptr;
  Layout layout;
  std::shared_ptr<void> (*make_params)() = nullptr;
  std::unique_ptr<Batch> (*make_batch)() = nullptr;
};

template <class M>
class BatchOf final : public Batch {
  using Params = typename M::Params;

 public:
  BatchOf() : layout_(M::layout()) {
    for (const auto& p : layout_.ports) offsets_.push_back(p.offset);
    offsets_.push_back(layout_.n_port_unknowns);
    n_locals_ = layout_.n_locals();
    n_rows_ = layout_.n_rows();
    STEPPE_CHECK(n_locals_ <= kMaxLocals);
  }
  const Layout& layout() const override { return layout_; }

  void add(Instance i, const Setup& setup) override {
    Params p = *static_cast<const Params*>(i.params.get());
    if constexpr (requires { M::prepare(p, setup); }) M::prepare(p, setup);
    params_.push_back(std::move(p));
    instances.push_back(std::move(i));
  }

  void evaluate(const EvalArgs& a) const override {
    double x[kMaxLocals], r[kMaxLocals];
    LedgerArray ledger;
    for (size_t k = 0; k < instances.size(); ++k) {
      const Instance& inst = instances[k];
      const int32_t* index = inst.index.data();
      gather(index, a, x);
      for (int i = 0; i < n_rows_; ++i) r[i] = 0.0;
      const auto local = make_local(x, inst, a);
      LocalOut<double> out{r,
                           a.mass ? a.mass + inst.first_var : nullptr,
                           nullptr,
                           a.outputs ? a.outputs + inst.first_output : nullptr,
                           a.guards ? a.guards + inst.first_guard : nullptr,
                           &local};
      if (a.ledger) {
        ledger.fill(0.0);
        out.ledger = ledger.data();
      }
      M::template eval<double>(params_[k], local, out);
      if (a.f) {
        for (int i = 0; i < layout_.n_port_unknowns; ++i) a.f[index[i]] -= inst.count * r[i];
        for (int i = layout_.n_port_unknowns; i < n_rows_; ++i) a.f[index[i]] = r[i];
      }
      if (a.ledger)
        for (size_t i = 0; i < ledger.size(); ++i) (*a.ledger)[i] += inst.count * ledger[i];
    }
  }

  void jacobian(const EvalArgs& a) const override {
    Dual x[kMaxLocals], r[kMaxLocals];
    double plain[kMaxLocals];
    for (size_t k = 0; k < instances.size(); ++k) {
      const Instance& inst = instances[k];
      gather(inst.index.data(), a, plain);
      for (int c0 = 0; c0 < n_locals_; c0 += Dual::kLanes) {
        const auto& entries = chunks_[static_cast<size_t>(c0 / Dual::kLanes)];
        if (entries.empty()) continue;
        for (int i = 0; i < n_locals_; ++i) {
          x[i] = plain[i];
          if (i >= c0 && i < c0 + Dual::kLanes) x[i].d[static_cast<size_t>(i - c0)] = 1.0;
        }
        for (int i = 0; i < n_rows_; ++i) r[i] = 0.0;
        const auto local = make_local(x, inst, a);
        LocalOut<Dual> out{r, nullptr, nullptr, nullptr, nullptr, &local};
        M::template eval<Dual>(params_[k], local, out);
        const int32_t* slots = slots_[k].data();
        for (const Entry& e : entries)
          a.jacobian[slots[e.dense]] += (e.row < layout_.n_port_unknowns ? -inst.count : 1.0) *
                                        r[e.row].d[static_cast<size_t>(e.column - c0)];
      }
    }
  }

  void probe(int k, const double* y, const double* u, const int* modes,
             std::vector<uint8_t>& dense) const override {
    // A NaN seed marks everything that an unknown reaches, even where the derivative happens to be
    // 0.
    const Instance& inst = instances[static_cast<size_t>(k)];
    dense.resize(static_cast<size_t>(n_rows_ * n_locals_), 0);
    EvalArgs a;
    a.y = y;
    a.u = u;
    a.modes = modes;
    double plain[kMaxLocals];
    Dual x[kMaxLocals], r[kMaxLocals];
    gather(inst.index.data(), a, plain);
    for (int c0 = 0; c0 < n_locals_; c0 += Dual::kLanes) {
      for (int i = 0; i < n_locals_; ++i) {
        x[i] = plain[i];
        if (i >= c0 && i < c0 + Dual::kLanes)
          x[i].d[static_cast<size_t>(i - c0)] = std::numeric_limits<double>::quiet_NaN();
      }
      for (int i = 0; i < n_rows_; ++i) r[i] = 0.0;
      const auto local = make_local(x, inst, a);
      LocalOut<Dual> out{r, nullptr, nullptr, nullptr, nullptr, &local};
      M::template eval<Dual>(params_[static_cast<size_t>(k)], local, out);
      for (int row = 0; row < n_rows_; ++row)
        for (int c = c0; c < std::min(n_locals_, c0 + Dual::kLanes); ++c)
          if (!(r[row].d[static_cast<size_t>(c - c0)] == 0.0))
            dense[static_cast<size_t>(row * n_locals_ + c)] = 1;
    }
  }

  void set_slots(std::vector<std::vector<int32_t>> slots, int32_t bin) override {
    slots_ = std::move(slots);
    chunks_.assign(static_cast<size_t>((n_locals_ + Dual::kLanes - 1) / Dual::kLanes), {});
    for (int row = 0; row < n_rows_; ++row)
      for (int c = 0; c < n_locals_; ++c) {
        const auto d = static_cast<size_t>(row * n_locals_ + c);
        if (std::any_of(slots_.begin(), slots_.end(), [&](const auto& s) { return s[d] != bin; }))
          chunks_[static_cast<size_t>(c / Dual::kLanes)].push_back({row, c, static_cast<int>(d)});
      }
  }

  double guess(int k, int local) const override {
    if constexpr (requires { M::guess(params_[0], 0); }) {
      const double g = M::guess(params_[static_cast<size_t>(k)], local);
      if (!std::isnan(g)) return g;
    }
    if (local < layout_.n_port_unknowns) return std::numeric_limits<double>::quiet_NaN();
    return layout_.vars[static_cast<size_t>(local - layout_.n_port_unknowns)].guess;
  }

  void on_event(int k, EventContext& e) const override {
    if constexpr (requires { M::on_event(params_[0], e); })
      M::on_event(params_[static_cast<size_t>(k)], e);
  }

 private:
  struct Entry {
    int row, column, dense;
  };
  void gather(const int32_t* index, const EvalArgs& a, double* x) const {
    for (int i = 0; i < n_locals_; ++i) x[i] = index[i] >= 0 ? a.y[index[i]] : a.u[~index[i]];
  }
  template <class S>
  Local<S> make_local(const S* x, const Instance& inst, const EvalArgs& a) const {
    return {x,
            offsets_.data(),
            layout_.n_port_unknowns,
            static_cast<int>(layout_.vars.size()),
            a.modes + inst.first_mode,
            inst.media.data()};
  }

  Layout layout_;
  std::vector<int> offsets_;
  int n_locals_ = 0, n_rows_ = 0;
  std::vector<Params> params_;
  std::vector<std::vector<int32_t>> slots_;
  std::vector<std::vector<Entry>> chunks_;
};

/// Registry entry of a component model.
template <class M>
ComponentType describe(std::string name, std::string domain, std::string help) {
  ComponentType t;
  t.name = std::move(name);
  t.domain = std::move(domain);
  t.help = std::move(help);
  t.params = &M::params();
  t.layout = M::layout();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<typename M::Params>();
    M::params().set_defaults(p.get());
    return p;
  };
  t.make_batch = []() -> std::unique_ptr<Batch> { return std::make_unique<BatchOf<M>>(); };
  return t;
}

}  // namespace steppe::core
