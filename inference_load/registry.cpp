#include "inference_load/registry.h"

#include "inference_load/adapters/inference.h"
#include "inference_load/adapters/training.h"

namespace steppe::load {

std::vector<core::ProcessType> process_types() { return {inference_type(), training_type()}; }

}  // namespace steppe::load
