// Descriptors and step time against published values and closed forms. "AC-…" are the acceptance
// checks of the project.
#include <doctest/doctest.h>

#include <random>

#include "inference_load/eval.h"
#include "support.h"

namespace steppe::load::test {
namespace {

ModelSize size_of(const char* name) { return model_size(load_model(setup(), name)); }
double value(const std::vector<EvalRow>& rows, const std::string& name) {
  for (const EvalRow& r : rows)
    if (r.name == name) return r.value;
  FAIL("no row ", name);
  return 0.0;
}
EvalParams eval_defaults() {
  EvalParams p;
  eval_table().set_defaults(&p);
  return p;
}

TEST_CASE("AC-1-01: parameter counts follow from the descriptors") {
  // Closed form; published totals: 671 B [DeepSeek-AI 2024], 1.6 T and 284 B [DeepSeek V4 model
  // cards], 70.6 B, 8.0 B, 405 B [Meta 2024], 30.5 B and 235 B [Qwen 2025].
  const ModelSize v3 = size_of("deepseek-v3"), pro = size_of("deepseek-v4-pro"),
                  flash = size_of("deepseek-v4-flash");
  CHECK(v3.total == approx(671.03e9, 1e-3));
  CHECK(v3.active == approx(37.55e9, 1e-3));
  CHECK(v3.matmul == approx(36.62e9, 1e-3));
  CHECK(pro.total == approx(1572.9e9, 1e-3));
  CHECK(pro.matmul == approx(48.8e9, 1e-3));
  CHECK(flash.total == approx(284.3e9, 1e-3));
  CHECK(flash.matmul == approx(13.23e9, 1e-3));
  CHECK(size_of("llama-3.1-70b").total == approx(70.6e9, 2e-3));
  CHECK(size_of("llama-3.1-8b").total == approx(8.03e9, 2e-3));
  CHECK(size_of("llama-3.1-405b").total == approx(405.9e9, 2e-3));
  CHECK(size_of("qwen3-30b-a3b").total == approx(30.5e9, 5e-3));
  CHECK(size_of("qwen3-235b-a22b").total == approx(235e9, 5e-3));
  CHECK(size_of("qwen3-30b-a3b").active == approx(3.3e9, 0.03));
}

TEST_CASE("AC-1-02: KV bytes per token") {  // 70 KB and 516 KB [DeepSeek-AI 2025, Insights into V3,
                                            // table 1]
  CHECK(size_of("deepseek-v3").kv_per_token == 70272.0);
  CHECK(size_of("llama-3.1-70b").kv_per_token == 327680.0);
  CHECK(size_of("llama-3.1-405b").kv_per_token == 516096.0);
}

TEST_CASE("AC-1-03: V4-Pro KV cache of a million tokens is 9.62 GiB") {  // [vLLM 2026, DeepSeek-V4]
  const ModelSize s = size_of("deepseek-v4-pro");
  const double million = 1048576.0, gib = 1073741824.0;
  CHECK(s.kv_per_token == 9848.0);
  CHECK(s.kv_per_token * million / gib == approx(9.62, 5e-3));
  const double v32 = 61.0 * (576.0 + 128.0) * 2.0;  // V3.2: latent attention and an indexer of 128
  CHECK(v32 / s.kv_per_token == approx(8.7, 5e-3));
  CHECK(kv_bytes(s, 0.0) == 61.0 * 128.0 * 512.0 * 2.0);
}

TEST_CASE("AC-1-04: expert coverage agrees with random routing") {
  CHECK(experts_touched(256, 8, 16) == approx(102.0, 1e-3));
  CHECK(experts_touched(256, 8, 64) == approx(222.4, 1e-3));
  CHECK(experts_touched(256, 8, 256) == approx(255.9, 1e-3));
  std::mt19937_64 g(1);
  for (int tokens : {16, 64, 256}) {
    double sum = 0.0;
    const int trials = 4000;
    for (int trial = 0; trial < trials; ++trial) {
      std::vector<bool> hit(256);
      for (int t = 0; t < tokens; ++t) {
        std::vector<bool> mine(256);
        for (int chosen = 0; chosen < 8;) {
          const size_t e = g() % 256;
          if (mine[e]) continue;
          mine[e] = hit[e] = true;
          ++chosen;
        }
      }
      sum += static_cast<double>(std::count(hit.begin(), hit.end(), true));
    }
    // The mean of 4000 trials is within 0.1 %; 0.5 % is the check's tolerance.
    CHECK(experts_touched(256, 8, tokens) == approx(sum / trials, 5e-3));
  }
}

TEST_CASE("AC-1-05: expert-parallel lower bound of TPOT") {
  // [DeepSeek-AI 2025, Insights into V3, 2.3.2]: 32 tokens, 9 copies of 7 000 values, 1 + 2 bytes,
  // 61 layers twice.
  const double half = 3.0 * 32.0 * 9.0 * 7000.0;
  CHECK(half / 50e9 * 1e6 == approx(120.96, 1e-5));
  CHECK(2.0 * 61.0 * half / 50e9 * 1e3 == approx(14.757, 1e-4));
  // The engine's own bytes: 58 expert layers, 8 copies of 7 168 values.
  const Parallel p{1, 144, 32, 2, 0, 0.85};
  const StepModel m(load_model(setup(), "deepseek-v3"), load_accelerator(setup(), "h800"), p, 128);
  Batch b;
  b.decode = 32;
  b.context = 32 * 1000;
  const StepTime t = m.step(b);
  CHECK(t.network_bytes == approx(32.0 * 8 * 7168 * 3 * 58, 1e-5));
  CHECK(t.all_to_all == approx(t.network_bytes / (0.85 * 50e9), 1e-5));
}

TEST_CASE("AC-1-06, AC-1-07: DeepSeek's fleet and its cost close") {  // [DeepSeek-AI 2025, day 6]
  const double nodes = 608e9 / 86400.0 / 73.7e3 + 168e9 / 86400.0 / 14.8e3;
  CHECK(nodes == approx(226.75, 2e-3));
  const double cost = 226.75 * 8 * 24 * 2.0, income = 342e3 * 0.14 + 266e3 * 0.55 + 168e3 * 2.19;
  CHECK(cost == approx(87072.0, 1e-3));
  CHECK(income == approx(562027.0, 1e-3));
  CHECK(100.0 * (income - cost) / cost == approx(545.0, 2e-3));
}

TEST_CASE("AC-1-08: H800 decode step at the published operating point (calibrated)") {
  // [DeepSeek-AI 2025, day 6]: 14.8 k tok/s per H800 node, EP144 with 32 redundant experts, mean KV
  // length 4 989.
  EvalParams p = eval_defaults();
  p.expert_parallel = 144;
  p.redundant_experts = 32;
  p.microbatches = 2;
  const auto rows = evaluate(p, setup());
  CHECK(value(rows, "step_time") > 0.038);
  CHECK(value(rows, "step_time") < 0.052);
  CHECK(value(rows, "tokens_per_s_node") == approx(14.8e3, 0.20));
  CHECK(value(rows, "bytes_weights") / 2.0 == approx(21.3e9, 0.01));
  CHECK(value(rows, "bytes_kv") == approx(30.9e9, 0.01));
}

TEST_CASE("AC-1-10: prefill on H100 at 4 k prompts (predicted but for the prefill efficiency)") {
  // [LMSYS 2025]: 50.3 k tok/s per node of 8 H100 at prompts of 4 k, EP32.
  EvalParams p = eval_defaults();
  p.accelerator = "h100";
  p.phase = Phase::prefill;
  p.batch = 4;
  p.context = 4096;
  p.expert_parallel = 32;
  p.redundant_experts = 32;
  p.microbatches = 2;
  const auto rows = evaluate(p, setup());
  CHECK(value(rows, "tokens_per_s_node") == approx(50.3e3, 0.15));
  CHECK(value(rows, "utilisation") > 0.23);
  CHECK(value(rows, "utilisation") < 0.31);
}

TEST_CASE("AC-1-12: H100 Llama-3.1-70B TP4, step time over the batch (calibrated on these)") {
  // [ML.ENERGY v3]: median inter-token latency 16.4 + 0.0914 n ms; GPU J per output token 0.797 and
  // 0.479.
  EvalParams p = eval_defaults();
  p.model = "llama-3.1-70b";
  p.accelerator = "h100";
  p.tensor_parallel = 4;
  p.measured = "none";
  p.context = 400;  // prompts of some 200 tokens, answers of 350, half-way
  for (double n : {8, 16, 32, 64, 128, 256}) {
    p.batch = n;
    const auto rows = evaluate(p, setup());
    INFO("n = ", n, " ITL ", value(rows, "step_time") * 1e3, " ms, ", value(rows, "power"), " W");
    CHECK(value(rows, "step_time") * 1e3 == approx(16.4 + 0.0914 * n, 0.15));
  }
}

TEST_CASE("AC-1-18: KV transfer of 4 989 tokens") {
  const double bytes = kv_bytes(size_of("deepseek-v3"), 4989.0);
  CHECK(bytes == approx(350.6e6, 1e-3));
  CHECK(bytes / 50e9 * 1e3 == approx(7.01, 1e-3));
}

TEST_CASE("AC-1-20: throughput saturates at 1/H; the KV cache bounds the batch") {
  const ModelDesc model = load_model(setup(), "llama-3.1-70b");
  const Accelerator a = load_accelerator(setup(), "h100");
  const StepModel m(model, a, {4, 1, 0, 1, 0, 0.85}, 0);
  const ModelSize s = model_size(model);
  const double context = 4000.0;
  const double expected =
      std::floor((80e9 * 0.9 - s.total * 2.0 / 4.0) / (s.kv_per_token / 4.0 * context));
  CHECK(std::floor(m.kv_capacity() / context) == approx(expected, 0.01));
  // While weights are streamed (no arithmetic limit), t(n) = W + H n exactly.
  auto t = [&](double n) {
    Batch b;
    b.decode = n;
    b.context = n * context;
    return m.step(b).total;
  };
  const double h = (t(20) - t(10)) / 10.0, w = t(10) - 10.0 * h;
  CHECK(40.0 / t(40) == approx(40.0 / (w + h * 40.0), 1e-9));
  CHECK(1e7 / (w + h * 1e7) == approx(1.0 / h, 0.01));
}

TEST_CASE("sliding windows: closed forms of the cache, of time and of arithmetic") {
  ModelDesc m = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  const ModelSize all = model_size(m);
  const StepModel whole(m, h100, {}, 0);
  m.window = 1024;
  m.window_layers = 24;  // of 32
  const ModelSize some = model_size(m);
  CHECK(some.kv_per_token == approx(0.25 * all.kv_per_token, 1e-12));
  CHECK(some.kv_per_sequence == approx(0.75 * all.kv_per_token * 1024, 1e-12));
  CHECK(some.total == all.total);
  const StepModel windows(m, h100, {}, 0);
  Batch b;
  b.decode = 10;
  auto kv = [&](const StepModel& model, double context) {
    b.context = b.decode * context;
    return model.step(b).kv_bytes;
  };
  CHECK(kv(windows, 500) == approx(kv(whole, 500), 1e-12));  // nothing lies outside the window
  CHECK(kv(windows, 8192) == approx(kv(whole, 0.25 * 8192 + 0.75 * 1024), 1e-12));
  CHECK(windows.step(b).peak_seconds < whole.step(b).peak_seconds);
}

TEST_CASE("a host that lets the accelerators wait: longer steps, idle power meanwhile") {
  Accelerator a = load_accelerator(setup(), "h100");
  Batch b;
  b.decode = 8;
  b.context = 8000;
  const StepModel fast(load_model(setup(), "llama-3.1-8b"), a, {}, 0);
  a.host_gap = 0.02;
  const StepModel slow(load_model(setup(), "llama-3.1-8b"), a, {}, 0);
  const StepPoint p = fast.operate(b, {}), q = slow.operate(b, {});
  CHECK(q.seconds == approx(p.seconds + 0.02, 1e-12));
  CHECK(q.seconds * q.watts == approx(p.seconds * p.watts + 0.02 * a.power_idle, 1e-12));
}

TEST_CASE("multi-token prediction: accepted drafts as a geometric series") {
  CHECK(Parallel{1, 1, 0, 1, 1, 0.85}.tokens_per_step() == approx(1.85, 1e-5));
  CHECK(Parallel{1, 1, 0, 1, 3, 0.5}.tokens_per_step() == approx(1.875, 1e-5));
  CHECK(Parallel{1, 1, 0, 1, 2, 1.0}.tokens_per_step() == 3.0);
}

TEST_CASE("one operating point that cannot be is refused; prefill has no time between tokens") {
  EvalParams p;
  eval_table().set_defaults(&p);
  p.model = "llama-3.1-8b";
  p.accelerator = "h100";
  p.batch = 4;
  p.context = 200000;
  CHECK_THROWS_WITH_AS(evaluate(p, setup()), doctest::Contains("goes up to 131072"), UserError);
  p.context = 131072;
  for (Phase phase : {Phase::decode, Phase::prefill}) {
    p.phase = phase;
    CHECK_THROWS_WITH_AS(evaluate(p, setup()), doctest::Contains("do not fit"), UserError);
  }
  p.batch = 2;
  for (const auto& row : evaluate(p, setup())) {
    CHECK(row.name != "tpot");
    if (row.name == "measured") CHECK(row.value == 0.0);  // what decodes was measured
  }
}

TEST_CASE("a power cap slows prefill and hardly decode") {
  // [Patel 2024, Splitwise]: H100 capped at half its power: prefill × 1.30, decode × 1.00. Shape,
  // not calibrated.
  EvalParams p = eval_defaults();
  p.model = "llama-3.1-70b";
  p.accelerator = "h100";
  p.tensor_parallel = 8;
  p.batch = 8;
  p.context = 1000;
  auto slowdown = [&](Phase phase) {
    p.phase = phase;
    p.power_cap = 1e30;
    const double free = value(evaluate(p, setup()), "step_time");
    p.power_cap = 350;
    const auto rows = evaluate(p, setup());
    CHECK(value(rows, "power") <= 350.0 * (1 + 1e-12));
    return value(rows, "step_time") / free;
  };
  CHECK(slowdown(Phase::prefill) == approx(1.30, 0.15));
  CHECK(slowdown(Phase::decode) == approx(1.00, 0.02));
}

TEST_CASE(
    "every shipped model and accelerator can be read; unknown values are errors that name them") {
  const std::filesystem::path data = source_dir() + "/data";
  int models = 0, accelerators = 0;
  for (const auto& f : std::filesystem::directory_iterator(data / "models")) {
    if (f.path().extension() != ".yaml") continue;
    CHECK(model_size(load_model(setup(), f.path().stem().string())).total > 1e9);
    ++models;
  }
  for (const auto& f : std::filesystem::directory_iterator(data / "accelerators")) {
    if (f.path().extension() != ".yaml") continue;
    CHECK(load_accelerator(setup(), f.path().string()).memory > 1e10);
    ++accelerators;
  }
  CHECK(models == 11);
  CHECK(accelerators == 12);
  EvalParams p = eval_defaults();
  p.accelerator = "ascend-950pr";
  p.expert_parallel = 64;
  CHECK_THROWS_WITH_AS(evaluate(p, setup()), doctest::Contains("'tdp'"), UserError);
}

/// A folder of its own for files that a test writes.
class Folder {
 public:
  explicit Folder(const char* name) : path_(std::filesystem::temp_directory_path() / name) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

TEST_CASE("a model's config.json is a descriptor: parameters and KV cache as published") {
  const Folder dir("steppe_model_config");
  // What the files of these models say, as far as it is read [Hugging Face]; sizes from the model
  // cards. KV bytes per token: 2·L·kv·d·2, of the layers that see all of the context.
  struct Model {
    const char *name, *text;
    double total, tolerance, kv;
  };
  const std::vector<Model> models = {
      {"qwen3-14b",
       R"({"model_type":"qwen3","hidden_size":5120,"num_hidden_layers":40,"num_attention_heads":40,
           "num_key_value_heads":8,"head_dim":128,"intermediate_size":17408,"vocab_size":151936,
           "max_position_embeddings":40960,"sliding_window":null,"tie_word_embeddings":false,
           "torch_dtype":"bfloat16"})",
       14.77e9, 0.002, 163840},
      {"mixtral-8x7b",
       R"({"model_type":"mixtral","hidden_size":4096,"num_hidden_layers":32,"vocab_size":32000,
           "num_attention_heads":32,"num_key_value_heads":8,"intermediate_size":14336,
           "num_local_experts":8,"num_experts_per_tok":2,"max_position_embeddings":32768,
           "torch_dtype":"bfloat16"})",
       46.7e9, 0.002, 131072},
      {"gemma-3-27b",  // every sixth layer sees all
       R"({"model_type":"gemma3","torch_dtype":"bfloat16","text_config":{"model_type":"gemma3_text",
           "hidden_size":5376,"num_hidden_layers":62,"num_attention_heads":32,"head_dim":128,
           "num_key_value_heads":16,"intermediate_size":21504,"vocab_size":262208,
           "sliding_window":1024,"max_position_embeddings":131072}})",
       27.0e9, 0.005, 10 * 2 * 16 * 128 * 2},
      {"gpt-oss-120b",
       R"({"model_type":"gpt_oss","hidden_size":2880,"num_hidden_layers":4,"head_dim":64,
           "num_attention_heads":64,"num_key_value_heads":8,"intermediate_size":2880,
           "num_local_experts":128,"num_experts_per_tok":4,"vocab_size":201088,
           "max_position_embeddings":131072,"sliding_window":128,"tie_word_embeddings":false,
           "layer_types":["sliding_attention","full_attention","sliding_attention",
           "full_attention"],"quantization_config":{"quant_method":"mxfp4"}})",
       // four of the 36 layers of 116.8e9 parameters, and the embeddings
       (116.8e9 - 2 * 201088.0 * 2880) * 4 / 36 + 2 * 201088.0 * 2880, 0.002, 2 * 2 * 8 * 64 * 2},
      {"kimi-k2",
       R"({"model_type":"kimi_k2","hidden_size":7168,"num_hidden_layers":61,"vocab_size":163840,
           "num_attention_heads":64,"q_lora_rank":1536,"kv_lora_rank":512,"qk_rope_head_dim":64,
           "qk_nope_head_dim":128,"v_head_dim":128,"intermediate_size":18432,"n_group":1,
           "topk_group":1,"n_routed_experts":384,"num_experts_per_tok":8,"n_shared_experts":1,
           "moe_intermediate_size":2048,"first_k_dense_replace":1,"torch_dtype":"bfloat16",
           "max_position_embeddings":131072,"quantization_config":{"quant_method":"fp8"}})",
       1026e9, 0.002, 61 * 576 * 2},
      {"starcoder2-15b",  // two matrices, no gate
       R"({"model_type":"starcoder2","hidden_size":6144,"num_hidden_layers":40,"vocab_size":49152,
           "num_attention_heads":48,"num_key_value_heads":4,"intermediate_size":24576,
           "max_position_embeddings":16384,"torch_dtype":"bfloat16"})",
       15.96e9, 0.003, 40 * 2 * 4 * 128 * 2},
      {"llama-4-scout",  // the text model of 109e9 with a picture encoder
       R"({"model_type":"llama4","torch_dtype":"bfloat16","text_config":{"model_type":"llama4_text",
           "hidden_size":5120,"num_hidden_layers":48,"num_attention_heads":40,"head_dim":128,
           "num_key_value_heads":8,"intermediate_size":8192,"intermediate_size_mlp":16384,
           "num_local_experts":16,"num_experts_per_tok":1,"interleave_moe_layer_step":1,
           "attention_chunk_size":8192,"vocab_size":202048,"max_position_embeddings":10485760}})",
       107.8e9, 0.005, 12 * 2 * 8 * 128 * 2}};
  for (const Model& m : models) {
    const ModelDesc d =
        load_model(setup(), dir.write(std::string(m.name) + "/config.json", m.text));
    CHECK(d.name == m.name);
    const ModelSize size = model_size(d);
    INFO(m.name, " ", size.total, " ", m.total);
    CHECK(size.total == approx(m.total, m.tolerance));
    CHECK(size.kv_per_token == m.kv);
  }
  // The same model by hand and from its file.
  const ModelDesc own = load_model(
      setup(), dir.write("v3/config.json",
                         R"({"model_type":"deepseek_v3","hidden_size":7168,"num_hidden_layers":61,
      "num_attention_heads":128,"vocab_size":129280,"q_lora_rank":1536,"kv_lora_rank":512,
      "qk_rope_head_dim":64,"qk_nope_head_dim":128,"v_head_dim":128,"intermediate_size":18432,
      "n_group":8,"topk_group":4,"n_routed_experts":256,"num_experts_per_tok":8,
      "n_shared_experts":1,"moe_intermediate_size":2048,"first_k_dense_replace":3,
      "torch_dtype":"bfloat16","max_position_embeddings":163840,
      "quantization_config":{"quant_method":"fp8"}})"));
  const ModelDesc shipped = load_model(setup(), "deepseek-v3");
  for (const auto& row : model_table().rows()) {
    if (row.kind != core::ParamKind::real || row.name.ends_with("_bytes") ||
        row.name == "parameters")
      continue;
    const int i = model_table().find(row.name);
    const double a = std::get<double>(model_table().get(&own, i)),
                 b = std::get<double>(model_table().get(&shipped, i));
    INFO(row.name, " ", a, " ", b);
    CHECK((a == b || (std::isnan(a) && std::isnan(b))));
  }
  CHECK(own.weight_bytes == 1.0);
}

