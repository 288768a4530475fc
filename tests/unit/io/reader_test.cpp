#include "sim/io/reader.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "sim/io/expression.h"

using namespace steppe;
using namespace steppe::io;
using steppe::core::ParamKind;
using steppe::core::ParamTable;

namespace {

enum class Mode { fixed, speed, both };
struct Params {
  double ua = 0, power = 0, temp = 0, share = 0;
  int count = 0;
  bool on = false;
  std::string label, file;
  Mode mode = Mode::fixed;
  std::vector<double> curve;
};

const ParamTable<Params>& table() {
  static const auto t =
      ParamTable<Params>{}
          .real("ua_design", &Params::ua, "W/K", core::required(2e5), {1e3, 1e7}, "Conductance")
          .real("fan_power_design", &Params::power, "W", 45e3, {0, 1e6}, "Fan power")
          .real("temp_set", &Params::temp, "degC", 25.0, {0, 60}, "Set point")
          .real("share", &Params::share, "1", 0.5, {0, 1}, "Share")
          .integer("count", &Params::count, 1, {1, 1000}, "How many")
          .boolean("on", &Params::on, false, "Runs at the start")
          .text("label", &Params::label, "", "Label")
          .text("file", &Params::file, "", "Data", ParamKind::file)
          .choice("mode", &Params::mode, {{"fixed", "speed", "both"}}, Mode::fixed, "Control")
          .list("curve", &Params::curve, "kPa", {1.0}, {0, 100}, "Curve");
  return t;
}

struct Read {
  Params p;
  Diagnostics d;
  Origins origins;
};

Read read(const std::string& text, const std::string& base = "") {
  Read r;
  table().set_defaults(&r.p);
  read_params(load_yaml_text(text, "f.yaml"), table(), &r.p, r.d, "cooler 'ct1'", base, &r.origins);
  return r;
}

std::string problem(const std::string& text) {
  const Read r = read(text);
  if (r.d.items().empty()) return "";
  const Diagnostic& d = r.d.items().front();
  return d.where.str() + ": " + d.message + (d.hint.empty() ? "" : " | " + d.hint);
}

}  // namespace

TEST_CASE("reader: values with units, choices, lists and origins") {
  const Read r = read(
      "ua_design: 250 kW/K\nfan_power_design: {value: 30 kW, source: '[Key 2020, t. 1]', evidence: "
      "M}\n"
      "temp_set: 77 degF\nshare: 20 %\ncount: 64\non: yes\nlabel: \"12\"\nmode: both\ncurve: [1, "
      "0.02 bar, 3e3 Pa]\n");
  CHECK(r.d.render() == "");
  CHECK(r.p.ua == 250e3);
  CHECK(r.p.power == 30e3);
  CHECK(r.p.temp == doctest::Approx(298.15));
  CHECK(r.p.share == doctest::Approx(0.2));
  CHECK(r.p.count == 64);
  CHECK(r.p.on);
  CHECK(r.p.label == "12");
  CHECK(r.p.mode == Mode::both);
  CHECK(r.origins.at("fan_power_design").source == "[Key 2020, t. 1]");
  CHECK(r.origins.at("fan_power_design").evidence == "M");
  CHECK(r.origins.at("ua_design").source == "");
}

TEST_CASE("reader: a value outside the table's bounds, in a list at its element") {
  CHECK(problem("ua_design: 1e4\ncurve: [1, 200, 3]\n") ==
        "f.yaml:2:12: 'curve' = 200 of cooler 'ct1' is outside [0 Pa, 100 kPa]");
}

