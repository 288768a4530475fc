#include "inference_load/engine/descriptors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "inference_load/engine/model_config.h"
#include "sim/base/text_lines.h"

namespace steppe::load {
namespace {

namespace fs = std::filesystem;
using core::kInf;
using core::ParamTable;
using core::required;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void unknown(const char* kind, const std::string& name, const char* row) {
  throw UserError(
      fmt::format("{} '{}' does not say '{}', which this calculation needs: add it to its data "
                  "file with a source",
                  kind, name, row));
}

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || names_data_file(name);
}

/// data_dir/FOLDER/NAME.yaml, or a path as it is. UserError with the nearest name when the folder
/// has no such file.
std::string data_file(const core::ProcessSetup& setup, const char* folder,
                      const std::string& name) {
  if (is_path(name)) return name;
  const fs::path in = fs::path(setup.data_dir) / folder;
  const std::string file = (in / (name + ".yaml")).string();
  std::error_code none;
  if (fs::exists(file, none)) return file;
  std::vector<std::string> names;
  for (const auto& f : fs::directory_iterator(in, none))
    if (f.path().extension() == ".yaml") names.push_back(f.path().stem().string());
  std::sort(names.begin(), names.end());
  const std::string near = nearest(name, names);
  throw UserError(fmt::format(
      "data/{} has no '{}'; {}", folder, name,
      near.empty() ? fmt::format("there are {}; or give a .yaml file", fmt::join(names, ", "))
                   : fmt::format("did you mean '{}'?", near)));
}

std::string stem(const std::string& name) {
  return is_path(name) ? fs::path(name).stem().string() : name;
}

/// The file's rows over what `out` holds.
template <class T>
void read(const core::ProcessSetup& setup, const std::string& file, const ParamTable<T>& table,
          T& out) {
  if (!setup.read_yaml) throw InternalError("this run gives no reader of data files");
  setup.read_yaml(file, table, &out);
}

/// Refuses a file that is its own relative.
void follow(std::vector<std::string>& chain, const std::string& file) {
  if (std::find(chain.begin(), chain.end(), file) != chain.end())
    throw UserError(
        fmt::format("{}: 'based_on' goes in a circle: {}", chain.front(), fmt::join(chain, ", ")));
  chain.push_back(file);
}

/// UserError that lists all of `rows` that `x` does not have.
template <class T>
void complete(const std::string& file, const ParamTable<T>& table, const T& x,
              const std::vector<std::string>& rows, const char* hint) {
  std::vector<std::string> missing;
  for (const std::string& name : rows) {
    const int row = table.find(name);
    if (row < 0) throw InternalError(name);
    if (std::isnan(std::get<double>(table.get(&x, row))))
      missing.push_back(fmt::format("'{}'", name));
  }
  if (!missing.empty())
    throw UserError({std::make_shared<SourceText>(SourceText{file, ""}), 0, 0},
                    fmt::format("{} not said: {}", missing.size() == 1 ? "a row is" : "rows are",
                                fmt::join(missing, ", ")),
                    hint);
}

}  // namespace

