// Which unknown each equation sees, and whether the equations determine the unknowns.
#include "sim/core/system_structure.h"

#include <btf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/rng.h"
#include "sim/core/system.h"

namespace steppe::core {

class SystemStructure {
 public:
  SystemStructure(System& sys, Diagnostics& d) : sys_(sys), diag_(d) {}

  void find_pattern() {
    const auto n = static_cast<size_t>(sys_.size());
    std::vector<std::vector<int>> columns(n);
    for (size_t i = 0; i < n; ++i) columns[i].push_back(static_cast<int>(i));
    std::vector<std::vector<uint8_t>> dense;
    for (auto& batch : sys_.batches_) {
      dense.push_back(probe(*batch));
      const int nl = batch->layout().n_locals(), nr = batch->layout().n_rows();
      for (const auto& inst : batch->instances)
        for (int r = 0; r < nr; ++r)
          for (int c = 0; c < nl; ++c)
            if (dense.back()[static_cast<size_t>(r * nl + c)] &&
                inst.index[static_cast<size_t>(c)] >= 0)
              columns[static_cast<size_t>(inst.index[static_cast<size_t>(c)])].push_back(
                  inst.index[static_cast<size_t>(r)]);
    }
    sys_.col_ptr.assign(1, 0);
    for (auto& c : columns) {
      std::sort(c.begin(), c.end());
      c.erase(std::unique(c.begin(), c.end()), c.end());
      sys_.row_index.insert(sys_.row_index.end(), c.begin(), c.end());
      sys_.col_ptr.push_back(static_cast<int>(sys_.row_index.size()));
    }
    auto slot = [&](int row, int column) {
      const auto begin = sys_.row_index.begin() + sys_.col_ptr[static_cast<size_t>(column)];
      const auto end = sys_.row_index.begin() + sys_.col_ptr[static_cast<size_t>(column) + 1];
      return static_cast<int32_t>(std::lower_bound(begin, end, row) - sys_.row_index.begin());
    };
    for (int i = 0; i < sys_.size(); ++i) sys_.diagonal.push_back(slot(i, i));
    const int32_t bin = sys_.nnz();
    for (size_t b = 0; b < sys_.batches_.size(); ++b) {
      auto& batch = *sys_.batches_[b];
      const int nl = batch.layout().n_locals(), nr = batch.layout().n_rows();
      std::vector<std::vector<int32_t>> slots;
      for (const auto& inst : batch.instances) {
        auto& s = slots.emplace_back(static_cast<size_t>(nr * nl), bin);
        for (int r = 0; r < nr; ++r)
          for (int c = 0; c < nl; ++c)
            if (dense[b][static_cast<size_t>(r * nl + c)] &&
                inst.index[static_cast<size_t>(c)] >= 0)
              s[static_cast<size_t>(r * nl + c)] =
                  slot(inst.index[static_cast<size_t>(r)], inst.index[static_cast<size_t>(c)]);
      }
      batch.set_slots(std::move(slots), bin);
    }
    if (sys_.outdoors_ >= 0)
      for (int c = 0; c < sys_.size(); ++c)
        for (int s = sys_.col_ptr[static_cast<size_t>(c)];
             s < sys_.col_ptr[static_cast<size_t>(c) + 1]; ++s)
          if (sys_.row_index[static_cast<size_t>(s)] == sys_.outdoors_)
            sys_.outdoors_row_.push_back(s);
  }