TEST_CASE("reader: messages") {
  const std::string ok = "ua_design: 2e5\n";
  CHECK(problem(ok + "fan_powr_design: 45 kW\n") ==
        "f.yaml:2:1: unknown parameter 'fan_powr_design' of cooler 'ct1' | did you mean "
        "'fan_power_design' [W]?");
  CHECK(problem(ok + "zzzzzz: 1\n").find("| known: ua_design, fan_power_design") !=
        std::string::npos);
  CHECK(problem(ok + "fan_power_design: 4 K\n") ==
        "f.yaml:2:19: 'fan_power_design: 4 K' has unit of temperature, expected power [W]");
  CHECK(problem(ok + "fan_power_design: .nan\n").find("not a finite number") != std::string::npos);
  CHECK(problem(ok + "share: 1.4\n") ==
        "f.yaml:2:8: 'share' = 1.4 of cooler 'ct1' is outside [0, 1]");
  CHECK(problem(ok + "fan_power_design:\n") ==
        "f.yaml:2:1: 'fan_power_design' of cooler 'ct1' has no value | expected a number [W]");
  CHECK(problem(ok + "fan_power_design: [1]\n") ==
        "f.yaml:2:19: 'fan_power_design' is a list, expected a number [W]");
  CHECK(problem(ok + "share: {a: 1}\n").find("is a map, expected a value") != std::string::npos);
  CHECK(problem(ok + "share: {value: 1, src: x}\n").find("unknown key 'src'") != std::string::npos);
  CHECK(problem(ok + "count: 2.5\n") == "f.yaml:2:8: 'count: 2.5' is not a whole number");
  CHECK(problem(ok + "count: 0\n").find("is outside [1, 1000]") != std::string::npos);
  CHECK(problem(ok + "on: maybe\n") == "f.yaml:2:5: 'on' is 'maybe', expected true or false");
  CHECK(problem(ok + "mode: sped\n") ==
        "f.yaml:2:7: 'mode' = sped of cooler 'ct1' is not one of fixed, speed, both | did you mean "
        "'speed'?");
  CHECK(problem(ok + "file: nowhere.csv\n").find("there is no file nowhere.csv") !=
        std::string::npos);
  CHECK(problem("share: 1\n") ==
        "f.yaml:1:1: cooler 'ct1' lacks the required parameter 'ua_design' [W/K]");
  CHECK(problem("[1, 2]\n") ==
        "f.yaml:1:1: the parameters of cooler 'ct1' are a list, expected a map");
}

TEST_CASE("reader: all problems at once, and nothing read from a bad value") {
  const Read r = read("ua_desing: 1\nshare: 7\ncount: x\ntemp_set: 20\n");
  CHECK(r.d.errors() ==
        4);  // the typing error, two values, and what is missing because of the first
  CHECK(r.p.share == 0.5);
  CHECK(r.p.temp == doctest::Approx(293.15));
}

TEST_CASE("reader: data files") {
  const auto dir = std::filesystem::temp_directory_path() / "steppe_reader_test";
  std::filesystem::create_directories(dir);
  std::ofstream(dir / "curve.csv") << "1\n";
  std::ofstream(dir / "x.yaml") << "source: maker\nua_design: 3 kW/K\nfile: curve.csv\n";
  std::ofstream(dir / "bad.yaml") << "ua_design: 3 kW\n";
  Params p;
  Origins origins;
  read_yaml_into((dir / "x.yaml").string(), table(), &p, &origins);
  CHECK(p.ua == 3000);
  CHECK(p.file == (dir / "curve.csv").string());
  CHECK(origins.at("ua_design").source == "maker");
  try {
    read_yaml_into((dir / "bad.yaml").string(), table(), &p);
    FAIL("no error");
  } catch (const UserError& e) {
    CHECK(e.diagnostics().items()[0].where.str() == (dir / "bad.yaml").string() + ":1:12");
  }
  std::filesystem::remove_all(dir);
}

TEST_CASE("reader: keys of a block") {
  Diagnostics d;
  CHECK(check_keys(load_yaml_text("at: 1\ndo: x\n", ""), {"at", "do"}, d, "event"));
  CHECK_FALSE(check_keys(load_yaml_text("att: 1\n", ""), {"at", "do"}, d, "event"));
  CHECK(d.items()[0].message == "unknown key 'att' of event");
  CHECK(d.items()[0].hint == "did you mean 'at'?");
}