TEST_CASE("a config.json that cannot be used is told where and why") {
  const Folder dir("steppe_model_config_bad");
  const std::string good =
      "{\n\"model_type\": \"llama\",\n\"hidden_size\": 4096,\n\"num_hidden_layers\": 32,\n"
      "\"num_attention_heads\": 32,\n\"intermediate_size\": 14336,\n\"vocab_size\": 128256,\n"
      "\"max_position_embeddings\": 8192,\n\"torch_dtype\": \"bfloat16\"\n}\n";
  CHECK(load_model(setup(), dir.write("good.json", good)).kv_heads == 32);
  int count = 0;
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    text.replace(text.find(what), what.size(), by);
    return dir.write(std::to_string(++count) + "/bad.json", text);
  };
  using Row = std::pair<std::string, std::string>;
  for (const auto& [file, message] :
       {Row{with("llama", "mamba2"), "bad.json:2"}, Row{with("llama", "mamba2"), "mamba2"},
        Row{with("32,\n\"num_att", "-4,\n\"num_att"), "bad.json:4"},
        Row{with("4096", "\"wide\""), "hidden_size"}, Row{with("4096,", "4096"), "no JSON"},
        Row{with("bfloat16", "int3"), "int3"},
        Row{with("8192,", "8192, \"quantization_config\": {\"quant_method\": \"exl9\"},"), "exl9"},
        Row{with("8192,", "8192, \"sliding_window\": 512,"), "every layer"},
        Row{dir.write("list.json", "[]"), "config.json"},
        Row{dir.write("none.json", ""), "no JSON"}})
    CHECK_THROWS_WITH_AS(load_model(setup(), file), doctest::Contains(message.c_str()), UserError);
}

