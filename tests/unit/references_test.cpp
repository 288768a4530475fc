// What `steppe validate` prints: every row holds, and its source can be found.
#include "inference_load/references.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "models/references.h"
#include "sim/io/reader.h"

using namespace steppe;

TEST_CASE("published and measured references") {
  core::ProcessSetup setup;
  setup.data_dir = STEPPE_SOURCE_DIR "/data";
  setup.read_yaml = [](const std::string& file, const core::ParamTableBase& table, void* p) {
    io::read_yaml_into(file, table, p);
  };
  std::ifstream in(STEPPE_SOURCE_DIR "/models/REFERENCES.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::string known = text.str();
  auto rows = models::references();
  for (auto& r : load::references(setup)) rows.push_back(r);
  std::set<std::string> names;
  for (const auto& r : rows) {
    CAPTURE(r.what);
    CAPTURE(r.value);
    CAPTURE(r.reference);
    CHECK(r.holds());
    CHECK(names.insert(r.what).second);
    if (!r.source.starts_with('[')) continue;
    const auto key = r.source.substr(1, r.source.find_first_of(",]") - 1);
    CAPTURE(key);
    CHECK(known.find("| " + key + " |") != std::string::npos);
  }
}

TEST_CASE("a reference that is missed is missed") {
  Reference r{"", "", "", 1.02, 1.0, 0.01, Reference::Basis::predicted, ""};
  CHECK(!r.holds());
  r.value = std::nan("");
  CHECK(!r.holds());
  r.value = 0.995;
  CHECK(r.holds());
}
