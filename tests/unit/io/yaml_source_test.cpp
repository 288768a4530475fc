#include "sim/io/yaml_source.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>

using namespace steppe;
using namespace steppe::io;

namespace {

Node load(const std::string& text) { return load_yaml_text(text, "f.yaml"); }

std::string problem(const std::string& text) {
  try {
    load(text);
  } catch (const UserError& e) {
    const Diagnostic& d = e.diagnostics().items().at(0);
    return d.where.str() + ": " + d.message;
  }
  return "";
}

std::string repeat(const std::string& s, size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += s;
  return out;
}

}  // namespace

TEST_CASE("yaml: every value knows its place, with BOM, CRLF and UTF-8") {
  const std::string text =
      "\xEF\xBB\xBF# µ\r\nkey: välue\r\nb: !use lib/x.yaml\r\nlist: [1, 'q''q', "
      "\"z\\n\"]\r\nempty:\r\n"
      "map:\r\n  - x: 1 kW\r\n    y: two words\r\n";
  const Node n = load(text);
  CHECK(n.find("key")->scalar == "välue");
  CHECK(n.find("key")->loc.str() == "f.yaml:2:6");
  CHECK(n.find("b")->tag == "!use");
  CHECK(n.find("b")->scalar == "lib/x.yaml");
  CHECK(n.find("b")->loc.column == 9);
  CHECK(n.find("b")->loc.length == 10);
  const auto& list = n.find("list")->seq;
  REQUIRE(list.size() == 3);
  CHECK_FALSE(list[0].quoted);
  CHECK(list[1].scalar == "q'q");
  CHECK(list[1].quoted);
  CHECK(list[1].range.end - list[1].range.begin == 6);
  CHECK(list[2].scalar == "z\n");
  CHECK(n.find("empty")->is_null());
  CHECK(n.find("empty")->loc.str() == "f.yaml:5:1");
  CHECK(find_path(n, "map[0].y")->scalar == "two words");
  CHECK(find_path(n, "map[0].y")->loc.str() == "f.yaml:8:8");
  CHECK(n.entry("map")->key_loc.str() == "f.yaml:6:1");
}

TEST_CASE("yaml: aliases, merge keys and their limits") {
  const Node n = load("a: &a {x: 1, y: 2}\nb: *a\nc:\n  <<: *a\n  y: 3\n");
  CHECK(find_path(n, "b.x")->scalar == "1");
  CHECK(find_path(n, "c.x")->scalar == "1");
  CHECK(find_path(n, "c.y")->scalar == "3");
  CHECK(find_path(n, "c.<<") == nullptr);
  // Ten levels of ten references each: 10^10 values if nobody counted.
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 11; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k ? ", " : "", i - 1);
    bomb += "]\n";
  }
  CHECK(problem(bomb).find("more than 500000 values") != std::string::npos);
  CHECK(problem("a: &a [*a]\n").find("contains it") != std::string::npos);
}

TEST_CASE("yaml: located errors in plain words") {
  CHECK(problem("a: 1\nb: 2\na: 3\n") == "f.yaml:3:1: 'a' is given twice");
  try {
    load("a: 1\nb: 2\na: 3\n");
  } catch (const UserError& e) {
    CHECK(e.diagnostics().items()[0].other.str() == "f.yaml:1:1");
    CHECK(e.exit_code() == 2);
  }
  CHECK(problem("") == "f.yaml: the file is empty");
  CHECK(problem(" \n\t\n") == "f.yaml: the file is empty");
  CHECK(problem("# only\n# comments\n") == "f.yaml: the file holds nothing but comments");
  CHECK(problem("a: [1, 2\nb: 3\n").find("never closed") != std::string::npos);
  CHECK(problem("a: \"text\nb: 1\n") == "f.yaml:1:4: this quote is never closed");
  CHECK(problem("a:\n\t- 1\n") == "f.yaml:2:1: indentation must be spaces, this is a tab");
  CHECK(problem("a: b: c\n") ==
        "f.yaml:1:5: a ':' is not allowed here; put the text in quotes or check the indentation");
  CHECK(problem("a: *nobody\n").find("no '&' name") != std::string::npos);
  CHECK(problem("a: 1\n---\nb: 2\n").find("one document") != std::string::npos);
  CHECK(problem("[1]: 2\n").find("key must be a plain text") != std::string::npos);
  CHECK(problem("a: @x\n").find("cannot begin a value") != std::string::npos);
}