TEST_CASE("a config.json of an architecture that is not known is read as one that is") {
  const Folder dir("steppe_model_config_as");
  const std::string text =
      "{\n\"model_type\": \"newcomer\",\n\"hidden_size\": 2048,\n\"num_hidden_layers\": 48,\n"
      "\"num_attention_heads\": 32,\n\"num_key_value_heads\": 4,\n\"head_dim\": 128,\n"
      "\"intermediate_size\": 6144,\n\"moe_intermediate_size\": 768,\n\"num_experts\": 128,\n"
      "\"num_experts_per_tok\": 8,\n\"vocab_size\": 151936,\n"
      "\"max_position_embeddings\": 40960,\n\"torch_dtype\": \"bfloat16\"\n}\n";
  const std::string config = dir.write("new/config.json", text);
  CHECK_THROWS_WITH_AS(load_model(setup(), config), doctest::Contains("'newcomer' is not known"),
                       UserError);
  const std::string yaml = "based_on: " + config + "\narchitecture: ";
  const ModelDesc m = load_model(setup(), dir.write("mine.yaml", yaml + "qwen3_moe\n"));
  CHECK(m.moe_layers() == 48);
  CHECK(model_size(m).total ==
        approx(model_size(load_model(setup(), "qwen3-30b-a3b")).total, 1e-12));
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("bad.yaml", yaml + "qwen9\n")),
                       doctest::Contains("'qwen9' is not known"), UserError);
  std::string hybrid = text;
  hybrid.insert(2, "\"linear_num_value_heads\": 32,\n");
  dir.write("new/config.json", hybrid);
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("mine.yaml", yaml + "qwen3_moe\n")),
                       doctest::Contains("linear attention"), UserError);
  // Experts under other names are not left out; layers that are no attention are not taken for it.
  std::string other = text;
  other.replace(other.find("num_experts\""), 12, "moe_num_experts\"");
  dir.write("new/config.json", other);
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("mine.yaml", yaml + "qwen3_moe\n")),
                       doctest::Contains("moe_num_experts"), UserError);
  other = text;
  other.insert(2, "\"num_shared_expert\": 1,\n");
  dir.write("new/config.json", other);
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("mine.yaml", yaml + "qwen3_moe\n")),
                       doctest::Contains("config.json:2:1: shared experts"), UserError);
  other = text;
  other.replace(other.find("num_experts_per_tok\": 8"), 23, "moe_topk\": [8, 8]");
  dir.write("new/config.json", other);
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("mine.yaml", yaml + "qwen3_moe\n")),
                       doctest::Contains(":11:1: 'moe_topk' is [8,8]"), UserError);
  std::string mixed = text;
  mixed.insert(2, "\"layer_types\": [\"conv\", \"full_attention\"],\n");
  dir.write("new/config.json", mixed);
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("mine.yaml", yaml + "qwen3_moe\n")),
                       doctest::Contains("layers of 'conv'"), UserError);
}

