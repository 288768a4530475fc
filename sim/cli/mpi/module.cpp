// A counter that all ranks share, in the memory of rank 0, and what they have done.
#include "sim/cli/mpi/module.h"

#include <mpi.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace {

enum Cell { kNext, kDone, kKept, kFailed, kCells };

MPI_Win g_window;
int64_t* g_cells = nullptr;
int g_rank = 0;

int64_t add(Cell cell, int64_t what) {
  int64_t before = 0;
  MPI_Fetch_and_op(&what, &before, MPI_INT64_T, 0, cell, MPI_SUM, g_window);
  MPI_Win_flush(0, g_window);
  return before;
}

void start(size_t* rank, size_t* size) {
  MPI_Init(nullptr, nullptr);
  int n = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &g_rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n);
  const MPI_Aint bytes = g_rank == 0 ? kCells * sizeof(int64_t) : 0;
  MPI_Win_allocate(bytes, sizeof(int64_t), MPI_INFO_NULL, MPI_COMM_WORLD, &g_cells, &g_window);
  if (g_rank == 0) std::memset(g_cells, 0, kCells * sizeof(int64_t));
  MPI_Win_lock_all(0, g_window);
  MPI_Win_sync(g_window);
  MPI_Barrier(MPI_COMM_WORLD);
  *rank = static_cast<size_t>(g_rank);
  *size = static_cast<size_t>(n);
}

size_t next() { return static_cast<size_t>(add(kNext, 1)); }

void ended(bool kept, bool failed) {
  add(kDone, 1);
  if (kept) add(kKept, 1);
  if (failed) add(kFailed, 1);
}

void service() {
  // Any call lets the library work on what the others asked of this rank.
  int arrived = 0;
  MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &arrived, MPI_STATUS_IGNORE);
}

void counts(size_t* done, size_t* kept, size_t* failed) {
  *done = static_cast<size_t>(add(kDone, 0));
  *kept = static_cast<size_t>(add(kKept, 0));
  *failed = static_cast<size_t>(add(kFailed, 0));
}

bool finish(double patience) {
  MPI_Request all = MPI_REQUEST_NULL;
  MPI_Ibarrier(MPI_COMM_WORLD, &all);
  const double begin = MPI_Wtime();
  int done = 0;
  // Not MPI_Wait: it would keep a core busy that another rank's run could use.
  for (MPI_Test(&all, &done, MPI_STATUS_IGNORE); !done; MPI_Test(&all, &done, MPI_STATUS_IGNORE)) {
    if (MPI_Wtime() - begin > patience) return false;
    ::usleep(1000);
  }
  MPI_Win_unlock_all(g_window);
  MPI_Win_free(&g_window);
  MPI_Finalize();
  return true;
}

void abort_all(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

}  // namespace

extern "C" steppe::cli::MpiModule steppe_mpi_module() {
  return {start, next, ended, service, counts, finish, abort_all};
}
