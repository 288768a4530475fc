#include "inference_load/engine/model_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/base/text_lines.h"

namespace steppe::load {
namespace {

using Json = nlohmann::json;

/// Architectures whose blocks are those of ModelDesc: attention over all or windowed context, gated
/// feed-forward blocks of three matrices (two in the last line), routed experts.
const std::vector<std::string> kKnown = {
    "llama",     "llama4",   "llama4_text", "mistral",     "mistral3",    "mixtral",  "qwen2",
    "qwen2_moe", "qwen3",    "qwen3_moe",   "deepseek_v2", "deepseek_v3", "kimi_k2",  "gemma",
    "gemma2",    "gemma3",   "gemma3_text", "gpt_oss",     "phi3",        "phimoe",   "olmo2",
    "olmoe",     "granite",  "granitemoe",  "glm4",        "glm4_moe",    "cohere",   "smollm3",
    "seed_oss",  "ernie4_5", "minimax_m2",  "dots1",       "starcoder2",  "gpt_neox", "phi"};
const std::vector<std::string> kTwoMatrices = {"starcoder2", "gpt_neox", "phi"};

bool among(const std::vector<std::string>& list, const std::string& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

class Config {
 public:
  explicit Config(const std::string& path)
      : source_(std::make_shared<SourceText>(SourceText{path, read_bytes(path)})) {
    try {
      root_ = Json::parse(source_->text);
    } catch (const Json::parse_error& e) {
      const size_t at = std::min<size_t>(e.byte > 0 ? e.byte - 1 : 0, source_->text.size());
      throw UserError(place(at, 1), "this is no JSON: a quotation mark, comma or bracket is wrong",
                      "expected the config.json of a model");
    }
    if (!root_.is_object())
      throw UserError({source_, 0, 0}, "expected the config.json of a model: {\"model_type\": …}");
    // Models that also see or hear keep what writes the text apart.
    map_ = root_.contains("text_config") && root_["text_config"].is_object() ? &root_["text_config"]
                                                                             : &root_;
  }

  [[noreturn]] void fail(const char* key, const std::string& what, const std::string& hint = "") {
    const std::string quoted = fmt::format("\"{}\"", key);
    const size_t at = source_->text.find(quoted);
    if (at == std::string::npos) throw UserError({source_, 0, 0}, what, hint);
    throw UserError(place(at, quoted.size()), what, hint);
  }

  /// The first of the keys that is there and not null, inside the text model or else outside.
  const Json* find(std::initializer_list<const char*> keys) const {
    for (const Json* m : {map_, static_cast<const Json*>(&root_)})
      for (const char* k : keys)
        if (const auto it = m->find(k); it != m->end() && !it->is_null()) return &*it;
    return nullptr;
  }
  std::optional<double> number(std::initializer_list<const char*> keys) {
    const Json* v = find(keys);
    if (v == nullptr) return std::nullopt;
    if (!v->is_number() || !(v->get<double>() >= 0.0) || v->get<double>() > 1e12)
      for (const char* k : keys)
        if (find({k}) == v)
          fail(k,
               fmt::format("'{}' is {}, expected a number from 0 on", k, v->dump().substr(0, 40)));
    return v->get<double>();
  }
  double need(std::initializer_list<const char*> keys) {
    const auto v = number(keys);
    if (!v || *v <= 0.0)
      fail(*keys.begin(), fmt::format("'{}' is missing or 0", *keys.begin()),
           "expected the config.json of a decoder-only transformer");
    return *v;
  }
  /// The first key of the text model that holds `part` and says more than `least`, false or null.
  std::string key_with(const std::string& part, double least) const {
    for (const auto& [key, v] : map_->items()) {
      const bool silent =
          v.is_null() || v == false || v.empty() || (v.is_number() && v.get<double>() <= least);
      if (key.find(part) != std::string::npos && !silent) return key;
    }
    return {};
  }
  std::string text(std::initializer_list<const char*> keys) const {
    const Json* v = find(keys);
    return v != nullptr && v->is_string() ? v->get<std::string>() : std::string();
  }
  bool flag(std::initializer_list<const char*> keys, bool otherwise) const {
    const Json* v = find(keys);
    return v != nullptr && v->is_boolean() ? v->get<bool>() : otherwise;
  }

 private:
  SourceLoc place(size_t at, size_t length) const {
    const std::string& t = source_->text;
    const auto begin = t.begin(), here = begin + static_cast<std::ptrdiff_t>(at);
    const auto line = std::count(begin, here, '\n');
    const size_t start = at == 0 ? std::string::npos : t.rfind('\n', at - 1);
    return {source_, static_cast<int>(line) + 1,
            static_cast<int>(start == std::string::npos ? at : at - start - 1) + 1,
            static_cast<int>(length)};
  }

  SourceTextPtr source_;
  Json root_;
  const Json* map_ = nullptr;
};

void attention(Config& c, ModelDesc& m) {
  m.heads = c.need({"num_attention_heads"});
  if (const auto rank = c.number({"kv_lora_rank"}); rank && *rank > 0) {
    m.attention = Attention::mla;
    m.kv_lora = *rank;
    m.q_lora = c.number({"q_lora_rank"}).value_or(0.0);
    m.rope_dim = c.need({"qk_rope_head_dim"});
    m.nope_dim = c.need({"qk_nope_head_dim"});
    m.v_dim = c.need({"v_head_dim"});
    if (c.find({"index_topk"}) != nullptr)
      c.fail("index_topk", "sparse selection over latent attention is not known here");
    return;
  }
  m.attention = Attention::gqa;
  m.kv_heads = c.number({"num_key_value_heads"}).value_or(m.heads);
  m.head_dim = c.number({"head_dim"}).value_or(m.hidden / m.heads);
}

/// Layers that see a window only: listed one by one, every n-th excepted, or all.
void windows(Config& c, ModelDesc& m, const std::string& type) {
  double layers = m.layers;
  const Json* list = c.find({"layer_types"});
  const bool listed = list != nullptr && list->is_array();
  if (listed) {
    layers = 0.0;
    for (const Json& x : *list) {
      const std::string kind = x.is_string() ? x.get<std::string>() : x.dump();
      if (kind == "sliding_attention" || kind == "chunked_attention")
        layers += 1.0;
      else if (kind != "full_attention")
        c.fail("layer_types", fmt::format("layers of '{}' are not known here", kind));
    }
  }
  const auto window = c.number({"sliding_window", "attention_chunk_size"});
  if (!window || *window <= 0.0 || !c.flag({"use_sliding_window"}, true)) return;
  if (listed) {
    // counted above
  } else if (const auto every = c.number({"sliding_window_pattern"}); every && *every >= 1.0) {
    layers = m.layers - std::floor(m.layers / *every);
  } else if (type == "gemma3" || type == "gemma3_text") {
    layers = m.layers - std::floor(m.layers / 6.0);  // the class's own value
  } else if (type == "gemma2") {
    layers = std::ceil(0.5 * m.layers);
  } else if (type == "llama4" || type == "llama4_text") {
    layers = m.layers - std::floor(m.layers / 4.0);
  }
  if (layers >= m.layers && *window < m.max_context)
    c.fail("sliding_window", "every layer sees a window only: such a model is not known here",
           "for contexts below the window, take the key out in a copy of the file");
  if (layers >= m.layers) return;  // the window is the longest context
  m.window = *window;
  m.window_layers = layers;
}

void feed_forward(Config& c, ModelDesc& m, const std::string& type) {
  m.ffn_matrices = among(kTwoMatrices, type) ? 2.0 : 3.0;
  m.dense_layers = m.layers;
  const auto experts = c.number({"n_routed_experts", "num_experts", "num_local_experts"});
  m.dense_intermediate =
      c.number({"intermediate_size_mlp"}).value_or(c.need({"intermediate_size"}));
  if (!experts || *experts <= 1.0) {
    if (const std::string key = c.key_with("expert", 1.0); !key.empty())
      c.fail(
          key.c_str(), "these experts have names that are not known here",
          "expected num_experts, num_experts_per_tok and moe_intermediate_size; give the rows of "
          "experts in a .yaml file with 'based_on:' a copy of this one without them");
    return;
  }
  m.experts = *experts;
  m.experts_per_token = c.need({"num_experts_per_tok", "num_experts_per_token", "moe_topk"});
  m.expert_intermediate =
      c.number({"moe_intermediate_size"}).value_or(c.need({"intermediate_size"}));
  m.shared_experts = c.number({"n_shared_experts", "num_shared_experts"}).value_or(0.0);
  if (const auto width = c.number({"shared_expert_intermediate_size"}))
    m.shared_experts = *width / m.expert_intermediate;
  if (const std::string key = c.key_with("shared_expert", 0.0);
      !key.empty() && m.shared_experts == 0.0)
    c.fail(key.c_str(), "shared experts under this name are not known here",
           "expected n_shared_experts, num_shared_experts or shared_expert_intermediate_size");
  double dense = c.number({"first_k_dense_replace"}).value_or(0.0);
  if (type == "llama4" || type == "llama4_text") {
    m.shared_experts = 1.0;
    const double every = c.number({"interleave_moe_layer_step"}).value_or(1.0);
    dense = m.layers - std::floor(m.layers / std::max(1.0, every));
  } else if (const auto every = c.number({"decoder_sparse_step", "moe_layer_freq"});
             every && *every > 1.0) {
    dense = m.layers - std::floor(m.layers / *every);
  }
  if (const Json* list = c.find({"mlp_only_layers"}); list != nullptr && list->is_array())
    dense = std::max(dense, static_cast<double>(list->size()));
  m.dense_layers = dense;
  if (const auto groups = c.number({"n_group"}); groups && *groups > 1.0)
    m.nodes_per_token = c.need({"topk_group"});
}

void precision(Config& c, ModelDesc& m, const std::string& type) {
  const std::string kind = c.text({"torch_dtype", "dtype"});
  if (kind == "bfloat16" || kind == "float16" || kind == "half")
    m.weight_bytes = 2.0;
  else if (kind == "float32")
    m.weight_bytes = 4.0;
  else if (!kind.empty())
    c.fail("torch_dtype", fmt::format("weights of '{}' are not known here", kind));
  m.kv_bytes = 2.0;
  const bool experts = m.dense_layers < m.layers;
  if (experts) m.expert_weight_bytes = m.weight_bytes;
  const Json* q = c.find({"quantization_config"});
  if (q == nullptr) {
    if (kind.empty() && type != "gpt_oss")
      c.fail("torch_dtype", "neither 'torch_dtype' nor 'dtype' says what the weights are stored in",
             "give weight_bytes in a .yaml file with 'based_on: config.json'");
    return;
  }
  const std::string method = q->value("quant_method", "");
  double bytes = 0.0;
  bool only_experts = false;
  if (method == "fp8" || method == "fbgemm_fp8") {
    bytes = 1.0;
  } else if (method == "mxfp4") {
    bytes = 0.5 + 1.0 / 32.0;  // a scale of one byte for 32 weights
    only_experts = experts;
    m.activation_bytes = 2.0;
  } else if ((method == "gptq" || method == "awq") && q->contains("bits") &&
             (*q)["bits"].is_number()) {
    bytes = (*q)["bits"].get<double>() / 8.0;
    m.activation_bytes = 2.0;
  } else {
    c.fail("quant_method", fmt::format("quantisation '{}' is not known here", method),
           "give weight_bytes (and expert_weight_bytes) in a .yaml file with 'based_on:' a copy of "
           "this one without quantization_config");
  }
  if (only_experts)
    m.weight_bytes = 2.0;
  else
    m.weight_bytes = bytes;
  if (experts) m.expert_weight_bytes = bytes;
}

}  // namespace

void read_model_config(const std::string& path, ModelDesc& m, const std::string& as) {
  Config c(path);
  const std::string type = as.empty() ? c.text({"model_type"}) : as;
  if (type.empty())
    c.fail("model_type", "'model_type' is missing: this is no config.json of a model");
  if (!among(kKnown, type))
    c.fail("model_type",
           fmt::format("the architecture '{}' is not known here; known are {}", type,
                       fmt::join(kKnown, ", ")),
           "where its blocks are those of one of these, say so in a .yaml file: 'based_on:' this "
           "file, 'architecture:' the one of these");
  for (const char* part : {"linear_attn", "linear_num_", "mamba_", "ssm_", "conv_L_cache"})
    if (const std::string key = c.key_with(part, 0.0); !key.empty())
      c.fail(key.c_str(), "linear attention and state-space layers are not known here");
  m.source = "config.json";
  m.layers = c.need({"num_hidden_layers"});
  m.hidden = c.need({"hidden_size"});
  m.vocabulary = c.need({"vocab_size"});
  m.max_context = c.need({"max_position_embeddings"});
  const bool gemma = type.rfind("gemma", 0) == 0 || type == "cohere";
  m.tied_embeddings = c.flag({"tie_word_embeddings"}, gemma);
  attention(c, m);
  windows(c, m, type);
  feed_forward(c, m, type);
  precision(c, m, type);
}

}  // namespace steppe::load
