#pragma once
// Measured step times and powers from the files of a benchmark, as a data file for the engine.
#include <string>
#include <vector>

#include "inference_load/engine/descriptors.h"

namespace steppe::load {

struct CalibrateParams {
  std::string model, accelerator;           ///< names of data files
  double tensor_parallel, expert_parallel;  ///< layout of one replica
  double prompt, output;  ///< tokens; output is needed only where the files do not say
  std::string row_model, row_task, row_accelerator;  ///< which rows of the files; "": any
};
const core::ParamTable<CalibrateParams>& calibrate_table();

struct Calibrated {
  std::string yaml;  ///< the data file
  struct Row {
    double batch, step_time, step_computed, power, power_computed;  ///< s, W
  };
  std::vector<Row> rows;          ///< ascending batch
  size_t used = 0, left_out = 0;  ///< rows of the files
};

/// For people: measured beside computed, batch by batch.
std::string calibration_page(const Calibrated& c);

/// Files (by content):
/// - CSV with a header. `avg_batch_size` or `batch`; `median_itl_ms` or `step_time` [s];
///   `avg_power_watts` (all accelerators together) with `num_gpus`, or `power` [W per accelerator];
///   `output_throughput_tokens_per_sec` or `tokens_per_s`; `avg_output_len` or `output` (else the
///   parameter). Optional to choose rows: `model_id`, `task`, `gpu_model`, `num_gpus`.
/// - JSON of ML.ENERGY's leaderboard: one model and task, the same names.
/// - CSV over time with `relative_time_s` or `time`, and `power_total_W`: the mean power at the
///   batch that the file's name gives (…_num_gpus_G_max_num_seqs_N.csv). It replaces the power of
///   that batch, or adds a point with the computed step time.
/// Rows of another number of accelerators than the layout's are left out and counted. UserError
/// with file and line for what cannot be read.
Calibrated calibrate(const std::vector<std::string>& files, const CalibrateParams& params,
                     const core::ProcessSetup& setup);

}  // namespace steppe::load