TEST_CASE("descriptors based on others: what they take is listed, what a data sheet says is not") {
  const Folder dir("steppe_based_on");
  const std::string sheet =
      "flops_16bit: 4e14\nflops_8bit: 8e14\nmemory: 9.6e10\nmemory_bandwidth: 2e12\n"
      "per_node: 16\ntdp: 350\n";
  const Accelerator h100 = load_accelerator(setup(), "h100"),
                    own = load_accelerator(setup(),
                                           dir.write("own.yaml", "based_on: h100\n" + sheet));
  CHECK(own.estimated.size() == 30);
  CHECK(own.power_cache == h100.power_cache);
  CHECK(own.power_idle == approx(0.5 * h100.power_idle, 1e-12));
  CHECK(own.node_power_busy == approx(2.0 * h100.node_power_busy, 1e-12));
  CHECK(std::isnan(own.scale_out_bandwidth));
  CHECK(own.estimates().find("30 rows as h100 (memory_efficiency") == 0);
  CHECK(h100.estimated.empty());
  // Links go on: GB200 takes the power law of B200, and through it efficiencies of H100.
  const Accelerator gb200 = load_accelerator(setup(), "gb200");
  CHECK(gb200.power_cache == load_accelerator(setup(), "b200").power_cache);
  CHECK(gb200.gemm_efficiency == h100.gemm_efficiency);
  CHECK_THROWS_WITH_AS(load_accelerator(setup(), dir.write("bare.yaml", sheet)),
                       doctest::Contains("based_on: h100"), UserError);
  CHECK_THROWS_WITH_AS(
      load_accelerator(setup(), dir.write("poor.yaml", "based_on: h100\nmemory: 8e10\n")),
      doctest::Contains("'flops_16bit', 'memory_bandwidth', 'per_node'"), UserError);
  const std::string circle = dir.write("circle.yaml", "");
  CHECK_THROWS_WITH_AS(
      load_accelerator(setup(), dir.write("circle.yaml", "based_on: " + circle + "\n" + sheet)),
      doctest::Contains("circle"), UserError);
  // A model: one row over another, and a number of parameters that does not fit.
  const ModelDesc fp8 =
      load_model(setup(), dir.write("fp8.yaml", "based_on: llama-3.1-8b\nweight_bytes: 1\n"));
  CHECK(fp8.weight_bytes == 1.0);
  CHECK(fp8.layers == 32);
  CHECK(fp8.name == "fp8");
  CHECK(fp8.doubt().empty());
  const ModelDesc odd =
      load_model(setup(), dir.write("odd.yaml",
                                    "based_on: llama-3.1-8b\nlayers: 30\nparameters: 8.03e9\n"
                                    "dense_layers: 30\n"));
  CHECK(odd.doubt().find("-5.4 %") != std::string::npos);
  CHECK_THROWS_WITH_AS(load_model(setup(), dir.write("empty.yaml", "attention: gqa\n")),
                       doctest::Contains("config.json"), UserError);
}

TEST_CASE("drafted tokens cost a layer and the head each") {
  EvalParams p = eval_defaults();
  p.expert_parallel = 144;
  p.redundant_experts = 32;
  p.microbatches = 2;
  const auto off = evaluate(p, setup());
  p.draft_tokens = 1;
  const auto one = evaluate(p, setup());
  p.draft_tokens = 2;
  const auto two = evaluate(p, setup());
  CHECK(value(two, "time_draft") == approx(2.0 * value(one, "time_draft"), 1e-9));
  // 1/61 of the step, and 0.93 GB of head at 0.8 · 3.35 TB/s.
  const double layer = (value(off, "step_time") - 88 * 5e-6) / 61, head = 129280. * 7168 / 2.68e12;
  CHECK(value(one, "time_draft") == approx(layer + head, 0.01));
}

}  // namespace
}  // namespace steppe::load::test
