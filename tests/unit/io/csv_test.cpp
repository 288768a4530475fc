#include "sim/io/csv.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "sim/base/error.h"

using namespace steppe;
using namespace steppe::io;

TEST_CASE("csv: rows, quotes, and a file that appears only when it is whole") {
  const auto dir = std::filesystem::temp_directory_path() / "steppe_csv_test";
  std::filesystem::create_directories(dir);
  const std::string path = (dir / "a.csv").string();
  {
    CsvWriter w(path);
    w.texts({"time [s]", "a,b", "say \"x\""});
    w.row({0.1, NAN, -1e300});
    w.row({1.0 / 3.0}, "2026-01-15, noon");
    w.row({double{0.1F}, double{0.1F}}, {}, {true, false});
    CHECK_FALSE(std::filesystem::exists(path));
    w.close();
  }
  std::ifstream in(path);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  CHECK(text ==
        "time [s],\"a,b\",\"say \"\"x\"\"\"\r\n0.1,,-1e+300\r\n\"2026-01-15, "
        "noon\",0.3333333333333333\r\n0.1,0.10000000149011612\r\n");
  {
    CsvWriter dropped((dir / "b.csv").string());
    dropped.row({1});
  }
  CHECK(std::distance(std::filesystem::directory_iterator(dir), {}) == 1);
  std::filesystem::remove_all(dir);
}

TEST_CASE("csv: what cannot be written") {
  CHECK_THROWS_AS(CsvWriter("/nowhere/a.csv"), IoError);
  CHECK_THROWS_AS(CsvWriter("/tmp"), IoError);
  auto fill = [] {
    CsvWriter w("/dev/full");
    for (int i = 0; i < 100000; ++i) w.row({1.0, 2.0});
    w.close();
  };
  CHECK_THROWS_WITH_AS(fill(), "/dev/full: cannot be written: No space left on device", IoError);
}