const ParamTable<ModelDesc>& model_table() {
  using M = ModelDesc;
  static const ParamTable<M> table = [] {
    ParamTable<M> t;
    t.text("source", &M::source, "", "Where the figures come from, when one source gave them all")
        .text(
            "based_on", &M::based_on, "",
            "A model of data/models, a .yaml file or a config.json: its rows hold where this file "
            "says nothing")
        .text("architecture", &M::architecture, "",
              "The known model_type whose blocks that config.json describes, where its own is not "
              "known here")
        .real("parameters", &M::parameters, "1", kUnknown, {1e6, 1e15},
              "Published number of parameters; the sizes are checked against it");
    t.choice("attention", &M::attention, {{"gqa", "mla", "sparse_mqa"}}, Attention::gqa,
             "Grouped-query (also multi-head), multi-head latent, or compressed sparse multi-query "
             "attention");
    t.group("size")
        .real("layers", &M::layers, "1", kUnknown, {1, 1000}, "Transformer layers")
        .real("hidden", &M::hidden, "1", kUnknown, {64, 1e6}, "Width of the residual stream")
        .real("heads", &M::heads, "1", kUnknown, {1, 1e4}, "Query heads")
        .real("vocabulary", &M::vocabulary, "1", kUnknown, {256, 1e7}, "Vocabulary")
        .real("max_context", &M::max_context, "1", kUnknown, {128, 1e9}, "Longest context, tokens")
        .boolean("tied_embeddings", &M::tied_embeddings, false,
                 "Input and output embedding are one matrix");
    t.group("attention")
        .real("kv_heads", &M::kv_heads, "1", kUnknown, {1, 1e4}, "Key-value heads (gqa)")
        .real("head_dim", &M::head_dim, "1", kUnknown, {8, 4096},
              "Size of a head (gqa, sparse_mqa)")
        .real("q_lora", &M::q_lora, "1", kUnknown, {0, 1e5},
              "Rank of the query projection; 0: full rank")
        .real("kv_lora", &M::kv_lora, "1", kUnknown, {1, 1e5},
              "Latent size of keys and values (mla)")
        .real("rope_dim", &M::rope_dim, "1", kUnknown, {0, 4096}, "Rotary part of a head (mla)")
        .real("nope_dim", &M::nope_dim, "1", kUnknown, {1, 4096},
              "Other part of a query head (mla)")
        .real("v_dim", &M::v_dim, "1", kUnknown, {1, 4096}, "Size of a value head (mla)")
        .real("o_lora", &M::o_lora, "1", kUnknown, {1, 1e5},
              "Rank of each group of the output projection (sparse_mqa)")
        .real("o_groups", &M::o_groups, "1", kUnknown, {1, 1e4},
              "Groups of the output projection (sparse_mqa)")
        .real("window", &M::window, "1", kUnknown, {0, 1e6},
              "Sliding window: of every layer (sparse_mqa), of window_layers (gqa)")
        .real("window_layers", &M::window_layers, "1", 0.0, {0, 1000},
              "Layers that see the window only (gqa)")
        .real("csa_layers", &M::csa_layers, "1", kUnknown, {0, 1000},
              "Layers of compressed sparse attention")
        .real("hca_layers", &M::hca_layers, "1", kUnknown, {0, 1000},
              "Layers of heavily compressed attention")
        .real("csa_ratio", &M::csa_ratio, "1", kUnknown, {1, 1e4},
              "Context tokens per entry of a CSA layer")
        .real("hca_ratio", &M::hca_ratio, "1", kUnknown, {1, 1e4},
              "Context tokens per entry of an HCA layer")
        .real("index_heads", &M::index_heads, "1", kUnknown, {1, 1e4},
              "Heads of the indexer of a CSA layer")
        .real("index_dim", &M::index_dim, "1", kUnknown, {1, 4096}, "Head size of the indexer")
        .real("index_topk", &M::index_topk, "1", kUnknown, {1, 1e6},
              "Entries that the indexer selects");
    t.group("feed-forward")
        .real("dense_layers", &M::dense_layers, "1", kUnknown, {0, 1000},
              "Layers with a dense feed-forward block")
        .real("dense_intermediate", &M::dense_intermediate, "1", kUnknown, {1, 1e6},
              "Its inner width")
        .real("ffn_matrices", &M::ffn_matrices, "1", 3.0, {2, 3},
              "Matrices of a feed-forward block: 3 with a gate, 2 without")
        .real("experts", &M::experts, "1", kUnknown, {1, 1e5}, "Routed experts per layer")
        .real("experts_per_token", &M::experts_per_token, "1", kUnknown, {1, 1e3},
              "Routed experts per token")
        .real("shared_experts", &M::shared_experts, "1", 0.0, {0, 100}, "Shared experts per layer")
        .real("expert_intermediate", &M::expert_intermediate, "1", kUnknown, {1, 1e6},
              "Inner width of an expert")
        .real("nodes_per_token", &M::nodes_per_token, "1", kInf, {1, kInf},
              "Nodes that the routed experts of a token may lie on; absent: no limit")
        .real("routing_skew", &M::routing_skew, "1", 0.0, {0, 3},
              "Zipf exponent of the experts' popularity; 0: all alike");
    t.group("precision")
        .real("weight_bytes", &M::weight_bytes, "1", kUnknown, {0.25, 4},
              "Bytes per weight outside routed experts")
        .real("expert_weight_bytes", &M::expert_weight_bytes, "1", kUnknown, {0.25, 4},
              "Bytes per weight of routed experts")
        .real("activation_bytes", &M::activation_bytes, "1", 0.0, {0, 4},
              "Bytes per activation in matrix products, where wider than the weights: those are "
              "unpacked first on an accelerator without 4-bit units")
        .real("kv_bytes", &M::kv_bytes, "1", kUnknown, {0.25, 4},
              "Bytes per element of the KV cache")
        .real("dispatch_bytes", &M::dispatch_bytes, "1", kUnknown, {0.25, 4},
              "Bytes per activation sent to experts")
        .real("combine_bytes", &M::combine_bytes, "1", kUnknown, {0.25, 4},
              "Bytes per activation returned by experts");
    return t;
  }();
  return table;
}

