#pragma once
// One MPI program for a whole study: each rank pulls the next run when it is free. MPI itself is in
// a module that is loaded only here, so that no other command waits for its libraries.
#include <cstddef>
#include <memory>
#include <optional>

namespace steppe::cli {

class MpiQueue {
 public:
  /// Joins the ranks that mpirun or srun started; throws UserError when nobody did.
  MpiQueue();
  ~MpiQueue();
  size_t rank() const { return rank_; }
  size_t size() const { return size_; }

  /// The next of `total` runs that no rank has taken.
  std::optional<size_t> next(size_t total);
  /// One run ended here.
  void ended(bool kept, bool failed);
  /// Lets the ranks' messages through; to be called often while runs compute.
  void service();
  /// What all ranks have done so far; on rank 0 only.
  struct Counts {
    size_t done = 0, kept = 0, failed = 0;
  };
  Counts counts();
  /// Waits for all ranks, not longer than `patience` seconds; false when some did not come. Their
  /// end is then up to mpirun.
  bool finish(double patience);
  /// Ends all ranks at once with this code.
  [[noreturn]] void abort(int code);

 private:
  struct Module;
  std::unique_ptr<Module> module_;
  size_t rank_ = 0, size_ = 1;
};

}  // namespace steppe::cli