  /// Structural rank of M + J by maximum matching (SuiteSparse BTF); names what is left over.
  void check() {
    sys_.refresh_mass(0.0);
    const int n = sys_.size();
    // The full diagonal of the pattern must not hide a singular row: keep only what J or M really
    // has.
    std::vector<uint8_t> real(static_cast<size_t>(sys_.nnz()), 1);
    for (int i = 0; i < n; ++i)
      real[static_cast<size_t>(sys_.diagonal[static_cast<size_t>(i)])] =
          sys_.mass[static_cast<size_t>(i)] != 0.0;
    for (const auto& b : sys_.batches_) mark_diagonal(*b, real);
    if (sys_.outdoors_ >= 0)
      real[static_cast<size_t>(sys_.diagonal[static_cast<size_t>(sys_.outdoors_)])] = 1;
    std::vector<int> ap(1, 0), ai;
    for (int c = 0; c < n; ++c) {
      for (int s = sys_.col_ptr[static_cast<size_t>(c)];
           s < sys_.col_ptr[static_cast<size_t>(c) + 1]; ++s)
        if (real[static_cast<size_t>(s)]) ai.push_back(sys_.row_index[static_cast<size_t>(s)]);
      ap.push_back(static_cast<int>(ai.size()));
    }
    std::vector<int> match(static_cast<size_t>(n)), work_space(5 * static_cast<size_t>(n));
    double work = 0.0;
    const int rank =
        btf_maxtrans(n, n, ap.data(), ai.data(), 0.0, &work, match.data(), work_space.data());
    if (rank == n) return;
    std::vector<uint8_t> used(static_cast<size_t>(n), 0);
    std::vector<std::string> rows, columns;
    for (int r = 0; r < n; ++r) {
      if (match[static_cast<size_t>(r)] < 0)
        rows.push_back(sys_.unknowns[static_cast<size_t>(r)].name);
      else
        used[static_cast<size_t>(match[static_cast<size_t>(r)])] = 1;
    }
    for (int c = 0; c < n; ++c)
      if (!used[static_cast<size_t>(c)])
        columns.push_back(sys_.unknowns[static_cast<size_t>(c)].name);
    diag_.error({}, fmt::format("the equations do not determine the unknowns: nothing determines "
                                "{}; left over: the balance or equation of {}",
                                fmt::join(columns, ", "), fmt::join(rows, ", ")));
  }

 private:
  /// Structure of one type of component, probed at scattered points in every combination of its
  /// modes.
  std::vector<uint8_t> probe(Batch& batch) {
    constexpr int kInstances = 8, kPoints = 3, kCombinations = 64;
    std::vector<uint8_t> dense;
    const auto& layout = batch.layout();
    std::vector<double> y = sys_.y, u = sys_.held.value;
    Rng rng(1, "pattern");
    for (int k = 0; k < std::min<int>(kInstances, static_cast<int>(batch.instances.size())); ++k) {
      const auto& inst = batch.instances[static_cast<size_t>(k)];
      std::vector<int> modes = sys_.modes;
      int combinations = 1;
      for (const auto& m : layout.modes) combinations *= static_cast<int>(m.values.size());
      for (int c = 0; c < std::min(combinations, kCombinations); ++c) {
        int rest = c;
        for (size_t m = 0; m < layout.modes.size(); ++m) {
          const int n = static_cast<int>(layout.modes[m].values.size());
          modes[static_cast<size_t>(inst.first_mode) + m] = rest % n;
          rest /= n;
        }
        for (int point = 0; point < kPoints; ++point) {
          for (const int32_t i : inst.index) {
            const auto at = static_cast<size_t>(i >= 0 ? i : ~i);
            const double v = i >= 0 ? sys_.y[at] : sys_.held.value[at];
            (i >= 0 ? y : u)[at] = v + (0.01 * std::abs(v) + 1e-3) * (rng.uniform() - 0.3) * point;
          }
          batch.probe(k, y.data(), u.data(), modes.data(), dense);
        }
      }
    }
    return dense;
  }

  void mark_diagonal(const Batch& batch, std::vector<uint8_t>& real) {
    // A second probe is cheaper than keeping the first: only the diagonal is asked.
    for (size_t k = 0; k < batch.instances.size(); ++k) {
      const auto& inst = batch.instances[k];
      const int nl = batch.layout().n_locals(), nr = batch.layout().n_rows();
      std::vector<uint8_t> dense;
      batch.probe(static_cast<int>(k), sys_.y.data(), sys_.held.value.data(), sys_.modes.data(),
                  dense);
      for (int r = 0; r < nr; ++r)
        for (int c = 0; c < nl; ++c)
          if (dense[static_cast<size_t>(r * nl + c)] &&
              inst.index[static_cast<size_t>(c)] == inst.index[static_cast<size_t>(r)])
            real[static_cast<size_t>(
                sys_.diagonal[static_cast<size_t>(inst.index[static_cast<size_t>(r)])])] = 1;
    }
  }

  System& sys_;
  Diagnostics& diag_;
};

void find_structure(System& sys, Diagnostics& d) {
  SystemStructure s(sys, d);
  s.find_pattern();
  s.check();
}

}  // namespace steppe::core