const ParamTable<Accelerator>& accelerator_table() {
  using A = Accelerator;
  static const ParamTable<A> table = [] {
    ParamTable<A> t;
    t.text("source", &A::source, "", "Where the figures come from, when one source gave them all")
        .text("based_on", &A::based_on, "",
              "A relative, in data/accelerators or a .yaml file: its efficiencies, power law and "
              "node hold where this file says nothing");
    t.group("hardware")
        .real("flops_16bit", &A::flops_16bit, "1", kUnknown, {1e12, 1e18},
              "Dense BF16 peak, FLOP/s")
        .real("flops_8bit", &A::flops_8bit, "1", kUnknown, {1e12, 1e18},
              "Dense FP8 or INT8 peak, FLOP/s; absent: none")
        .real("flops_4bit", &A::flops_4bit, "1", kUnknown, {1e12, 1e18},
              "Dense FP4 peak, FLOP/s; absent: none")
        .real("memory", &A::memory, "1", kUnknown, {1e9, 1e13}, "Device memory, bytes")
        .real("memory_bandwidth", &A::memory_bandwidth, "1", kUnknown, {1e10, 1e15},
              "Its bandwidth, bytes/s")
        .real("scale_up_bandwidth", &A::scale_up_bandwidth, "1", kUnknown, {1e8, 1e14},
              "Inside the node or super-node, each direction, bytes/s per accelerator")
        .real("scale_out_bandwidth", &A::scale_out_bandwidth, "1", kUnknown, {1e8, 1e14},
              "Between nodes, each direction, bytes/s per accelerator")
        .real("per_node", &A::per_node, "1", kUnknown, {1, 1024}, "Accelerators per node");
    t.group("efficiency")
        .real("memory_efficiency", &A::memory_efficiency, "1", kUnknown, {0.05, 1},
              "Share of the bandwidth that kernels reach")
        .real("expert_memory_efficiency", &A::expert_memory_efficiency, "1", kUnknown, {0.05, 1},
              "The same for routed experts")
        .real("gemm_efficiency", &A::gemm_efficiency, "1", kUnknown, {0.05, 1},
              "Share of the peak in decode matrix products")
        .real("attention_efficiency", &A::attention_efficiency, "1", kUnknown, {0.05, 1},
              "Share of the 16-bit peak in attention")
        .real("prefill_efficiency_16bit", &A::prefill_efficiency_16bit, "1", kUnknown, {0.05, 1},
              "Share of the peak in prefill, 16-bit weights")
        .real("prefill_efficiency_8bit", &A::prefill_efficiency_8bit, "1", kUnknown, {0.05, 1},
              "Share of the peak in prefill, 8-bit and 4-bit weights")
        .real("expert_efficiency_16bit", &A::expert_efficiency_16bit, "1", kUnknown, {0.05, 1},
              "Share of the peak in matrix products of routed experts, decode and prefill, 16-bit "
              "arithmetic")
        .real("network_efficiency", &A::network_efficiency, "1", kUnknown, {0.05, 1},
              "Share of the link bandwidth")
        .real("layer_overhead", &A::layer_overhead, "s", kUnknown, {0, 0.1},
              "Time per layer that no roofline shows: launches, norms")
        .real("moe_layer_overhead", &A::moe_layer_overhead, "s", kUnknown, {0, 0.1},
              "More per layer with routed experts: routing, permutation, many small kernels")
        .real("expert_layer_overhead", &A::expert_layer_overhead, "s", kUnknown, {0, 0.1},
              "More per layer whose experts lie on several nodes")
        .real("allreduce_latency", &A::allreduce_latency, "s", kUnknown, {0, 0.1},
              "Latency of one all-reduce")
        .real("sequence_overhead", &A::sequence_overhead, "s", kUnknown, {0, 0.1},
              "Sampling and bookkeeping per sequence and step")
        .real("host_gap", &A::host_gap, "s", 0.0, {0, 10},
              "More per step in which the accelerators idle: a slow host, software that does not "
              "prepare the next step meanwhile")
        .real("moe_launch", &A::moe_launch, "s", kUnknown, {0, 0.1},
              "Least time of a layer with routed experts in a step with prompts: the host launches "
              "its kernels one by one, where a step without prompts replays them")
        .real("overlap", &A::overlap, "1", kUnknown, {0, 1},
              "Share of the shorter of computation and communication that is hidden (two "
              "micro-batches)")
        .real("imbalance", &A::imbalance, "1", kUnknown, {1, 3},
              "Slowest over mean accelerator of an expert-parallel group")
        .real("memory_usable", &A::memory_usable, "1", kUnknown, {0.1, 1},
              "Share of the memory for weights and KV cache");
    t.group("power")
        .real("tdp", &A::tdp, "W", kUnknown, {10, 1e5}, "Design power of one accelerator")
        .real("power_idle", &A::power_idle, "W", kUnknown, {1, 1e5},
              "Weights loaded, nothing to do")
        .real("power_floor", &A::power_floor, "1", kUnknown, {0.05, 1.2},
              "Power over tdp as soon as kernels run")
        .real("power_memory", &A::power_memory, "1", kUnknown, {0, 3},
              "What reading weights at the peak bandwidth adds, over tdp")
        .real("power_cache", &A::power_cache, "1", kUnknown, {0, 3},
              "What reading the KV cache at the peak bandwidth adds, over tdp")
        .real("power_dynamic", &A::power_dynamic, "1", kUnknown, {0, 3},
              "What arithmetic all the time adds, over tdp")
        .real("power_exponent", &A::power_exponent, "1", kUnknown, {0.1, 2},
              "That goes with the share of the time to this power")
        .real("power_wait", &A::power_wait, "1", kUnknown, {0, 5},
              "What waiting for other accelerators all the time saves, over tdp; more than 1 where "
              "they wait longer than the communication takes")
        .real("power_ceiling", &A::power_ceiling, "1", kUnknown, {0.3, 1.2},
              "Highest power over tdp in the mean of a second")
        .real("power_peak", &A::power_peak, "1", kUnknown, {0.3, 2},
              "Highest power over tdp for shorter; absent: power_ceiling")
        .real("frequency_exponent", &A::frequency_exponent, "1", kUnknown, {1, 4},
              "Dynamic power goes with frequency to this power")
        .real("frequency_min", &A::frequency_min, "1", kUnknown, {0.05, 1},
              "Lowest over highest frequency");
    t.group("node")
        .real("node_power_idle", &A::node_power_idle, "W", kUnknown, {0, 1e5},
              "Host, NICs, switches and fans of an idle node")
        .real("node_power_busy", &A::node_power_busy, "W", kUnknown, {0, 1e5},
              "The same when all its accelerators work");
    return t;
  }();
  return table;
}

