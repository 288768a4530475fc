#pragma once
// A model's descriptor from the config.json that its publisher puts beside the weights (Hugging
// Face).
#include <string>

#include "inference_load/engine/descriptors.h"

namespace steppe::load {

/// What `config.json` says, into `m`, which holds defaults; what it does not say stays as it was.
/// Weights as stored, KV cache in 16 bit. Located UserError for a file that is no such config, an
/// architecture whose step time is not known here, or a quantisation that is not. Keys as
/// [Hugging Face, transformers, configuration classes]. `as`: a known model_type instead of its
/// own.
void read_model_config(const std::string& path, ModelDesc& m, const std::string& as = {});

}  // namespace steppe::load
