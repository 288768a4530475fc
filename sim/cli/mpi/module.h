#pragma once
// The border between the command and its MPI module.
#include <cstddef>

namespace steppe::cli {

struct MpiModule {
  void (*start)(size_t* rank, size_t* size);
  size_t (*next)();
  void (*ended)(bool kept, bool failed);
  void (*service)();
  void (*counts)(size_t* done, size_t* kept, size_t* failed);
  bool (*finish)(double patience);
  void (*abort)(int code);
};

}  // namespace steppe::cli

extern "C" steppe::cli::MpiModule steppe_mpi_module();
