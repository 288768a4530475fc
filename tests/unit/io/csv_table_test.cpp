// Tables of measurements as other programs write them.
#include "sim/io/csv_table.h"

#include <doctest/doctest.h>

#include <cmath>

namespace steppe::io {
namespace {

TEST_CASE("csv table: separators, decimal comma, quotes, byte order mark, line ends") {
  const auto a =
      CsvTable::parse("\xef\xbb\xbftime, power [kW]\r\n1,2.5\r\n\r\n3,-4e3\r\n", "a.csv");
  CHECK(a.names() == std::vector<std::string>{"time", "power [kW]"});
  CHECK(a.rows() == 2u);
  CHECK(a.number(0, 1) == 2.5);
  CHECK(a.number(1, 1) == -4000.0);
  CHECK(a.line(1) == 4);
  const auto b = CsvTable::parse("# exported\nt;P\n1;2,5\n2;3.5\n", "b.csv");
  CHECK(b.number(0, 1) == 2.5);
  CHECK(b.number(1, 1) == 3.5);
  const auto c = CsvTable::parse("\"a, b\"\t\"say \"\"x\"\"\"\n\"1,5\"\t2\n", "c.tsv");
  CHECK(c.names()[0] == "a, b");
  CHECK(c.number(0, 0) == 1.5);
  CHECK(c.find("A, B") == 0);
  CHECK(c.find("nothing") == -1);
}

TEST_CASE("csv table: what cannot be read says where it stood") {
  const auto t = CsvTable::parse("a,b\n1,x7\n2\n3,NaN\n", "bad.csv");
  bool unreadable = false;
  CHECK(std::isnan(t.number(0, 1, &unreadable)));
  CHECK(unreadable);
  CHECK(t.where(0, 1).line == 2);
  CHECK(t.where(0, 1).column == 3);
  CHECK(std::isnan(t.number(1, 1, &unreadable)));
  CHECK_FALSE(unreadable);
  CHECK(std::isnan(t.number(2, 1, &unreadable)));
  CHECK_FALSE(unreadable);
  CHECK_THROWS_AS(CsvTable::parse("", "e.csv"), UserError);
  CHECK_THROWS_AS(CsvTable::parse("only one name\n1\n", "e.csv"), UserError);
  CHECK_THROWS_AS(CsvTable::parse("a,b\n", "e.csv"), UserError);
  CHECK_THROWS_AS(CsvTable::parse(std::string("a,b\n\0,1\n", 9), "e.csv"), UserError);
  CHECK_THROWS_AS(CsvTable::read("/nowhere/at/all.csv"), IoError);
}

}  // namespace
}  // namespace steppe::io