const ParamTable<Measured>& measured_table() {
  using M = Measured;
  static const ParamTable<M> table = [] {
    ParamTable<M> t;
    t.text("source", &M::source, "", "The measurement")
        .text("model", &M::model, "", "Name of the model's data file")
        .text("accelerator", &M::accelerator, "", "Name of the accelerator's data file")
        .real("tensor_parallel", &M::tensor_parallel, "1", required(1), {1, 1024},
              "Accelerators of a replica")
        .real("expert_parallel", &M::expert_parallel, "1", required(1), {1, 4096},
              "Accelerators that share the routed experts")
        .real("prompt", &M::prompt, "token", required(250), {1, 1e7}, "Mean prompt length")
        .list("batch", &M::batch, "1", {}, {1, 1e6}, "Sequences running at once, ascending")
        .list("context", &M::context, "token", {}, {1, 1e8}, "Mean tokens in the cache of each")
        .list("step_time", &M::step_time, "s", {}, {1e-6, 1e3}, "Median inter-token latency")
        .list("mean_step", &M::mean_step, "s", {}, {1e-6, 1e3}, "Batch over tokens per second")
        .list("prompts", &M::prompts, "1", {}, {0, 1e6}, "Prompts computed in a step, mean")
        .list("power", &M::power, "W", {}, {1, 1e5}, "Mean power of an accelerator");
    return t;
  }();
  return table;
}