TEST_CASE("yaml: binary garbage and other encodings") {
  CHECK(problem(std::string("a: 1\nb\0c", 9)) == "f.yaml:2:2: this is no text: control byte 0x00");
  CHECK(problem("a: \x1b[0m") == "f.yaml:1:4: this is no text: control byte 0x1B");
  CHECK(problem("a: caf\xE9\n") == "f.yaml:1:7: byte 0xE9 is not valid UTF-8");
  CHECK(problem("\xFF\xFE\x61") == "f.yaml:1:1: the text is UTF-16; save it as UTF-8");
  CHECK(problem("\x89HDF\r\n\x1a\n") == "f.yaml:1:1: this is an HDF5 file, expected a YAML text");
  CHECK(problem("a: \xC0\xAF").find("UTF-8") != std::string::npos);      // overlong
  CHECK(problem("a: \xED\xA0\x80").find("UTF-8") != std::string::npos);  // surrogate
  CHECK(problem("a: \xF0\x9F\x98\x80") == "");                           // 😀
  // Deterministic noise of every length: an error or a tree, never a crash.
  uint64_t seed = 1;
  for (size_t n = 1; n < 400; ++n) {
    std::string noise;
    for (size_t i = 0; i < n; ++i) {
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      constexpr std::string_view kAlphabet = "ab:-[]{},&*!|>'\"%@`#?~ \n\n  <0.\\";
      noise += kAlphabet[(seed >> 33) % kAlphabet.size()];
    }
    problem(noise);
  }
}

TEST_CASE("yaml: 10 MB of nesting or of anything repeated neither crashes nor hangs") {
  const auto start = std::chrono::steady_clock::now();
  CHECK(problem(repeat("[", 10'000'000)) ==
        "f.yaml:1:65: brackets are nested deeper than 64 levels");
  CHECK(problem(repeat("{a: ", 10'000'000)).find("deeper than 64") != std::string::npos);
  CHECK(problem(repeat("[]\"[", 1'000'000)).find("f.yaml") == 0);
  for (const char* piece : {"- ", "? ", ": ", "a: ", "'", "\"", "!", "&a ", "*a ", "|\n", "%a\n",
                            "\t", "] ", "- - \n ", "--- a\n"})
    problem(repeat(piece, 1'000'000));
  std::string deep;
  for (size_t i = 0; i < 70; ++i) deep += std::string(i, ' ') + "k:\n";
  CHECK(problem(deep).find("deeper than 64 levels") != std::string::npos);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CHECK(seconds < 20.0);
}

TEST_CASE("yaml: files that cannot be read") {
  const auto dir = std::filesystem::temp_directory_path() / "steppe_yaml_test";
  std::filesystem::create_directories(dir);
  auto why = [](const std::string& path) {
    try {
      load_yaml_file(path);
    } catch (const UserError& e) {
      return e.diagnostics().items()[0].message;
    }
    return std::string();
  };
  CHECK(why((dir / "none.yaml").string()) == (dir / "none.yaml").string() + ": no such file");
  CHECK(why(dir.string()).find("is a directory") != std::string::npos);
  CHECK(why("/dev/null").find("the file is empty") != std::string::npos);
  CHECK(why("/dev/zero").find("larger than 64 MB") != std::string::npos);
  std::ofstream(dir / "ok.yaml") << "a: 1\n";
  CHECK(load_yaml_file((dir / "ok.yaml").string()).find("a")->scalar == "1");
  std::filesystem::remove_all(dir);
}

