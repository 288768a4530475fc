#pragma once
// A study as an array of Slurm tasks, each of them one shard.
#include <string>

#include "sim/app/study.h"

namespace steppe::cli {

struct SlurmRequest {
  std::string output, partition, time;
  int jobs = 1;   ///< processes of a task
  int chunk = 0;  ///< runs of a task; 0: a hundred tasks
  bool resume = false;
};

/// The batch script. When `resume`, only of the tasks that have something left to do; "" when none
/// has.
std::string slurm_script(const app::Study&, const SlurmRequest&);
/// Throws UserError when this is no machine that submits to Slurm.
void require_slurm();
/// Hands the script to sbatch; throws IoError when it refuses.
void submit_script(const std::string& script);

}  // namespace steppe::cli