double ModelDesc::need(double ModelDesc::*member, const char* row) const {
  const double v = this->*member;
  if (std::isnan(v)) unknown("model", name, row);
  return v;
}

double Accelerator::need(double Accelerator::*member, const char* row) const {
  const double v = this->*member;
  if (std::isnan(v)) unknown("accelerator", name, row);
  return v;
}

std::string ModelDesc::doubt() const {
  const double total = model_size(*this).total;
  if (std::isnan(parameters) || std::abs(total / parameters - 1.0) <= 0.02) return {};
  return fmt::format("the sizes of {} give {:.4g}e9 parameters, published are {:.4g}e9 ({:+.1f} %)",
                     name, 1e-9 * total, 1e-9 * parameters, 100.0 * (total / parameters - 1.0));
}

void report_estimates(core::ProcessContext& context, const Accelerator& a) {
  if (!a.estimated.empty()) context.event("estimated", "", a.name, a.estimates());
}

std::string Accelerator::estimates() const {
  if (estimated.empty()) return {};
  return fmt::format("{} rows as {} ({})", estimated.size(), stem(based_on),
                     fmt::join(estimated, ", "));
}

namespace {

/// Attention parameters of all layers.
double attention_parameters(const ModelDesc& m) {
  using M = ModelDesc;
  const double h = m.hidden;
  switch (m.attention) {
    case Attention::gqa: {
      const double d = m.need(&M::head_dim, "head_dim"), kv = m.need(&M::kv_heads, "kv_heads");
      return m.layers * h * d * (2.0 * m.heads + 2.0 * kv);
    }
    case Attention::mla: {
      const double q = m.need(&M::q_lora, "q_lora"), c = m.need(&M::kv_lora, "kv_lora"),
                   rope = m.need(&M::rope_dim, "rope_dim"), nope = m.need(&M::nope_dim, "nope_dim"),
                   v = m.need(&M::v_dim, "v_dim");
      const double query =
          q > 0 ? h * q + q * m.heads * (nope + rope) : h * m.heads * (nope + rope);
      return m.layers * (query + h * (c + rope) + c * m.heads * (nope + v) + m.heads * v * h);
    }
    case Attention::sparse_mqa: {
      const double q = m.need(&M::q_lora, "q_lora"), d = m.need(&M::head_dim, "head_dim"),
                   o = m.need(&M::o_lora, "o_lora"), groups = m.need(&M::o_groups, "o_groups"),
                   ih = m.need(&M::index_heads, "index_heads"),
                   id = m.need(&M::index_dim, "index_dim");
      const double all = h * q + q * m.heads * d + h * d + m.heads * d * o + o * groups * h;
      // Compressors: two projections (value and gate), and two overlapping sets in CSA, also for
      // the indexer's keys.
      const double csa = q * ih * id + h * ih + 4.0 * h * (d + id), hca = 2.0 * h * d;
      return m.layers * all + m.need(&M::csa_layers, "csa_layers") * csa +
             m.need(&M::hca_layers, "hca_layers") * hca;
    }
  }
  return 0.0;
}

void kv_size(const ModelDesc& m, ModelSize& s) {
  using M = ModelDesc;
  switch (m.attention) {
    case Attention::gqa: {
      const double layer = 2.0 * m.kv_heads * m.head_dim * m.kv_bytes;
      s.kv_per_token = (m.layers - m.window_layers) * layer;
      if (m.window_layers > 0)
        s.kv_per_sequence = m.window_layers * m.need(&M::window, "window") * layer;
      return;
    }
    case Attention::mla:
      s.kv_per_token = m.layers * (m.kv_lora + m.rope_dim) * m.kv_bytes;
      return;
    case Attention::sparse_mqa:
      s.kv_per_token =
          m.kv_bytes *
          (m.csa_layers * (m.head_dim + m.index_dim) / m.need(&M::csa_ratio, "csa_ratio") +
           m.hca_layers * m.head_dim / m.need(&M::hca_ratio, "hca_ratio"));
      s.kv_per_sequence = m.layers * m.need(&M::window, "window") * m.head_dim * m.kv_bytes;
      return;
  }
}

}  // namespace