TEST_CASE("expressions: arithmetic") {
  const Variables v{{"it_power", 1e7}, {"n", 8}, {"x", 0.1}};
  auto eval = [&](const std::string& s) {
    Diagnostics d;
    const auto r = evaluate(s, v, {}, d);
    REQUIRE_MESSAGE(r.has_value(), d.render());
    return *r;
  };
  CHECK(eval("it_power / 8") == 1.25e6);
  CHECK(eval("ceil(it_power/3e6) + floor(2.9) + round(2.5)") == 4 + 2 + 3);
  CHECK(eval("min(3, n, 5) + max(1, n)") == 3 + 8);
  CHECK(eval("n > 4 ? 1 : 2") == 1);
  CHECK(eval("n > 4 && x > 1 ? 1 : 2") == 2);
  CHECK(eval("sqrt(abs(-16)) ^ 2 - -1") == 17);
  CHECK(eval("2 ^ 3 ^ 2") == 512);
}

TEST_CASE("expressions: errors") {
  auto problem = [](const std::string& s) {
    Diagnostics d;
    const auto r = evaluate(s, {{"it_power", 1.0}, {"n", 0.0}}, {}, d);
    REQUIRE_FALSE(r.has_value());
    return d.items().at(0).message + (d.items()[0].hint.empty() ? "" : " | " + d.items()[0].hint);
  };
  CHECK(problem("it_pwer / 2") ==
        "unknown name 'it_pwer' in the expression 'it_pwer / 2' | did you mean 'it_power'?");
  CHECK(problem("sqr(4)").find("unknown name 'sqr'") == 0);
  CHECK(problem("1 / n").find("infinity") != std::string::npos);
  CHECK(problem("n / n").find("no number") != std::string::npos);
  CHECK(problem("it_power = 3") != "");
  CHECK(problem("(1 + 2") == "the expression '(1 + 2' lacks a ')'");
  CHECK(problem("1 +") == "the expression '1 +' ends too early");
  CHECK(problem("") == "this expression is empty");
  CHECK(problem(std::string(5000, '(')) != "");
  CHECK(problem("\"text\"") != "");
  CHECK(problem("1, 2") == "the expression '1, 2' has a ',' outside a function");
  CHECK(problem("n == n ? n=n : 1").find("single '='") != std::string::npos);
  CHECK(problem("sqrt").find("write sqrt(…)") != std::string::npos);
  CHECK(problem("3 kW").find("behind the bracket: ${…} kW") != std::string::npos);
}

TEST_CASE("expressions: substitution keeps digits, units, places and other text") {
  Diagnostics d;
  const Node n = load_yaml_text(
      "a: ${p / 3}\nb: ${p/8} kW\nc: [\"x${n}y\", '${n}', \"$${n}\"]\nd: plain\ne: {f: \"${n + "
      "1}\"}\n",
      "f.yaml");
  const Node m = expand(n, {{"p", 1.0}, {"n", 4.0}}, d);
  CHECK(d.render() == "");
  CHECK(std::stod(m.find("a")->scalar) == 1.0 / 3.0);
  CHECK(m.find("b")->scalar == "0.125 kW");
  CHECK(find_path(m, "c[0]")->scalar == "x4y");
  CHECK(find_path(m, "c[1]")->scalar == "4");
  CHECK(find_path(m, "c[2]")->scalar == "${n}");
  CHECK(m.find("d")->scalar == "plain");
  CHECK(find_path(m, "e.f")->scalar == "5");
  CHECK_FALSE(find_path(m, "e.f")->quoted);
  CHECK(m.find("b")->loc.str() == "f.yaml:2:4");
  expand(load_yaml_text("k: ab ${q + n}\n", "f.yaml"), {{"n", 4.0}}, d);
  CHECK(d.items().at(0).where.str() == "f.yaml:1:9");
  expand(load_yaml_text("k: 'ab ${n'\n", "f.yaml"), {{"n", 4.0}}, d);
  CHECK(d.items().at(1).message == "this '${' has no '}'");
  CHECK(d.items().at(1).where.str() == "f.yaml:1:8");
}
