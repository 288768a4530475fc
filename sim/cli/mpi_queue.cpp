#include "sim/cli/mpi_queue.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "sim/base/error.h"
#include "sim/cli/mpi/module.h"

namespace steppe::cli {
namespace {

/// Number of processes that the launcher says it started; 0 when there was none.
size_t launched() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_SIZE", "PMI_SIZE", "SLURM_NTASKS"})
    if (const char* n = std::getenv(name)) return std::strtoul(n, nullptr, 10);
  return std::getenv("PMIX_RANK") ? 1 : 0;
}

}  // namespace

struct MpiQueue::Module {
  MpiModule api;
};

MpiQueue::MpiQueue() : module_(std::make_unique<Module>()) {
  const size_t expected = launched();
  if (expected == 0)
    throw UserError(
        "--mpi: this process was not started by mpirun or srun; write "
        "mpirun -n 4 steppe sweep STUDY.yaml -o DIR --mpi, or use --jobs N");
  std::error_code ec;
  const auto file =
      std::filesystem::read_symlink("/proc/self/exe", ec).parent_path() / "steppe_mpi.so";
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!handle) {
    const char* why = ::dlerror();
    throw UserError(
        fmt::format("--mpi: this build has no MPI ({}); --jobs, --shard and --slurm "
                    "do without",
                    why ? why : file.string()));
  }
  const auto load =
      reinterpret_cast<decltype(&steppe_mpi_module)>(::dlsym(handle, "steppe_mpi_module"));
  if (!load) throw UserError(fmt::format("--mpi: {} is no module of steppe", file.string()));
  module_->api = load();
  module_->api.start(&rank_, &size_);
  if (size_ == 1 && expected > 1)
    throw UserError(fmt::format(
        "--mpi: the launcher started {} processes, but MPI sees each of them alone; with srun "
        "write srun --mpi=pmix (srun --mpi=list shows what there is)",
        expected));
}

MpiQueue::~MpiQueue() = default;

std::optional<size_t> MpiQueue::next(size_t total) {
  const size_t i = module_->api.next();
  return i < total ? std::optional(i) : std::nullopt;
}

void MpiQueue::ended(bool kept, bool failed) { module_->api.ended(kept, failed); }
void MpiQueue::service() { module_->api.service(); }

MpiQueue::Counts MpiQueue::counts() {
  Counts c;
  module_->api.counts(&c.done, &c.kept, &c.failed);
  return c;
}

bool MpiQueue::finish(double patience) { return module_->api.finish(patience); }

void MpiQueue::abort(int code) {
  module_->api.abort(code);
  std::_Exit(code);
}

}  // namespace steppe::cli