TEST_CASE("yaml: paths") {
  Node n = load("components:\n  - {id: ct1, params: {a: 1}}\n  - {id: bess}\nx: {y: 2}\n");
  CHECK(find_path(n, "components[ct1].params.a")->scalar == "1");
  CHECK(find_path(n, "components[0].id")->scalar == "ct1");
  for (const char* bad : {"", ".", "a..b", "x.", "components[", "components[]", "components[9]",
                          "components[zz]", "x.y.z", "components.id"})
    CHECK(find_path(n, bad) == nullptr);
  CHECK(set_path(n, "components[bess].params.energy", Node::make_scalar("80 MWh", {})));
  CHECK(find_path(n, "components[bess].params.energy")->scalar == "80 MWh");
  CHECK_FALSE(set_path(n, "x.y.z", Node::make_scalar("1", {})));
  CHECK_FALSE(set_path(n, "components[zz].a", Node::make_scalar("1", {})));
}

TEST_CASE("yaml: edits in place leave the rest alone") {
  const std::string text =
      "# head\n"
      "components:   # plant\n"
      "  - {id: ct1, params: {ua: 45 kW, b: 'it''s'}}   # cooler\n"
      "  - id: bess\n"
      "    params:\n"
      "      energy: 20 MWh   # nameplate\n"
      "  - id: empty\n"
      "    params:\n"
      "profile: thermal\n";
  auto replaced = [&](const std::string& from, const std::string& to) {
    std::string t = text;
    t.replace(t.find(from), from.size(), to);
    return t;
  };
  CHECK(set_scalar(text, "components[bess].params.energy", "80 MWh") ==
        replaced("20 MWh", "80 MWh"));
  CHECK(set_scalar(text, "components[ct1].params.ua", "1 W") == replaced("45 kW", "1 W"));
  CHECK(set_scalar(text, "components[ct1].params.b", "so") == replaced("'it''s'", "\"so\""));
  CHECK(set_scalar(text, "components[ct1].params.ua", "a, b") == replaced("45 kW", "\"a, b\""));
  CHECK(set_scalar(text, "profile", "yes: no # x") == replaced("thermal", "\"yes: no # x\""));
  CHECK(set_scalar(text, "components[ct1].params.new", "3") ==
        replaced("'it''s'}", "'it''s', new: 3}"));
  CHECK(set_scalar(text, "components[bess].params.power", "5 MW") ==
        replaced("# nameplate\n", "# nameplate\n      power: 5 MW\n"));
  CHECK(set_scalar(text, "components[empty].params.ua", "3") ==
        replaced("empty\n    params:", "empty\n    params: {ua: 3}"));
  CHECK(set_scalar(text, "record.every", "1 s") == text + "record: {every: 1 s}\n");
  CHECK(set_scalar("\xEF\xBB\xBF"
                   "a: 1\r\nb: 2\r\n",
                   "c", "3") ==
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 2\r\nc: 3\r\n");
  CHECK(set_scalar("a: 1", "b", "2") == "a: 1\nb: 2");
  CHECK(set_scalar("a:\nb: 2\n", "a", "x") == "a: x\nb: 2\n");
  CHECK_THROWS_AS(set_scalar(text, "components", "x"), UserError);
  CHECK_THROWS_AS(set_scalar(text, "components[nobody].params.a", "x"), UserError);
  CHECK_THROWS_AS(set_scalar(text, "profile.base", "x"), UserError);
  CHECK_THROWS_AS(set_scalar("a: |\n  block\n", "a", "x"), UserError);
  CHECK_THROWS_AS(set_scalar("a: &x {b: 1}\nc: *x\n", "c.b", "x"), UserError);
}

TEST_CASE("yaml: dump and parse give the same tree") {
  const std::string text =
      "a: 1\nb: \"yes: no\"\nc: [1, [2, 3], {d: ~}]\ne: {}\nf: []\ng:\n  - h: |\n      x\n      "
      "y\n    i: ''\n"
      "  - !use lib.yaml\n\"odd: key\": '#'\n";
  const Node n = load(text);
  const std::string once = dump(n);
  CAPTURE(once);
  CHECK(dump(load(once)) == once);
  const Node m = load(once);
  CHECK(find_path(m, "g[0].h")->scalar == "x\ny\n");
  CHECK(find_path(m, "g[1]")->tag == "!use");
  CHECK(find_path(m, "c[2].d")->is_null());
  CHECK(m.find("odd: key")->scalar == "#");
}
