// Every command on small scenarios: shapes of the JSON, files, exit codes.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sim/io/result_file.h"
#include "tests/cli/support.h"

namespace steppe::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The hour of power.yaml, run once for all tests.
const std::string& power_result() {
  static const std::string path = [] {
    const std::string p = temp_dir() + "/power.h5";
    const Outcome o = steppe({"run", fixture("power.yaml"), "-o", p});
    INFO(o.err);
    REQUIRE(o.exit_code == 0);
    return p;
  }();
  return path;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string l; std::getline(in, l);) out.push_back(l);
  return out;
}
/// A line of CSV; the fields here have no quotes.
std::vector<std::string> fields(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> out{""};
  for (char c : line)
    if (c == ',')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("help, version and wrong usage") {
  const Outcome help = steppe({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* command : {"run", "check", "load", "report", "compare", "plot", "export", "eval",
                              "info", "schema", "completion"}) {
    CHECK_MESSAGE(contains(help.out, command), command);
    const Outcome o = steppe({command, "--help"});
    CHECK(o.exit_code == 0);
    CHECK(contains(o.out, command));
  }
  CHECK(steppe({"--version"}).exit_code == 0);
  CHECK(steppe({}).exit_code == 2);
  CHECK(steppe({"rnu"}).exit_code == 2);
  CHECK(steppe({"report"}).exit_code == 2);
  CHECK(steppe({"run", "--no-such-option"}).exit_code == 2);
}

TEST_CASE("check says what it built; --expand prints a scenario that is one again") {
  const Outcome o = steppe({"check", fixture("power.yaml")});
  CHECK(o.exit_code == 0);
  CHECK(contains(o.out, "ok. 5 components"));
  const Outcome paths = steppe({"check", fixture("power.yaml"), "--paths"});
  CHECK(contains(paths.out, "tr.rating = 2500 kVA\n"));
}

TEST_CASE("report --json has the shape of the public interface") {
  const json j = steppe_json({"report", power_result(), "--json"});
  CHECK(j["status"] == "complete");
  CHECK(j["start"] == "2026-01-15 06:00:00");
  CHECK(j["duration"]["value"] == 3600.0);
  for (const char* name : {"energy_site", "energy_loss_chain", "energy_grid_import",
                           "peak_site_power", "battery_min_soc", "ledger_residual_energy"}) {
    INFO(name);
    REQUIRE(j["kpi"].contains(name));
    CHECK(j["kpi"][name]["value"].is_number());
    CHECK(j["kpi"][name]["unit"].is_string());
  }
  CHECK(j["kpi"]["energy_site"]["unit"] == "J");
  CHECK(j["kpi"]["ledger_residual_energy"]["value"].get<double>() < 1e-6);
  CHECK(j["ledger"]["grid_import"]["unit"] == "J");
  REQUIRE(j["events"].is_array());
  const auto failed = std::find_if(j["events"].begin(), j["events"].end(),
                                   [](const json& e) { return e["name"] == "fail"; });
  REQUIRE(failed != j["events"].end());
  CHECK((*failed)["time"] == 600.0);
  for (const char* key : {"component", "from", "to", "text"}) CHECK(failed->contains(key));
  // A number that a run cannot have is absent: this site has no computing load.
  CHECK_FALSE(j["kpi"].contains("tokens_out"));
  const Outcome text = steppe({"report", power_result()});
  CHECK(text.exit_code == 0);
  CHECK(contains(text.out, "energy_grid_import"));
}

TEST_CASE("compare shows KPIs side by side and the inputs that differ") {
  const std::string other = temp_dir() + "/other.h5";
  REQUIRE(steppe({"run", fixture("power.yaml"), "-o", other, "--set", "office.power=400 kW"})
              .exit_code == 0);
  const json j = steppe_json({"compare", power_result(), other, "--json"});
  REQUIRE(j["inputs"].size() == 1);
  CHECK(j["inputs"][0]["name"] == "office.power");
  CHECK(j["inputs"][0]["a"] == "300 kW");
  CHECK(j["inputs"][0]["b"] == "400 kW");
  const json& k = j["kpi"]["energy_site"];
  CHECK(k["difference"].get<double>() == k["b"].get<double>() - k["a"].get<double>());
  CHECK(k["relative"].get<double>() ==
        doctest::Approx(k["difference"].get<double>() / k["a"].get<double>()));
  CHECK(k["difference"].get<double>() > 0.0);
  const Outcome text = steppe({"compare", power_result(), other});
  CHECK(contains(text.out, "office.power"));
  CHECK_FALSE(contains(text.out, "cover different times"));
  const json same = steppe_json({"compare", other, other, "--json"});
  CHECK(same["inputs"].empty());
  const std::string shorter = temp_dir() + "/shorter.h5";
  REQUIRE(steppe({"run", fixture("power.yaml"), "-o", shorter, "--until", "45 min"}).exit_code ==
          0);
  CHECK(contains(steppe({"compare", other, shorter}).out, "cover different times"));
  const Outcome three = steppe({"compare", power_result(), other, shorter});
  CHECK(contains(three.out, "C  " + shorter));
}

TEST_CASE("export writes RFC 4180 with the values of the result") {
  const std::string csv = temp_dir() + "/power.csv";
  REQUIRE(
      steppe({"export", power_result(), "-o", csv, "--signals", "grid.*", "--signals", "cells.soc"})
          .exit_code == 0);
  const std::string text = read_file(csv);
  CHECK(contains(text, "\r\n"));
  const auto rows = lines(text);
  const auto head = fields(rows.at(0));
  CHECK(head.at(0) == "datetime");
  CHECK(head.at(1) == "time [s]");
  const auto f = io::ResultFile::open(power_result());
  REQUIRE(rows.size() == f.rows() + 1);
  CHECK(fields(rows[1]).at(0) == "2026-01-15T06:00:00");
  CHECK(fields(rows.back()).at(0) == "2026-01-15T07:00:00");
  const auto time = f.time();
  int columns = 0;
  for (size_t c = 2; c < head.size(); ++c) {
    const size_t unit = head[c].rfind(" [");
    const std::string name = head[c].substr(0, unit);
    const auto* s = f.find(name);
    INFO(name);
    REQUIRE(s != nullptr);
    CHECK(head[c] == fmt::format("{} [{}]", name, s->unit));
    const auto v = f.read(name);
    bool equal = true;
    for (size_t r = 0; r < v.size(); ++r) {
      const double x = std::stod(fields(rows[r + 1]).at(c));
      equal = equal &&
              (s->single_precision ? static_cast<float>(x) == static_cast<float>(v[r]) : x == v[r]);
      equal = equal && std::stod(fields(rows[r + 1]).at(1)) == time[r];
    }
    CHECK(equal);
    ++columns;
  }
  CHECK(columns >= 5);
  // No file for a pattern that meets nothing.
  const std::string none = temp_dir() + "/none.csv";
  const Outcome o = steppe({"export", power_result(), "-o", none, "--signals", "gird.p_import"});
  CHECK(o.exit_code == 2);
  CHECK(contains(o.err, "did you mean 'grid.p_import'?"));
  CHECK_FALSE(fs::exists(none));
}

TEST_CASE("export --every gives means over longer intervals that keep the energy") {
  const Outcome o = steppe(
      {"export", power_result(), "-o", "-", "--signals", "grid.p_import*", "--every", "10 min"});
  REQUIRE(o.exit_code == 0);
  const auto rows = lines(o.out);
  REQUIRE(rows.size() == 8);  // head, start, six intervals
  const auto f = io::ResultFile::open(power_result());
  const auto t = f.time(), p = f.read("grid.p_import"), low = f.read("grid.p_import_min");
  const auto head = fields(rows[0]);
  const auto at = [&](const std::string& name) {
    return static_cast<size_t>(std::find(head.begin(), head.end(), name) - head.begin());
  };
  for (size_t r = 2; r < rows.size(); ++r) {
    const double end = 600.0 * static_cast<double>(r - 1);
    double energy = 0.0, least = INFINITY;
    for (size_t i = 1; i < t.size(); ++i)
      if (t[i] > end - 600.0 + 1e-6 && t[i] <= end + 1e-6) {
        energy += p[i] * (t[i] - t[i - 1]);
        least = std::min(least, low[i]);
      }
    CHECK(std::stod(fields(rows[r]).at(1)) == doctest::Approx(end));
    CHECK(std::stod(fields(rows[r]).at(at("grid.p_import [W]"))) ==
          doctest::Approx(energy / 600.0).epsilon(1e-6));
    CHECK(std::stod(fields(rows[r]).at(at("grid.p_import_min [W]"))) ==
          doctest::Approx(least).epsilon(1e-6));
  }
}

TEST_CASE("a run from a checkpoint continues to the same numbers") {
  const std::string half = temp_dir() + "/half.h5", rest = temp_dir() + "/rest.h5";
  REQUIRE(steppe({"run", fixture("power.yaml"), "-o", half, "--until", "40 min"}).exit_code == 0);
  const Outcome o = steppe({"run", fixture("power.yaml"), "-o", rest, "--from", half});
  INFO(o.err);
  REQUIRE(o.exit_code == 0);
  const auto whole = io::ResultFile::open(power_result()), second = io::ResultFile::open(rest);
  CHECK(second.time().back() == 3600.0);
  CHECK(second.time().front() >= 1800.0);
  // The last value of every signal, and the KPIs over the whole hour.
  for (const auto& s : whole.signals()) {
    const auto a = whole.read(s.name, whole.rows() - 1), b = second.read(s.name, second.rows() - 1);
    for (size_t i = 0; i < a.size(); ++i)
      CHECK_MESSAGE(b[i] == doctest::Approx(a[i]).epsilon(1e-10), s.name);
  }
  const json a = steppe_json({"report", power_result(), "--json"}),
             b = steppe_json({"report", rest, "--json"});
  for (const char* name : {"energy_site", "energy_grid_import", "energy_loss_chain"})
    CHECK_MESSAGE(b["kpi"][name]["value"].get<double>() ==
                      doctest::Approx(a["kpi"][name]["value"].get<double>()).epsilon(1e-10),
                  name);
}

TEST_CASE("equal runs give equal bytes of signals") {
  const std::string again = temp_dir() + "/again.h5";
  REQUIRE(steppe({"run", fixture("power.yaml"), "-o", again}).exit_code == 0);
  const auto a = io::ResultFile::open(power_result()), b = io::ResultFile::open(again);
  for (const auto& s : a.signals()) CHECK_MESSAGE(a.read(s.name) == b.read(s.name), s.name);
}

TEST_CASE("--progress json prints one object a line") {
  const Outcome o = steppe({"run", fixture("power.yaml"), "-o", temp_dir() + "/progress.h5",
                            "--progress", "json", "--quiet"});
  REQUIRE(o.exit_code == 0);
  const auto all = lines(o.out);
  REQUIRE(!all.empty());
  double last = 0.0;
  for (const auto& l : all) {
    const json j = json::parse(l);
    for (const char* key : {"t", "t_end", "wall_s", "steps", "phase", "event"})
      CHECK_MESSAGE(j.contains(key), key);
    CHECK(j["t"].get<double>() >= last);
    last = j["t"].get<double>();
    CHECK(j["t_end"] == 3600.0);
  }
  CHECK(json::parse(all.back())["phase"] == "done");
  CHECK(last == 3600.0);
}

TEST_CASE("--set and --seed reach the run; file names are relative to where they are written") {
  const Outcome o = steppe({"check", fixture("power.yaml"), "--set", "office.power=80 kW", "--set",
                            "run.until=1 min", "--paths"});
  CHECK(contains(o.out, "office.power = 80 kW\n"));
}

TEST_CASE("info: all models by domain, and the card of each") {
  const Outcome all = steppe({"info"});
  CHECK(all.exit_code == 0);
  CHECK(contains(all.out, "transformer"));
  const json cards = steppe_json({"info", "--json"});
  REQUIRE(cards.is_array());
  CHECK(cards.size() > 10);
  for (const auto& c : cards) {
    const std::string name = c["name"];
    INFO(name);
    CHECK(contains(all.out, name));
    CHECK_FALSE(c["help"].get<std::string>().empty());
    for (const auto& p : c["params"]) {
      CHECK_FALSE(p["name"].get<std::string>().empty());
      CHECK_FALSE(p["help"].get<std::string>().empty());
      CHECK(p.contains(p["required"] == true ? "example" : "default"));
    }
    const Outcome card = steppe({"info", name});
    CHECK(card.exit_code == 0);
    CHECK(contains(card.out, name));
  }
  const json t = steppe_json({"info", "transformer", "--json"});
  CHECK(t["ports"][0]["kind"] == "ac");
  const auto rating = std::find_if(t["params"].begin(), t["params"].end(),
                                   [](const json& p) { return p["name"] == "rating"; });
  REQUIRE(rating != t["params"].end());
  CHECK((*rating)["unit"] == "kVA");
  CHECK((*rating)["example"] == 2500.0);
  CHECK((*rating)["min"] == 10.0);
  const Outcome md = steppe({"info", "transformer", "--markdown"});
  CHECK(contains(md.out, "| `rating` |"));
  const Outcome wrong = steppe({"info", "transfromer"});
  CHECK(wrong.exit_code == 2);
  CHECK(contains(wrong.err, "did you mean 'transformer'?"));
}

/// References of a schema lead somewhere, whatever else it says.
void check_references(const json& node, const json& root) {
  if (node.is_object())
    for (const auto& [key, value] : node.items()) {
      if (key == "$ref") {
        std::string at = value;
        REQUIRE(at.starts_with("#/"));
        CHECK_MESSAGE(root.contains(json::json_pointer(at.substr(1))), at);
      }
      check_references(value, root);
    }
  if (node.is_array())
    for (const auto& value : node) check_references(value, root);
}

TEST_CASE("schema: draft 2020-12, every type with its parameters, no dangling reference") {
  for (const bool of_template : {false, true}) {
    const json s =
        steppe_json(of_template ? Arguments{"schema", "--template"} : Arguments{"schema"});
    CHECK(s["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(s["type"] == "object");
    CHECK(s["additionalProperties"] == false);
    const json& rating = s["$defs"]["params"]["transformer"]["properties"]["rating"];
    CHECK(contains(rating["description"], "kVA"));
    CHECK(s["properties"]["components"]["items"]["$ref"] == "#/$defs/part");
    const json& complete = s["$defs"]["complete"]["allOf"];
    CHECK(std::any_of(complete.begin(), complete.end(), [](const json& c) {
      return c["if"]["properties"]["type"]["const"] == "transformer" &&
             c["then"]["properties"]["params"]["anyOf"][0]["required"][0] == "rating";
    }));
    check_references(s, s);
    for (const char* word : {"required", "enum", "oneOf", "anyOf", "allOf"}) {
      std::function<void(const json&)> walk = [&](const json& n) {
        if (n.is_object())
          for (const auto& [key, value] : n.items()) {
            if (key == word && !n.contains("help")) CHECK_MESSAGE(value.is_array(), n.dump());
            if (key != "properties") walk(value);
          }
        if (n.is_object() && n.contains("properties"))
          for (const auto& [key, value] : n["properties"].items()) walk(value);
        if (n.is_array())
          for (const auto& value : n) walk(value);
      };
      walk(s);
    }
  }
}

TEST_CASE("eval: a transformer at a given load, from its own equations") {
  // 398 V behind 10 kV / 0.4 kV draws what the short-circuit impedance lets through.
  const json j =
      steppe_json({"eval", "transformer", "rating=2500kVA", "v_primary=10kV", "v_secondary=0.4kV",
                   "primary.v=10kV", "secondary.v=0.4kV", "--json"});
  CHECK(j["model"] == "transformer");
  CHECK(j["params"]["rating"] == "2500 kVA");
  CHECK(j["ports"]["primary.v"]["value"].get<double>() == doctest::Approx(10e3));
  const double in = j["flows"]["primary.p"]["value"], out = j["flows"]["secondary.p"]["value"],
               loss = j["outputs"]["p_loss"]["value"];
  CHECK(in + out == doctest::Approx(loss).epsilon(1e-9));  // both positive into the component
  CHECK(j["outputs"]["p_in"]["unit"] == "W");
  CHECK(in == doctest::Approx(j["outputs"]["p_in"]["value"].get<double>()));
}

TEST_CASE("eval: every component comes to rest with its defaults or says why not") {
  const json cards = steppe_json({"info", "--json"});
  for (const auto& c : cards) {
    if (c["kind"] != "component") continue;
    const std::string name = c["name"];
    const Outcome o = steppe({"eval", name, "--json"}, 10.0);
    INFO(name, ": ", o.err);
    CHECK(o.exit_code == 0);
    if (o.exit_code != 0) continue;
    const json j = json::parse(o.out);
    for (const char* section : {"variables", "outputs", "flows"})
      for (const auto& [key, v] : j[section].items())
        CHECK_MESSAGE(v["value"].is_number(), (name + "." + key));  // NaN would be null
  }
}

TEST_CASE("eval: mistakes are located and corrected") {
  const Outcome o = steppe({"eval", "transformer", "ratng=2500kVA", "uk=6 kW", "secondry.v=400"});
  CHECK(o.exit_code == 2);
  CHECK(contains(o.err, "did you mean 'rating'?"));
  CHECK(contains(o.err, "did you mean 'secondary.v'?"));
  CHECK(contains(o.err, "unit of power"));
  CHECK(contains(o.err, "3 errors"));
  CHECK(steppe({"eval", "transformer", "rating"}).exit_code == 2);
  CHECK(contains(steppe({"eval", "transfromer"}).err, "did you mean 'transformer'?"));
  CHECK(contains(steppe({"eval", "rectifier", "state=runing"}).err, "known: running"));
}

TEST_CASE("run: a figure in a unit of its own is printed as it is stored") {
  const std::string h5 = temp_dir() + "/loss.h5";
  const Outcome o =
      steppe({"run", std::string(STEPPE_SOURCE_DIR) + "/scenarios/studies/loss-of-cooling.yaml",
              "--until", "12 min", "--progress", "none", "-o", h5});
  INFO(o.err);
  REQUIRE(o.exit_code == 0);
  const json rise = steppe_json({"report", h5, "--json"})["kpi"]["max_inlet_rise"];
  CHECK(rise["unit"] == "K/h");
  CHECK(contains(o.out, fmt::format(" {:.4g} K/h", rise["value"].get<double>())));
}

TEST_CASE("validate: one row for each reference, with its basis and source") {
  const json j = steppe_json({"validate", "--json"});
  CHECK(j.size() >= 30);
  for (const auto& r : j) {
    CHECK(r["holds"] == true);
    CHECK(!r["source"].get<std::string>().empty());
    CHECK(std::abs(r["difference"].get<double>()) <= r["tolerance"].get<double>());
  }
  CHECK(contains(steppe({"validate"}).out, "calibrated"));
}

TEST_CASE("eval: one step of the serving load") {
  const json j = steppe_json({"eval", "inference", "batch=88", "context=4989",
                              "expert_parallel=144", "redundant_experts=32", "--json"});
  CHECK(j["outputs"]["step_time"]["unit"] == "s");
  CHECK(j["outputs"]["step_time"]["value"].get<double>() > 0.0);
  double parts = 0.0;  // where the time goes
  for (const char* part :
       {"gemm_replicated", "gemm_expert", "attention", "allreduce", "all_to_all", "overhead"})
    parts += j["outputs"][std::string("time_") + part]["value"].get<double>();
  CHECK(parts > 0.5 * j["outputs"]["step_time"]["value"].get<double>());
  CHECK(steppe({"eval", "inference", "batsh=88"}).exit_code == 2);
}

TEST_CASE("load --calibrate: a measured file becomes a data file that eval uses and names") {
  const std::string csv = temp_dir() + "/server.csv", yaml = temp_dir() + "/server.yaml";
  std::ofstream(csv) << "batch,step_time,power,tokens_per_s,output\n8,0.010,400,800,300\n";
  const Outcome o = steppe({"load", "--calibrate", csv, "--set", "model=llama-3.1-8b", "--set",
                            "accelerator=h100", "--set", "prompt=250", "-o", yaml});
  INFO(o.err);
  REQUIRE(o.exit_code == 0);
  CHECK(contains(o.out, "step measured"));
  const json j = steppe_json({"eval", "inference", "model=llama-3.1-8b", "accelerator=h100",
                              "batch=8", "context=550", "measured=" + yaml, "--json"});
  CHECK(j["outputs"]["measured"]["value"] == 1.0);
  CHECK(std::abs(j["outputs"]["step_time"]["value"].get<double>() / 0.010 - 1.0) < 1e-9);
  const Outcome bad = steppe({"load", "--calibrate", csv, "--set", "modle=llama-3.1-8b"});
  CHECK(bad.exit_code == 2);
  CHECK(contains(bad.err, "model"));
}

TEST_CASE("judge: a power curve of a CSV file against a file of limits") {
  const std::string csv = temp_dir() + "/power.csv", limits = temp_dir() + "/limits.yaml";
  std::ofstream(csv) << "time [s],site [MW]\n0,10\n1,10.5\n2,11\n3,11.5\n";
  const auto most = [&](const char* ramp) {
    std::ofstream(limits) << "steppe: 1\nlimits: mine\ntitle: mine\nsource: mine\nrules:\n"
                          << "  - {name: ramp, kind: ramp, signal: site, unit: W, up: " << ramp
                          << ", down: 1 MW/s, window: 1 s}\n";
    return steppe({"judge", csv, "--column", "site", "--limits", limits, "--json"});
  };
  const Outcome over = most("0.4 MW/s"), kept = most("0.6 MW/s");
  INFO(over.err);
  CHECK(over.exit_code == 1);
  const json v = json::parse(over.out)["verdicts"][0];
  CHECK(v["pass"] == false);
  CHECK(std::abs(v["worst"].get<double>() - 0.5e6) < 1.0);
  CHECK(kept.exit_code == 0);
  CHECK(steppe({"judge", csv, "--column", "sight", "--limits", limits}).exit_code == 2);
}

TEST_CASE("the DeepSeek day: nodes, tokens, latency and cost of the published service") {
  // [DeepSeek-AI 2025, day 6]: 226.75 nodes on average, 168 G tokens out, 87 072 $ a day at 2 $ an
  // hour and GPU. The two targets of the autoscaler are calibrated; tolerances are the project's.
  const std::string h5 = temp_dir() + "/deepseek.h5";
  const Outcome o =
      steppe({"load", std::string(STEPPE_SOURCE_DIR) + "/scenarios/deepseek-day.yaml", "-o", h5});
  INFO(o.err);
  REQUIRE(o.exit_code == 0);
  std::map<std::string, double> kpi;
  for (const auto& k : io::ResultFile::open(h5).kpis()) kpi[k.name] = k.value;
  CHECK(std::abs(kpi.at("tokens_out") / 168e9 - 1.0) < 0.02);
  CHECK(std::abs(kpi.at("tokens_in") / 608e9 - 1.0) < 0.02);
  CHECK(std::abs(kpi.at("nodes_in_use") / 226.75 - 1.0) < 0.02);
  CHECK(std::abs(kpi.at("nodes_in_use") * 8 * 24 * 2 / 87072.0 - 1.0) < 0.02);
  CHECK(kpi.at("tpot_p50") > 0.045);  // 20 to 22 tokens/s
  CHECK(kpi.at("tpot_p50") < 0.050);
}

TEST_CASE("load: the computing load alone") {
  const std::string h5 = temp_dir() + "/load.h5", csv = temp_dir() + "/load.csv",
                    requests = temp_dir() + "/requests.csv";
  const Outcome o = steppe({"load", fixture("load.yaml"), "-o", h5, "--csv", csv, "--requests",
                            requests, "--until", "10 min"});
  INFO(o.err);
  REQUIRE(o.exit_code == 0);
  CHECK(contains(o.out, "requests_completed"));
  const auto f = io::ResultFile::open(h5);
  CHECK(f.status() == "complete");
  const auto rows = lines(read_file(csv));
  REQUIRE(rows.size() == f.rows() + 1);
  const auto head = fields(rows[0]);
  const auto column =
      static_cast<size_t>(std::find(head.begin(), head.end(), "load.power [W]") - head.begin());
  REQUIRE(column < head.size());
  const auto power = f.read("load.power");
  for (size_t r = 0; r < power.size(); ++r)
    CHECK(std::stod(fields(rows[r + 1]).at(column)) == doctest::Approx(power[r]).epsilon(1e-6));
  // Every finished request once, in the order of its end.
  const json kpi = steppe_json({"report", h5, "--json"})["kpi"];
  const auto all = lines(read_file(requests));
  CHECK(all.size() > 10);
  double last = 0.0;
  for (size_t i = 1; i < all.size(); ++i) {
    const auto r = fields(all[i]);
    REQUIRE(r.size() == 8);
    CHECK(std::stod(r[4]) >= std::stod(r[3]));
    CHECK(std::stod(r[3]) >= std::stod(r[2]));
    last = std::max(last, std::stod(r[4]));
  }
  CHECK(last <= 600.0);
  // The same load twice gives the same numbers.
  const std::string again = temp_dir() + "/load2.csv";
  REQUIRE(steppe({"load", fixture("load.yaml"), "--csv", again, "--until", "10 min"}).exit_code ==
          0);
  CHECK(read_file(csv) == read_file(again));
  CHECK(steppe({"load", fixture("power.yaml")}).exit_code == 2);
}

TEST_CASE("load: signals of each of several models are recorded, exported and connected") {
  const std::string site = temp_dir() + "/two.yaml", h5 = temp_dir() + "/two.h5",
                    csv = temp_dir() + "/two.csv";
  write_file(temp_dir() + "/chat.yaml",
             "model: llama-3.1-8b\naccelerator: h100\nserving: mixed\nnodes: 2.5\nrate: 60\n"
             "input_mean: 500\noutput_mean: 200\n");
  const auto text = [](const std::string& source) {
    return "steppe: 1\nsite: {name: ulanqab, altitude: 0 m, start: \"2026-01-15 00:00\", weather: "
           "none}\nrun: {until: 2 min, seed: 1}\nprofile: {base: thermal, exchange: 10 s, record: "
           "10 s}\ncomponents:\n  - {id: utility, type: utility, params: {voltage: 10 kV, "
           "short_circuit_power: 600 MVA}}\n  - id: job\n    type: ac_load\n"
           "    params: {voltage: 10 kV, power: 1 MW, impedance_share: 0}\n    in: {scale: " +
           source +
           "}\nconnect:\n  - [bus, utility.out, job.in]\nload: {type: inference, params: {nodes: "
           "64, "
           "expert_parallel: 64, rate: 250, also: chat.yaml}}\n";
  };
  write_file(site, text("load.llama-3.1-8b.nodes"));
  const Outcome run = steppe({"run", site, "-o", h5});
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const auto f = io::ResultFile::open(h5);
  const auto sum = f.read("load.power"), one = f.read("load.deepseek-v3.power"),
             two = f.read("load.llama-3.1-8b.power"), job = f.read("job.power");
  for (size_t r = 1; r < sum.size(); ++r) {
    CHECK(one[r] + two[r] == doctest::Approx(sum[r]).epsilon(1e-6));  // stored in single precision
    CHECK(job[r] == doctest::Approx(2.5e6).epsilon(1e-3));
  }
  REQUIRE(steppe({"export", h5, "-o", csv, "--signals", "load.*.tpot_mean"}).exit_code == 0);
  const auto head = fields(lines(read_file(csv))[0]);
  CHECK(std::count(head.begin(), head.end(), "load.deepseek-v3.tpot_mean [s]") == 1);
  CHECK(std::count(head.begin(), head.end(), "load.llama-3.1-8b.tpot_mean [s]") == 1);
  CHECK(contains(steppe({"load", site}).out, "load.llama-3.1-8b.queue"));
  write_file(site, text("load.llama-3.1-8b.nods"));
  const Outcome typing = steppe({"check", site});
  CHECK(typing.exit_code == 2);
  CHECK(contains(typing.err, "did you mean 'llama-3.1-8b.nodes'?"));
}

TEST_CASE("plot writes PNG, SVG and PDF") {
  for (const char* kind : {"png", "svg", "pdf"}) {
    const std::string file = temp_dir() + "/figure." + kind;
    const Outcome o = steppe(
        {"plot", power_result(), "grid.p_import", "cells.*", "-o", file, "--title", "A run"});
    INFO(kind, ": ", o.err);
    CHECK(o.exit_code == 0);
    const std::string text = read_file(file);
    CHECK(text.size() > 4000);
    CHECK(contains(text.substr(0, 100), kind == std::string("png")   ? "PNG"
                                        : kind == std::string("svg") ? "<?xml"
                                                                     : "%PDF"));
  }
  const Outcome o = steppe({"plot", power_result(), "grid.p_import", "-o", temp_dir() + "/x.gif"});
  CHECK(o.exit_code == 2);
  CHECK(contains(o.err, ".png, .svg or .pdf"));
  CHECK(contains(steppe({"plot", power_result(), "grid.p_imprt", "-o", temp_dir() + "/x.png"}).err,
                 "did you mean 'grid.p_import'?"));
  CHECK(
      steppe({"plot", power_result(), "grid.p_import", "-o", "/no/such/folder/x.png"}).exit_code ==
      5);
}

TEST_CASE("completion scripts name every command") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome o = steppe({"completion", shell});
    CHECK(o.exit_code == 0);
    for (const char* word : {"compare", "progress", "transformer"})
      CHECK_MESSAGE(contains(o.out, word), shell);
  }
  CHECK(steppe({"completion", "csh"}).exit_code == 2);
  // bash itself has to read what is printed for it.
  const std::string script = temp_dir() + "/completion.bash";
  write_file(script, steppe({"completion", "bash"}).out +
                         "COMP_WORDS=(steppe inf) COMP_CWORD=1; _steppe; echo \"${COMPREPLY[*]}\"\n"
                         "COMP_WORDS=(steppe run --profile th) COMP_CWORD=3; _steppe; echo "
                         "\"${COMPREPLY[*]}\"\n");
  const std::string said = temp_dir() + "/completion.out";
  REQUIRE(std::system(fmt::format("bash {} >{} 2>&1", script, said).c_str()) == 0);
  CHECK(read_file(said) == "info\nthermal\n");
}

}  // namespace
}  // namespace steppe::test
