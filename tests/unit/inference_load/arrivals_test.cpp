// Synthetic and recorded requests: statistics, reproducibility, and what a bad trace is told.
#include <doctest/doctest.h>

#include <algorithm>

#include "inference_load/arrivals/trace.h"
#include "support.h"

namespace steppe::load::test {
namespace {

SyntheticConfig steady(double rate, double cv = 1.0) {
  SyntheticConfig c;
  c.rate.mean = rate;
  c.rate.daily = c.rate.half_daily = 0.0;
  c.burst_cv = cv;
  c.input = LengthTable::log_normal(1000, 1.0, 1e5);
  c.output = LengthTable::log_normal(300, 1.0, 1e5);
  return c;
}

struct TempFile {
  explicit TempFile(const std::string& text)
      : path(std::filesystem::temp_directory_path() /
             ("steppe-trace-" + std::to_string(std::rand()) + ".csv")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~TempFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

std::string problem(const std::string& text) {
  const TempFile f(text);
  try {
    read_trace(f.path.string());
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

TEST_CASE("AC-1-17: gamma and Weibull arrivals have the coefficient of variation asked for") {
  struct Law {
    GapLaw law;
    double cv;
  };
  for (const auto [law, cv] : {Law{GapLaw::gamma, 0.5},
                               {GapLaw::gamma, 1.0},
                               {GapLaw::gamma, 2.0},
                               {GapLaw::gamma, 4.0},
                               {GapLaw::weibull, 0.5},
                               {GapLaw::weibull, 2.0}}) {
    SyntheticConfig c = steady(10.0, cv);
    c.burst_law = law;
    SyntheticArrivals s(c, 7, "x");
    Arrival a;
    double last = 0.0, sum = 0.0, square = 0.0;
    const int n = 1000000;
    for (int i = 0; i < n; ++i) {
      REQUIRE(s.next(1e18, a));
      const double gap = a.time - last;
      last = a.time;
      sum += gap;
      square += gap * gap;
    }
    const double mean = sum / n, sd = std::sqrt(square / n - mean * mean);
    INFO("cv ", cv, law == GapLaw::weibull ? " weibull" : " gamma");
    CHECK(mean == approx(0.1, 0.015));  // 3 standard errors at cv = 4: 1.2 %
    CHECK(sd / mean == approx(cv, 0.03));
  }
}

TEST_CASE("the shape of a Weibull distribution follows from its coefficient of variation") {
  CHECK(weibull_shape(1.0) == approx(1.0, 1e-9));             // exponential
  CHECK(weibull_shape(std::sqrt(5.0)) == approx(0.5, 1e-9));  // Γ(5)/Γ(3)² = 6 = 1 + CV²
  CHECK(weibull_shape(std::sqrt(4.0 / M_PI - 1.0)) == approx(2.0, 1e-9));  // Rayleigh
}

TEST_CASE("thinning keeps the dispersion of counts: Var/mean -> 1 + keep (CV² − 1)") {
  SyntheticArrivals s(steady(1000.0, 3.0), 3, "x");
  s.thin(0.25);
  double mean = 0.0, square = 0.0;
  const int n = 20000;
  Arrival a;
  for (int i = 0; i < n; ++i) {
    double count = 0;
    while (s.next(i + 1.0, a)) ++count;
    mean += count / n;
    square += count * count / n;
  }
  CHECK(mean == approx(250.0, 0.01));
  CHECK((square - mean * mean) / mean == approx(1.0 + 0.25 * 8.0, 0.05));
}

TEST_CASE("the daily wave, the weekend and bursts keep their means") {
  RateShape r;
  r.mean = 100.0;
  r.epoch = 1768262400.0;  // a Tuesday, 00:00
  CHECK(r.at(15 * 3600.0) == approx(155.0, 1e-5));
  CHECK(r.at(3 * 3600.0) == approx(100.0 * (1 - 0.45 + 0.1), 1e-5));
  r.weekend = 0.5;
  CHECK(r.at(4 * 86400.0 + 15 * 3600.0) == approx(77.5, 1e-5));
  CHECK(r.at(6 * 86400.0 + 15 * 3600.0) == approx(155.0, 1e-5));

  SyntheticConfig c = steady(50.0);
  c.rate.burst_factor = 5.0;
  c.rate.burst_share = 0.1;
  SyntheticArrivals s(c, 5, "x");
  Arrival a;
  double count = 0;
  const double span = 400 * 1200.0;  // 400 cycles of 120 s bursts: standard error 1.5 %
  while (s.next(span, a)) ++count;
  CHECK(count / span == approx(50.0, 0.05));
}

TEST_CASE("lengths have the mean and spread asked for") {
  const LengthTable t = LengthTable::log_normal(1000, 1.2, 1e5);
  Rng rng(1, "x");
  double sum = 0.0, square = 0.0;
  const int n = 400000;
  for (int i = 0; i < n; ++i) {
    const double v = t.draw(rng);
    sum += v;
    square += v * v;
  }
  CHECK(sum / n == approx(1000.0, 0.01));
  CHECK(std::sqrt(square / n - sum / n * sum / n) / (sum / n) == approx(1.2, 0.05));
  CHECK(LengthTable::log_normal(64, 0.0, 1e5).draw(rng) == 64);
}

TEST_CASE("equal seeds give equal requests, other streams others; a checkpoint continues") {
  SyntheticArrivals s(steady(10.0, 2.0), 1, "a"), same(steady(10.0, 2.0), 1, "a"),
      other(steady(10.0, 2.0), 1, "b");
  Arrival x, y, z;
  for (int i = 0; i < 1000; ++i) {
    s.next(1e9, x);
    same.next(1e9, y);
    other.next(1e9, z);
    REQUIRE(x.time == y.time);
    REQUIRE(x.time != z.time);
  }
  core::StateWriter w;
  s.save(w);
  SyntheticArrivals again(steady(10.0, 2.0), 1, "a");
  core::StateReader r(w.bytes());
  again.load(r);
  for (int i = 0; i < 100; ++i) {
    s.next(1e9, x);
    again.next(1e9, y);
    REQUIRE(x.time == y.time);
    REQUIRE(x.input == y.input);
  }
}

TEST_CASE("histogram quantiles are within half a per cent, and histograms merge") {
  Histogram a, b;
  for (int i = 1; i <= 10000; ++i) (i % 2 ? a : b).add(1e-3 * i);
  a.merge(b);
  CHECK(a.count() == 10000);
  CHECK(a.mean() == approx(5.0005, 1e-5));
  for (double q : {0.01, 0.5, 0.9, 0.99}) CHECK(a.quantile(q) == approx(10.0 * q, 5e-3));
}

TEST_CASE("trace formats: Azure, plain, BurstGPT, Mooncake") {
  const TempFile azure(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 23:59:59.5000000,374,44\r\n"
      "2023-11-17 00:00:01.2500000,396,109\r\n");
  Trace t = read_trace(azure.path.string());
  REQUIRE(t.size() == 2);
  CHECK(t.time[1] == approx(1.75, 1e-5));
  CHECK(t.input[0] == 374);
  CHECK(t.output[1] == 109);
  const TempFile zoned(
      "\xEF\xBB\xBFTIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 "
      "00:00:00.009930+00:00,2162,5\n"
      "2024-05-10 01:00:01+01:00,2399,6\n");
  CHECK(read_trace(zoned.path.string()).time[1] == approx(0.99007, 1e-5));
  const TempFile plain("time,in,out\n0,10,2\n0.5,20,3\n");
  CHECK(read_trace(plain.path.string()).time[1] == 0.5);
  const TempFile burst(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
      "5,ChatGPT,472,18,490,Conversation log\n45,ChatGPT,1087,0,1087,Conversation log\n");
  t = read_trace(burst.path.string());
  CHECK(t.time[1] == 40.0);
  CHECK(t.output[1] == 0);
  const TempFile moon(
      "{\"timestamp\": 0, \"input_length\": 1200, \"output_length\": 5, \"hash_ids\": [1, 2, 3]}\n"
      "{\"timestamp\": 3000, \"input_length\": 1300, \"output_length\": 5, \"hash_ids\": [1, 2, "
      "9]}\n");
  t = read_trace(moon.path.string());
  CHECK(t.time[1] == 3.0);
  CHECK(t.cached[1] == 1024);  // two blocks of 512 seen before
  // Hashes as they come: texts, negative ones, longer than 64 bits, none.
  const TempFile odd(
      "{\"timestamp\": 0, \"input_length\": 1200, \"output_length\": 5, \"hash_ids\": "
      "[\"7f\", -3, 99999999999999999999991]}\n"
      "{\"timestamp\": 1, \"input_length\": 1200, \"output_length\": 5, \"hash_ids\": "
      "[\"7f\", -3, 99999999999999999999992]}\n"
      "{\"timestamp\": 2, \"input_length\": 1200, \"output_length\": 5, \"hash_ids\": [\"7e\", "
      "-3]}\n"
      "{\"timestamp\": 3, \"input_length\": 9, \"output_length\": 5, \"hash_ids\": []}\n"
      "{\"timestamp\": 4, \"input_length\": 9, \"output_length\": 5, \"hash_ids\": null}\n"
      "{\"timestamp\": 5, \"input_length\": 9, \"output_length\": 5}\n");
  CHECK(read_trace(odd.path.string()).cached == std::vector<uint32_t>{0, 1024, 0, 0, 0, 0});
  // [Wang 2025, KVCache in the wild]: seconds, blocks of 16 tokens.
  const TempFile bailian(
      "{\"chat_id\": 159, \"parent_chat_id\": -1, \"timestamp\": 0.5, \"input_length\": 40, "
      "\"output_length\": 5, \"type\": \"text\", \"turn\": 1, \"hash_ids\": [1, 2, 3]}\n"
      "{\"chat_id\": 160, \"parent_chat_id\": 159, \"timestamp\": 61.114, \"input_length\": 60, "
      "\"output_length\": 5, \"type\": \"text\", \"turn\": 2, \"hash_ids\": [1, 2, 4, 5]}\n");
  t = read_trace(bailian.path.string());
  CHECK(t.time[1] == approx(60.614, 1e-12));
  CHECK(t.block_tokens == 16.0);
  CHECK(t.cached[1] == 32);
}

TEST_CASE("the log says what of a trace nobody would expect") {
  auto remark = [](const char* text, double length, ReplayConfig replay = {}) {
    return TraceArrivals(read_trace(TempFile(text).path.string()), replay).remark(length);
  };
  CHECK(remark("time,in,out\n0,10,2\n5,20,3\n", 5.0) == "");
  CHECK(remark("time,in,out\n0,10,2\n5,20,3\n", 50.0) == "no request after 5 s");
  CHECK(remark("time,in,out\n0,10,2\n5,20,3\n", 50.0, {2.0, 1.0, false}) ==
        "no request after 2.5 s");
  CHECK(remark("time,in,out\n0,10,2\n5,20,3\n", 50.0, {1.0, 1.0, true}) == "");
  CHECK(remark("time,in,out\n0,10,0\n5,20,3\n", 5.0) ==
        "1 of 2 requests ask for no token: their prompts are computed");
}

TEST_CASE("traces of others: separators, units and remarks in the header, slashes, gzip") {
  const Trace wanted = read_trace(TempFile("time,in,out\n0,100,10\n1.5,200,20\n").path.string());
  for (const char* text :
       {"time;in;out\n0;100;10\n1.5;200;20\n", "time\tin\tout\n0\t100\t10\n1.5\t200\t20\n",
        "# recorded at night\n\ntime [s],input [token],output_tokens\n0,100,10\n1.5,200,20\n",
        "Time (ms),prompt_len,output_len\n0,100,10\n1500,200,20\n",
        "id,timestamp_ms,input_len,output_len\n7,0,100,10\n8,1500,200,20\n",
        "arrival [min],in,out\n2,100,10\n2.025,200,20\n",
        "time,in,out\n2024/01/01 00:00:00,100,10\n2024/01/01 00:00:01.5,200,20\n",
        "time,in,out\n2024-05-10 00:00:00.000000+00:00,100,10\n"
        "2024-05-10 08:00:01.500000+08:00,200,20\n"}) {
    INFO(text);
    const Trace t = read_trace(TempFile(text).path.string());
    REQUIRE(t.time.size() == 2);
    CHECK(t.time[1] == approx(wanted.time[1], 1e-9));
    CHECK(t.input == wanted.input);
    CHECK(t.output == wanted.output);
  }
  CHECK(has(problem("time [km],in,out\n0,100,10\n"), "[km] is no unit of what is expected here"));
  CHECK(has(problem("[{\"timestamp\": 0}]\n"), "one request a line"));
  // "time,in,out\n0,100,10\n1.5,200,20\n", compressed by gzip -n.
  const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03,
                                  0x2b, 0xc9, 0xcc, 0x4d, 0xd5, 0xc9, 0xcc, 0xd3, 0xc9, 0x2f,
                                  0x2d, 0xe1, 0x32, 0xd0, 0x31, 0x34, 0x00, 0x61, 0x2e, 0x43,
                                  0x3d, 0x53, 0x1d, 0x23, 0x20, 0xd3, 0xc8, 0x80, 0x0b, 0x00,
                                  0xbb, 0x95, 0x74, 0xae, 0x20, 0x00, 0x00, 0x00};
  const std::string whole(reinterpret_cast<const char*>(packed), sizeof packed);
  CHECK(read_trace(TempFile(whole).path.string()).input == wanted.input);
  CHECK(has(problem(whole.substr(0, whole.size() - 12)), "cut short or damaged"));
}

TEST_CASE("a bad trace is told where and why") {
  using doctest::Contains;
  const std::string head = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  CHECK(has(problem(""), "empty"));
  CHECK(has(problem("\n\n"), "empty"));
  CHECK(has(problem(head), "no requests"));
  CHECK(has(problem("TIMESTAMP,ContextTokens\n0,1\n"), "no column for the generated tokens"));
  CHECK(has(problem(head + "0,nan,5\n"), ":2:3: prompt tokens 'nan' must be a whole number"));
  CHECK(has(problem(head + "0,10,-5\n"), ":2:6: generated tokens '-5'"));
  CHECK(has(problem(head + "0,10,5.5\n"), "whole number"));
  CHECK(has(problem(head + "0,0,5\n"), "whole number from 1"));
  CHECK(has(problem(head + "nan,10,5\n"), "not a time"));
  CHECK(has(problem(head + "yesterday,10,5\n"), ":2:1: 'yesterday' is not a time"));
  CHECK(has(problem(head + "2023-13-16 18:15:46,10,5\n"), "not a time"));
  CHECK(has(problem(head + "5,10,5\n4,10,5\n"), ":3:1: time goes back by 1 s"));
  CHECK(has(problem(head + "5,10,5\n6,10\n"), "2 fields where the header has 3"));
  CHECK(has(problem(head + "5,10,5\n6,10"), "cut short"));
  CHECK(has(problem(head + std::string("5,\0\x01,5\n", 8)), "byte 0x00 is not text"));
  CHECK(has(problem("\x7f"
                    "ELF\x02\x01"),
            "not text"));
  CHECK(has(problem(std::string(10 << 20, '[')), "longer than a megabyte"));
  CHECK(has(problem("{\"timestamp\": 0, \"input_length\": 12\n"), "not a request"));
  const std::string moon = "{\"timestamp\": 0, \"input_length\": 12, \"output_length\": 5, ";
  CHECK(has(problem(moon + "\"hash_ids\": [1, 2]}\n"),
            "2 blocks of 512 tokens are more than a prompt of 12 tokens has"));
  CHECK(has(problem(moon + "\"hash_ids\": 5}\n"), ":1:70: hash_ids is not a list"));
  CHECK_THROWS_WITH_AS(read_trace("/nonexistent.csv"), Contains("cannot be opened"), UserError);
  std::string many = head;
  for (int i = 0; i < 100; ++i) many += "0,-1,5\n";
  const std::string text = problem(many);
  CHECK(has(text, "20 errors."));
  CHECK(has(text, "0,-1,5"));  // the line is shown
}

TEST_CASE("replay: speed, share kept, loop") {
  Trace t;
  for (int i = 0; i < 1000; ++i) {
    t.time.push_back(i);
    t.input.push_back(10);
    t.output.push_back(1);
  }
  auto count = [&](ReplayConfig c, double until) {
    TraceArrivals replay(t, c);
    Arrival a;
    int n = 0;
    while (replay.next(until, a)) ++n;
    return n;
  };
  CHECK(count({1.0, 1.0, false}, 1e9) == 1000);
  CHECK(count({2.0, 1.0, false}, 250.0) == 500);
  CHECK(count({1.0, 1.0, true}, 2500.0) == 2500);
  CHECK(count({1.0, 0.3, false}, 1e9) == approx(300, 0.15));  // 3 σ of a binomial
}

TEST_CASE("AC-1-16: measured traces have the published fingerprints") {
  const std::string dir = shared_data();
  if (dir.empty()) return;
  auto check = [](const Trace& t, size_t n, double span, double in_mean, double in50, double in99,
                  double out_mean, double out50, double out99) {
    CHECK(t.size() == n);
    CHECK(t.time.back() == approx(span, 1e-3));
    auto stats = [](std::vector<uint32_t> v, double mean, double p50, double p99) {
      double sum = 0.0;
      for (uint32_t x : v) sum += x;
      std::sort(v.begin(), v.end());
      CHECK(sum / static_cast<double>(v.size()) == approx(mean, 1e-3));
      // The order statistic at or below the rank, as in the published figures.
      auto percentile = [&](double q) {
        return v[static_cast<size_t>(q * static_cast<double>(v.size() - 1))];
      };
      CHECK(percentile(0.50) == approx(p50, 1e-3));
      CHECK(percentile(0.99) == approx(p99, 1e-3));
    };
    stats(t.input, in_mean, in50, in99);
    stats(t.output, out_mean, out50, out99);
  };
  // [Microsoft 2023, AzureLLMInferenceTrace_conv], [Qin 2025, Mooncake, conversation trace]
  check(read_trace(dir + "/llm_traces/azure2023/AzureLLMInferenceTrace_conv.csv"), 19366, 3501.7,
        1154.7, 1020, 4142, 211.1, 129, 601);
  const Trace moon = read_trace(dir + "/llm_traces/mooncake_fast25/conversation_trace.jsonl");
  check(moon, 12031, 3537.0, 12035, 6909, 85399, 342.6, 350, 1115);
  double blocks = 0.0, seen = 0.0;
  for (size_t i = 0; i < moon.size(); ++i) {
    blocks += std::ceil(moon.input[i] / 512.0);
    seen += std::round(moon.cached[i] / 512.0);
  }
  CHECK(seen / blocks == approx(0.366, 0.02));  // leading blocks only, where the figure counts all
}

TEST_CASE("the shipped sample trace is made by the synthetic arrivals") {
  SyntheticConfig c;
  c.rate.mean = 1.0;
  c.rate.daily = c.rate.half_daily = 0.0;
  c.burst_cv = 1.1;
  c.input = LengthTable::log_normal(1155, 0.95, 8000);
  c.output = LengthTable::log_normal(211, 1.0, 1500);
  SyntheticArrivals source(c, 2026, "azure-like-sample");
  const std::string text = trace_csv(source, 600.0, 1768262400.0 + 18 * 3600.0);
  const std::string path = source_dir() + "/data/traces/azure-like-sample.csv";
  if (std::getenv("STEPPE_WRITE_SAMPLE")) std::ofstream(path) << text;
  std::ifstream in(path);
  const std::string shipped((std::istreambuf_iterator<char>(in)), {});
  CHECK(shipped == text);
  const Trace t = read_trace(path);
  CHECK(t.size() > 500);
  CHECK(t.size() < 700);
}

}  // namespace
}  // namespace steppe::load::test