ModelSize model_size(const ModelDesc& m) {
  using M = ModelDesc;
  ModelSize s;
  s.embedding = m.vocabulary * m.hidden;
  const double head = s.embedding;
  double dense = 0.0, shared = 0.0, gate = 0.0, experts = 0.0, chosen = 0.0;
  if (m.dense_layers > 0)
    dense = m.dense_layers * m.ffn_matrices * m.hidden *
            m.need(&M::dense_intermediate, "dense_intermediate");
  if (m.moe_layers() > 0) {
    s.expert = m.ffn_matrices * m.hidden * m.need(&M::expert_intermediate, "expert_intermediate");
    const double count = m.need(&M::experts, "experts");
    shared = m.moe_layers() * m.shared_experts * s.expert;
    gate = m.moe_layers() * m.hidden * count;
    experts = m.moe_layers() * count * s.expert;
    chosen = m.moe_layers() * m.need(&M::experts_per_token, "experts_per_token") * s.expert;
  }
  s.replicated = attention_parameters(m) + dense + shared + gate + head;
  s.matmul = s.replicated + chosen;
  const double input = m.tied_embeddings ? 0.0 : s.embedding;
  s.active = s.matmul + input;
  s.total = s.replicated + experts + input;
  kv_size(m, s);
  return s;
}

double kv_bytes(const ModelSize& s, double context) {
  return s.kv_per_sequence + s.kv_per_token * context;
}

namespace {

ModelDesc read_model(const core::ProcessSetup& setup, const std::string& name,
                     std::vector<std::string>& chain, const std::string& architecture = {}) {
  const std::string file = data_file(setup, "models", name);
  follow(chain, file);
  ModelDesc m{};
  model_table().set_defaults(&m);
  if (file.ends_with(".json")) {
    read_model_config(file, m, architecture);
  } else {
    read(setup, file, model_table(), m);
    if (const std::string base = m.based_on; !base.empty()) {
      m = read_model(setup, base, chain, m.architecture.empty() ? architecture : m.architecture);
      m.parameters = kUnknown;  // another model's
      read(setup, file, model_table(), m);
    }
  }
  // Published files are all called so: the folder says which.
  const fs::path path = file;
  m.name = path.filename() == "config.json" && path.has_parent_path()
               ? fs::absolute(path).parent_path().filename().string()
               : stem(name);
  return m;
}

/// What no data sheet says: an accelerator may take these rows over from a relative.
bool relative_has(const core::ParamInfo& row) {
  return (row.group == "efficiency" || row.group == "power" || row.group == "node") &&
         row.name != "tdp";
}

Accelerator read_accelerator(const core::ProcessSetup& setup, const std::string& name,
                             std::vector<std::string>& chain) {
  const std::string file = data_file(setup, "accelerators", name);
  follow(chain, file);
  const auto& table = accelerator_table();
  Accelerator a{};
  table.set_defaults(&a);
  read(setup, file, table, a);
  a.name = stem(name);
  if (a.based_on.empty()) return a;
  const Accelerator base = read_accelerator(setup, a.based_on, chain);
  for (size_t i = 0; i < table.rows().size(); ++i) {
    const core::ParamInfo& row = table.rows()[i];
    if (!relative_has(row) || !std::isnan(std::get<double>(table.get(&a, static_cast<int>(i)))))
      continue;
    double v = std::get<double>(table.get(&base, static_cast<int>(i)));
    if (row.name == "power_idle") v *= a.tdp / base.tdp;
    if (row.group == "node") v *= a.per_node / base.per_node;
    if (std::isnan(v)) continue;
    table.set(&a, static_cast<int>(i), v);
    a.estimated.push_back(row.name);
  }
  return a;
}

}  // namespace

ModelDesc load_model(const core::ProcessSetup& setup, const std::string& name) {
  using M = ModelDesc;
  std::vector<std::string> chain;
  ModelDesc m = read_model(setup, name, chain);
  complete(chain.front(), model_table(), m,
           {"layers", "hidden", "heads", "vocabulary", "max_context", "dense_layers",
            "weight_bytes", "kv_bytes"},
           "add them with a source; or give the model's config.json, itself or in 'based_on:'");
  const auto at_most = [&](const char* small, double a, const char* large, double b) {
    if (a > b)
      throw UserError(
          fmt::format("model '{}': {} ({:g}) exceeds {} ({:g})", name, small, a, large, b));
  };
  at_most("dense_layers", m.dense_layers, "layers", m.layers);
  if (m.moe_layers() > 0)
    at_most("experts_per_token", m.need(&M::experts_per_token, "experts_per_token"), "experts",
            m.need(&M::experts, "experts"));
  if (m.attention == Attention::gqa) {
    at_most("kv_heads", m.need(&M::kv_heads, "kv_heads"), "heads", m.heads);
    at_most("window_layers", m.window_layers, "layers - 1", m.layers - 1.0);
  }
  if (m.attention == Attention::sparse_mqa) {
    at_most("csa_layers and hca_layers",
            m.need(&M::csa_layers, "csa_layers") + m.need(&M::hca_layers, "hca_layers"), "layers",
            m.layers);
    m.need(&M::index_topk, "index_topk");
    if (m.csa_layers + m.hca_layers <= 0)
      throw UserError(fmt::format("model '{}': csa_layers and hca_layers are both 0", name));
  }
  model_size(m);  // names what else the file should say
  return m;
}

Accelerator load_accelerator(const core::ProcessSetup& setup, const std::string& name) {
  std::vector<std::string> chain;
  Accelerator a = read_accelerator(setup, name, chain);
  complete(chain.front(), accelerator_table(), a,
           {"flops_16bit", "memory", "memory_bandwidth", "per_node"},
           "these are on the data sheet: add them with their source");
  std::vector<std::string> rows;
  for (const auto& row : accelerator_table().rows())
    if (relative_has(row) && row.name != "power_peak") rows.push_back(row.name);
  // A share of a design power that is not known yet: need("tdp") says so when power is asked for.
  if (std::isnan(a.tdp)) std::erase(rows, "power_idle");
  complete(chain.front(), accelerator_table(), a, rows,
           "add them with a source, or name a relative that has them: 'based_on: h100'; they are "
           "listed as estimated then");
  return a;
}

Measured load_measured(const core::ProcessSetup& setup, const std::string& name) {
  Measured m{};
  measured_table().set_defaults(&m);
  read(setup, data_file(setup, "accelerators/measured", name), measured_table(), m);
  m.name = stem(name);
  const auto bad = [&](const char* what) {
    throw UserError(fmt::format("measurement '{}': {}", name, what));
  };
  if (m.batch.empty()) bad("'batch' lists no batch sizes");
  for (const auto* list : {&m.context, &m.step_time, &m.mean_step, &m.prompts, &m.power})
    if (list->size() != m.batch.size())
      bad("'batch', 'context', 'step_time', 'mean_step', 'prompts' and 'power' must be equally "
          "long");
  for (size_t i = 1; i < m.batch.size(); ++i)
    if (!(m.batch[i] > m.batch[i - 1])) bad("'batch' must ascend");
  return m;
}

std::optional<Measured> find_measured(const core::ProcessSetup& setup, const std::string& model,
                                      const std::string& accelerator, double tensor_parallel,
                                      double expert_parallel) {
  const fs::path folder = setup.data_dir + "/accelerators/measured";
  std::error_code none;
  std::vector<std::string> files;
  for (const auto& f : fs::directory_iterator(folder, none))
    if (f.path().extension() == ".yaml") files.push_back(f.path().string());
  std::sort(files.begin(), files.end());
  for (const std::string& f : files) {
    Measured m = load_measured(setup, f);
    if (m.model == model && m.accelerator == accelerator && m.tensor_parallel == tensor_parallel &&
        m.expert_parallel == expert_parallel)
      return m;
  }
  return std::nullopt;
}

std::optional<Measured> choose_measured(const core::ProcessSetup& setup, const std::string& wish,
                                        const std::string& model, const std::string& accelerator,
                                        double tensor_parallel, double expert_parallel) {
  if (wish == "none") return std::nullopt;
  if (wish.empty() || wish == "auto") {
    if (is_path(model) || is_path(accelerator)) return std::nullopt;
    return find_measured(setup, model, accelerator, tensor_parallel, expert_parallel);
  }
  Measured m = load_measured(setup, wish);
  if (m.model != stem(model) || m.accelerator != stem(accelerator) ||
      m.tensor_parallel != tensor_parallel || m.expert_parallel != expert_parallel)
    throw UserError(fmt::format(
        "measurement '{}' is of {} on {} (tensor_parallel {}, expert_parallel {}), not of {} on {} "
        "(tensor_parallel {}, expert_parallel {})",
        wish, m.model, m.accelerator, m.tensor_parallel, m.expert_parallel, model, accelerator,
        tensor_parallel, expert_parallel));
  return m;
}

}  // namespace steppe::load
