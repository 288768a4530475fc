// Weather files, synthetic years and the process `weather`.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <numeric>
#include <sstream>

#include "models/environment/epw.h"
#include "models/environment/synthetic_year.h"
#include "models/environment/weather.h"
#include "models/properties/moist_air.h"

using namespace steppe;
using namespace steppe::models;
using doctest::Approx;
using doctest::Contains;

namespace {

constexpr double kC = 273.15;

std::filesystem::path project_root() { return STEPPE_SOURCE_DIR; }

std::string shared_weather(const std::string& file) {
  const char* env = std::getenv("STEPPE_SHARED_DATA");
  const auto root = env ? std::filesystem::path(env) : project_root() / "../shared/data";
  const auto path = root / "weather/epw_china_cswd" / file;
  return std::filesystem::exists(path) ? path.string() : "";
}

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}
int hours_below(const WeatherSeries& s, double degc) {
  return static_cast<int>(
      std::count_if(s.temp.begin(), s.temp.end(), [&](double t) { return t < kC + degc; }));
}

SourceTextPtr source_of(std::string text) {
  return std::make_shared<SourceText>(SourceText{"site.epw", std::move(text)});
}

/// A small EPW: days of January at slowly changing values. `edit` changes the lines (0…7 header, 8…
/// records).
using Lines = std::vector<std::string>;
SourceTextPtr small_epw(const std::function<void(Lines&)>& edit = {}, int days = 2) {
  Lines lines{"LOCATION,Test,,CHN,made,0,41.00,113.10,8.0,1412.0",
              "DESIGN CONDITIONS,0",
              "TYPICAL/EXTREME PERIODS,0",
              "GROUND TEMPERATURES,0",
              "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
              "COMMENTS 1,",
              "COMMENTS 2,",
              fmt::format("DATA PERIODS,1,1,Data,Sunday, 1/ 1, 1/{:2}", days)};
  for (int d = 1; d <= days; ++d)
    for (int h = 1; h <= 24; ++h)
      lines.push_back(
          fmt::format("2001,1,{},{},0,?,{:.1f},{:.1f},60,85473,0,0,0,{},0,{},0,0,0,0,90,3.0", d, h,
                      -10.0 + 0.1 * h, -16.2 + 0.1 * h, 10 * h, 5 * h));
  if (edit) edit(lines);
  std::string text;
  for (const auto& l : lines) text += l + "\n";
  return source_of(std::move(text));
}

/// Text of the complaint; "" when the file is accepted.
std::string complaint(const SourceTextPtr& s, const EpwOptions& o = {}) {
  try {
    parse_epw(s, o);
  } catch (const UserError& e) {
    return e.what();
  }
  return {};
}

void set_cell(std::string& line, size_t field, const std::string& value) {
  size_t begin = 0;
  for (size_t i = 0; i < field; ++i) begin = line.find(',', begin) + 1;
  const size_t end = std::min(line.find(',', begin), line.size());
  line.replace(begin, end - begin, value);
}

double epoch(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days d = std::chrono::year_month_day{
      std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return 86400.0 * static_cast<double>(d.time_since_epoch().count());
}

/// Collects what a process says.
class Recorder : public core::ProcessContext {
 public:
  double in(int, int) const override { return 0.0; }
  void out(int, double, int) override {}
  void ramp(int output, double value, double slope, int) override {
    value_[static_cast<size_t>(output)] = value;
    slope_[static_cast<size_t>(output)] = slope;
    since_ = now;
  }
  void discontinuity() override { ++jumps_; }
  void event(const std::string&, const std::string&, const std::string&,
             const std::string& text) override {
    events_.push_back(text);
  }
  double at(int output, core::Nanoseconds t) const {
    const auto k = static_cast<size_t>(output);
    return value_[k] + slope_[k] * core::to_seconds(t - since_);
  }
  std::array<double, kWeatherOutputs> value_{}, slope_{};
  core::Nanoseconds since_ = 0;
  int jumps_ = 0;
  std::vector<std::string> events_;
};

struct Built {
  core::ProcessType type = weather_type();
  std::shared_ptr<void> params = type.make_params();
  core::ProcessSetup setup;

  Built() {
    setup.id = "weather";
    setup.seed = 1;
    setup.start_epoch = epoch(2026, 1, 15);
  }
  void set(const std::string& name, const core::ParamValue& v) {
    const int row = type.params->find(name);
    REQUIRE_MESSAGE(row >= 0, name);
    CHECK(core::ParamTableBase::check(type.params->rows()[static_cast<size_t>(row)], v) == "");
    type.params->set(params.get(), row, v);
  }
  std::unique_ptr<core::Process> make() const { return type.make(params.get(), setup); }
};

}  // namespace

TEST_CASE("AC-6-15 measured stations") {
  struct Station {
    const char* file;
    double temp;
    int below_zero;
    double pressure;
  };
  for (const Station& s :
       {Station{"CHN_Nei.Mongol.Huade.533910_CSWD.epw", 2.64, 3758, 85.02e3},
        Station{"CHN_Nei.Mongol.Bailingmiao.533520_CSWD.epw", 4.71, 3385, 86.19e3}}) {
    const std::string path = shared_weather(s.file);
    if (path.empty()) {
      std::cout << "SKIPPED: AC-6-15, no shared data (set STEPPE_SHARED_DATA): " << s.file << "\n";
      continue;
    }
    const WeatherSeries w = read_epw(path);
    CHECK(w.size() == 8760);
    CHECK(w.full_year());
    MESSAGE(w.site, ": mean ", mean(w.temp) - kC, " °C, h<0 ", hours_below(w, 0.0), ", pressure ",
            mean(w.pressure), " Pa, ", w.filled, " filled");
    CHECK(std::abs(mean(w.temp) - kC - s.temp) < 0.005);
    CHECK(hours_below(w, 0.0) == s.below_zero);
    CHECK(mean(w.pressure) == Approx(s.pressure).epsilon(1e-3));
    CHECK(w.elevation > 1300.0);
    for (size_t i = 0; i < w.size(); ++i) CHECK(w.dew_point[i] <= w.temp[i]);
  }
  for (const char* f :
       {"CHN_Hebei.Zhangbei.533990_CSWD.epw", "CHN_Beijing.Beijing.545110_CSWD.epw",
        "CHN_Nei.Mongol.Hohhot.534630_CSWD.epw", "CHN_Nei.Mongol.Jurh.532760_CSWD.epw"})
    if (const std::string path = shared_weather(f); !path.empty())
      CHECK(read_epw(path).full_year());
}

TEST_CASE("a small file is read into SI") {
  const WeatherSeries w = parse_epw(small_epw());
  CHECK(w.size() == 48);
  CHECK(w.site == "Test");
  CHECK(w.time_zone == 8.0);
  CHECK(w.start_day == 1);
  CHECK(w.temp[0] == Approx(kC - 9.9));
  CHECK(w.pressure[47] == 85473.0);
  CHECK(w.ghi[23] == 240.0);
  CHECK(w.wind[5] == 3.0);
  CHECK(w.notes.empty());
  CHECK(w.dates() == "1/1 to 1/2");
  CHECK(w.rel_humidity[0] == Approx(0.6).epsilon(0.1));
}

TEST_CASE("two records an hour, both customs of minutes") {
  for (int shift : {0, 30}) {
    std::string text = small_epw([](Lines& l) {
                         l.resize(8);
                         set_cell(l[7], 2, "2");
                         set_cell(l[7], 6, "1/1");
                       })->text;
    for (int h = 1; h <= 24; ++h)
      for (int m : {0, 30})
        text += fmt::format("2001,1,1,{},{},?,-9.0,-15.0,60,85473,0,0,0,100,0,50,0,0,0,0,90,3.0\n",
                            h, m + shift);
    const WeatherSeries w = parse_epw(source_of(text));
    CHECK(w.size() == 48);
    CHECK(w.step == 1800.0);
    CHECK(w.ghi[3] == 200.0);  // 100 Wh/m2 in half an hour
  }
}

TEST_CASE("names with commas, other line ends, codes of other tables") {
  const auto quoted = small_epw([](Lines& l) {
    l[0] = "Location,\"Jining, Ulanqab\",Nei Mongol, CHN,x,533910,41.0,113.1,8.0,1412.0";
  });
  WeatherSeries w = parse_epw(quoted);
  CHECK(w.site == "Jining, Ulanqab");
  CHECK(w.latitude == 41.0);
  CHECK(w.elevation == 1412.0);
  std::string text = small_epw()->text;
  std::replace(text.begin(), text.end(), '\n', '\r');
  CHECK(parse_epw(source_of(text)).size() == 48);
  const auto codes = small_epw([](Lines& l) {
    set_cell(l[12], 6, "-9999");
    set_cell(l[13], 9, "9999");
  });
  w = parse_epw(codes, {.fill_gaps = true});
  CHECK(w.filled == 2);
  CHECK(w.notes.size() == 4);  // what was taken for missing, and what was filled
}

TEST_CASE("leap days") {
  const auto feb = [](bool with_29) {
    return small_epw([&](Lines& l) {
      l.resize(8);
      set_cell(l[7], 5, "2/28");
      set_cell(l[7], 6, "3/1");
      for (const auto& [m, d] : {std::pair{2, 28}, std::pair{2, 29}, std::pair{3, 1}})
        for (int h = 1; h <= 24 && (d != 29 || with_29); ++h)
          l.push_back(fmt::format(
              "2004,{},{},{},0,?,{}.0,-15.0,60,85473,0,0,0,0,0,0,0,0,0,0,90,3.0", m, d, h,
              m == 3    ? 3
              : d == 29 ? 2
                        : 1));
    });
  };
  const WeatherSeries leap = parse_epw(feb(true)), plain = parse_epw(feb(false));
  CHECK(leap.leap);
  CHECK(leap.size() == 72);
  CHECK(!plain.leap);
  CHECK(plain.size() == 48);
  // 2028 has a 29 February, 2026 has none.
  const auto node = [](int y, unsigned m, unsigned d, int hour) {
    return static_cast<int64_t>(epoch(y, m, d) / 3600.0) + hour;
  };
  CHECK(leap.temp[*entry_at(leap, node(2028, 2, 29, 12))] == Approx(kC + 2));
  CHECK(leap.temp[*entry_at(leap, node(2026, 3, 1, 1))] == Approx(kC + 3));
  CHECK(plain.temp[*entry_at(plain, node(2028, 2, 29, 12))] == Approx(kC + 1));
  CHECK(plain.temp[*entry_at(plain, node(2028, 3, 1, 1))] == Approx(kC + 3));
  CHECK(!entry_at(plain, node(2026, 3, 2, 1)));
}

TEST_CASE("bad files are located and explained") {
  const auto edit_cell = [](size_t line, size_t field, const char* value) {
    return small_epw([=](Lines& l) { set_cell(l[line], field, value); });
  };
  const auto all_cells = [](size_t field, double scale, double offset) {
    return small_epw([=](Lines& l) {
      for (size_t i = 8; i < l.size(); ++i) {
        size_t b = 0;
        for (size_t k = 0; k < field; ++k) b = l[i].find(',', b) + 1;
        set_cell(l[i], field, fmt::format("{:.2f}", std::stod(l[i].substr(b)) * scale + offset));
      }
    });
  };
  struct Case {
    const char* what;
    SourceTextPtr text;
    const char* place;
    const char* expected;
  };
  std::string utf16;
  for (char c : std::string("LOCATION,Test\n")) utf16 += {c, '\0'};
  const std::string good = small_epw()->text;
  const Case cases[] = {
      {"empty", source_of(""), "site.epw", "empty"},
      {"blank", source_of(" \n\r\n"), "site.epw", "empty"},
      {"binary", source_of(std::string("\x89HDF\r\n\x1a\n\0\0", 10)), "site.epw",
       "not a text file"},
      {"utf-16", source_of(utf16), "site.epw", "UTF-16"},
      {"brackets", source_of(std::string(10 << 20, '[')), "site.epw", "not an EPW"},
      {"csv", source_of("time,temp\n0,1\n"), "site.epw", "LOCATION"},
      {"header only", source_of(good.substr(0, good.find("2001"))), "site.epw:8:1",
       "no weather records"},
      {"no periods", small_epw([](Lines& l) { l.resize(7); }), "site.epw:7", "DATA PERIODS"},
      {"short location", small_epw([](Lines& l) { l[0] = "LOCATION,Test,CHN"; }), "site.epw:1:1",
       "3 fields"},
      {"latitude", edit_cell(0, 6, "north"), "site.epw:1:27", "latitude 'north'"},
      {"two periods", edit_cell(7, 1, "2"), "site.epw:8:14", "one data period"},
      {"records per hour", edit_cell(7, 2, "7"), "site.epw:8:16", "must divide 60"},
      {"period date", edit_cell(7, 6, "13/45"), "site.epw:8:36", "'13/45' is not a date"},
      {"kelvin", all_cells(6, 1.0, 273.15), "site.epw:9:16", "looks like kelvin"},
      {"fahrenheit", edit_cell(12, 6, "86.0"), "site.epw:13:16", "looks like °F"},
      {"hPa", all_cells(9, 0.01, 0.0), "site.epw:9", "looks like hPa"},
      {"kPa", all_cells(9, 0.001, 0.0), "site.epw:9", "looks like kPa"},
      {"humidity", edit_cell(20, 8, "-3"), "site.epw:21", "relative humidity -3 %"},
      {"word", edit_cell(15, 6, "cold"), "site.epw:16:16", "dry bulb 'cold' is not a number"},
      {"nan", edit_cell(15, 6, "nan"), "site.epw:16:16", "is not a number"},
      {"swapped", small_epw([](Lines& l) { set_cell(l[9], 7, "5.0"); }), "site.epw:10",
       "above dry bulb"},
      {"hour 0", edit_cell(8, 3, "0"), "site.epw:9:10", "hour '0'"},
      {"month 13", edit_cell(8, 1, "13"), "site.epw:9:6", "month '13'"},
      {"30 February", small_epw([](Lines& l) { set_cell(l[8], 1, "2"), set_cell(l[8], 2, "30"); }),
       "site.epw:9:8", "day '30'"},
      {"missing code", edit_cell(15, 6, "99.9"), "site.epw:16:16",
       "dry bulb is missing for 1 record"},
      {"empty cell", edit_cell(15, 9, ""), "site.epw:16", "pressure is missing"},
      {"no temperature", all_cells(6, 0.0, 99.9), "site.epw:8:1", "no dry bulb at all"},
      {"row missing", small_epw([](Lines& l) { l.erase(l.begin() + 15); }), "site.epw:16:1",
       "1 record is missing before this line: expected 1/1 hour 8, found 1/1 hour 9"},
      {"day missing", small_epw([](Lines& l) { l.erase(l.begin() + 20, l.begin() + 44); }),
       "site.epw:21:1", "24 records are missing"},
      {"late start", small_epw([](Lines& l) { l.erase(l.begin() + 8); }), "site.epw:9:1",
       "the data period begins earlier"},
      {"reversed", small_epw([](Lines& l) { std::swap(l[15], l[16]); }), "site.epw:17:1",
       "time runs backwards"},
      {"all reversed", small_epw([](Lines& l) { std::reverse(l.begin() + 8, l.end()); }),
       "site.epw:10:1", "through the file"},
      {"foreign code", edit_cell(15, 6, "-9999"), "site.epw:16:16",
       "dry bulb is missing for 1 record"},
      {"semicolons", source_of("LOCATION;Test;X;CHN\n"), "site.epw:1:9", "separated by commas"},
      {"twice", small_epw([](Lines& l) { l.insert(l.begin() + 15, l[14]); }), "site.epw:16:1",
       "comes twice"},
      {"cut short", small_epw([](Lines& l) { l.resize(30); }), "site.epw:30:1",
       "cut short: it ends with 1/1 hour 22"},
      {"cut in a line", source_of(good.substr(0, good.size() - 40)), "site.epw:56:1",
       "is the file cut short?"},
      {"outside", edit_cell(55, 1, "7"), "site.epw:56:1", "outside the data period"},
  };
  for (const Case& c : cases) {
    const std::string told = complaint(c.text);
    CAPTURE(c.what);
    CAPTURE(told);
    CHECK(told.find(c.place) != std::string::npos);
    CHECK(told.find(c.expected) != std::string::npos);
    CHECK(told.size() < 8000);
  }
  CHECK_THROWS_AS(read_epw("/nowhere/site.epw"), IoError);
  CHECK_THROWS_AS(read_epw("/"), Error);
}

TEST_CASE("one complaint for a column of wrong numbers, several for several mistakes") {
  const auto two = small_epw([](Lines& l) {
    set_cell(l[10], 6, "x");
    set_cell(l[20], 3, "y");
  });
  CHECK(complaint(two).find("2 errors.") != std::string::npos);
  const auto many = small_epw([](Lines& l) {
    for (size_t i = 8; i < l.size(); ++i) set_cell(l[i], 9, "855");
  });
  CHECK(complaint(many).find("1 error.") != std::string::npos);
  CHECK(complaint(many).find("48 such values") != std::string::npos);
}

TEST_CASE("short gaps are filled on request only and counted") {
  const auto gaps = small_epw([](Lines& l) {
    set_cell(l[12], 6, "99.9");  // hours 5 and 6 of dry bulb
    set_cell(l[13], 6, "99.9");
    l.erase(l.begin() + 20);  // hour 13 altogether
  });
  CHECK(complaint(gaps).find("fill_gaps") != std::string::npos);
  const WeatherSeries w = parse_epw(gaps, {.fill_gaps = true});
  CHECK(w.size() == 48);
  CHECK(w.temp[4] == Approx(kC - 9.5));
  CHECK(w.temp[5] == Approx(kC - 9.4));
  CHECK(w.temp[12] == Approx(kC - 8.7));
  CHECK(w.ghi[12] == Approx(130.0));
  CHECK(w.filled == 2 + 7);
  CHECK(!w.notes.empty());

  const auto days = small_epw([](Lines& l) { l.erase(l.begin() + 20, l.begin() + 24); });
  CHECK(complaint(days, {.fill_gaps = true}).find("too long to be filled") != std::string::npos);
  const auto end = small_epw([](Lines& l) { set_cell(l.back(), 6, "99.9"); });
  CHECK(complaint(end, {.fill_gaps = true}).find("cannot be filled") != std::string::npos);
}

TEST_CASE("absent columns are replaced with a note") {
  const auto w = parse_epw(small_epw([](Lines& l) {
    for (size_t i = 8; i < l.size(); ++i) {
      set_cell(l[i], 7, "99.9");
      set_cell(l[i], 9, "999999");
      set_cell(l[i], 13, "9999");
    }
  }));
  CHECK(w.notes.size() == 3);
  CHECK(w.pressure[3] == Approx(moist_air::pressure(1412.0)));
  CHECK(w.ghi[10] == 0.0);
  CHECK(w.rel_humidity[3] == Approx(0.6));
}

TEST_CASE("what is written reads back") {
  SyntheticYear p;
  p.seed = 7;
  const WeatherSeries week = slice(make_synthetic_year(p), {12, 29}, 7);  // across the new year
  std::ostringstream out;
  write_epw(week, out, "made");
  const WeatherSeries back = parse_epw(source_of(out.str()));
  REQUIRE(back.size() == 168);
  CHECK(back.dates() == "12/29 to 1/4");
  for (size_t i = 0; i < back.size(); ++i) {
    CHECK(std::abs(back.temp[i] - week.temp[i]) < 0.0501);
    CHECK(std::abs(back.ghi[i] - week.ghi[i]) < 0.501);
    CHECK(std::abs(back.wind[i] - week.wind[i]) < 0.0501);
  }
}

TEST_CASE("the shipped week is the one that its description makes") {
  const auto path = project_root() / "data/weather/ulanqab-sample.epw";
  const WeatherSeries file = read_epw(path.string());
  const WeatherSeries week = slice(make_synthetic_year({}), {1, 15}, 7);
  REQUIRE(file.size() == 168);
  CHECK(file.dates() == "1/15 to 1/21");
  double worst = 0.0;
  for (size_t i = 0; i < 168; ++i) worst = std::max(worst, std::abs(file.temp[i] - week.temp[i]));
  CHECK(worst < 0.0501);
}

TEST_CASE("synthetic year: means and hours") {
  const SyntheticYear p;
  const WeatherSeries s = make_synthetic_year(p);
  REQUIRE(s.size() == 8760);
  CHECK(s.full_year());
  double months = 0.0;
  size_t h = 0;
  for (size_t m = 0; m < 12; ++m) {
    double sum = 0.0;
    const int n = 24 * kMonthDays[m];
    for (int k = 0; k < n; ++k) sum += s.temp[h++];
    CHECK(sum / n == Approx(p.temp[m]).epsilon(1e-9));
    months += sum / n / 12.0;
  }
  MESSAGE("mean of months ", months - kC, " °C, of hours ", mean(s.temp) - kC);
  CHECK(std::abs(months - kC - 4.84) < 0.005);
  const int below[] = {hours_below(s, 0), hours_below(s, 10), hours_below(s, 15),
                       hours_below(s, 20), hours_below(s, 25)};
  const auto dew = static_cast<int>(
      std::count_if(s.dew_point.begin(), s.dew_point.end(), [](double d) { return d < kC - 9.0; }));
  double ghi = 0.0, dni = 0.0;
  for (size_t i = 0; i < s.size(); ++i) {
    ghi += s.ghi[i] / 1000.0;
    dni += s.dni[i] / 1000.0;
    CHECK(s.dhi[i] >= 0.0);
    CHECK(s.dhi[i] <= s.ghi[i] + 1e-9);
    CHECK(s.rel_humidity[i] <= 1.0);
    CHECK(s.wind[i] >= 0.0);
  }
  MESSAGE("h<0 ", below[0], ", <10 ", below[1], ", <15 ", below[2], ", <20 ", below[3], ", <25 ",
          below[4], "; dew point < −9: ", dew, "; min ",
          *std::min_element(s.temp.begin(), s.temp.end()) - kC, " max ",
          *std::max_element(s.temp.begin(), s.temp.end()) - kC, "; GHI ", ghi, " DNI ", dni,
          " kWh/m2; wind ", mean(s.wind));
  // The stations around the site count 3385–3758, 5264–5504, 6270–6787, 7447–7975, 8231–8705 h;
  // normals alone are a little milder below zero.
  CHECK((below[0] > 3000 && below[0] < 3758));
  CHECK((below[1] > 5150 && below[1] < 5600));
  CHECK((below[2] > 6270 && below[2] < 6787));
  CHECK((below[3] > 7447 && below[3] < 7975));
  CHECK((below[4] > 8231 && below[4] < 8705));
  CHECK((dew > 3700 && dew < 4500));
  CHECK((ghi > 1400.0 && ghi < 1800.0));
  CHECK(mean(s.wind) == Approx(3.5).epsilon(0.1));
}

TEST_CASE("synthetic year: seeds, reproducibility, new year") {
  SyntheticYear p;
  const WeatherSeries a = make_synthetic_year(p), again = make_synthetic_year(p);
  CHECK(a.temp == again.temp);
  p.seed = 2;
  const WeatherSeries b = make_synthetic_year(p);
  CHECK(a.temp != b.temp);
  p.exact_means = false;
  double spread = 0.0;
  for (p.seed = 10; p.seed < 20; ++p.seed)
    spread = std::max(spread, std::abs(mean(make_synthetic_year(p).temp) - mean(a.temp)));
  CHECK(spread > 0.05);
  CHECK(spread < 1.5);
  // The step from the last hour to the first is like any other: AR(1) shocks of 4 K · sqrt(1 −
  // 0.97²) ≈ 1 K.
  double largest = 0.0;
  for (size_t i = 1; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a.temp[i] - a.temp[i - 1]));
  CHECK(std::abs(a.temp.front() - a.temp.back()) < largest);
}

TEST_CASE("the sun stands where it should") {
  // Noon of the equinox and the solstices at 41° N on the meridian of the time zone.
  const auto highest = [](int day) {
    double best = -1.0;
    for (double h = 0; h < 24; h += 0.05)
      best = std::max(best, cos_zenith(24.0 * (day - 1) + h, 41.0, 120.0, 8.0));
    return std::acos(best) * 180.0 / 3.14159265358979;
  };
  CHECK(highest(172) == Approx(41.0 - 23.44).epsilon(0.02));
  CHECK(highest(355) == Approx(41.0 + 23.44).epsilon(0.01));
  CHECK(highest(80) == Approx(41.0).epsilon(0.02));
}

TEST_CASE("weather process: parameters and outputs are complete") {
  const core::ProcessType t = weather_type();
  CHECK(t.outputs.size() == kWeatherOutputs);
  CHECK(t.outputs[kWeatherWind].name == "wind");
  CHECK(t.outputs[kWeatherHumidityRatio].name == "humidity_ratio");
  for (const auto& row : t.params->rows()) {
    CAPTURE(row.name);
    CHECK(!row.help.empty());
    CHECK(core::ParamTableBase::check(row, row.value) == "");
  }
}

TEST_CASE("weather process: ramps join, also across the new year") {
  Built b;
  b.setup.start_epoch = epoch(2026, 12, 30) + 1234.0;  // not on an hour
  auto p = b.make();
  Recorder c;
  c.end = core::from_seconds(5 * 86400.0);
  p->update(c);
  double worst = 0.0;
  int nodes = 0;
  while (p->next_time() <= c.end) {
    const auto t = p->next_time();
    REQUIRE(t > c.now);
    std::array<double, kWeatherOutputs> before{};
    for (int k = 0; k < kWeatherOutputs; ++k) before[static_cast<size_t>(k)] = c.at(k, t);
    c.now = t;
    p->update(c);
    for (size_t k = 0; k < kWeatherOutputs; ++k)
      worst =
          std::max(worst, std::abs(before[k] - c.value_[k]) / std::max(1.0, std::abs(c.value_[k])));
    ++nodes;
    CHECK(std::abs(std::fmod(b.setup.start_epoch + core::to_seconds(t), 3600.0)) < 1e-6);
    CHECK(c.value_[kWeatherWetBulb] <= c.value_[kWeatherTemp]);
    CHECK(c.value_[kWeatherDewPoint] <= c.value_[kWeatherWetBulb] + 1e-6);
  }
  CHECK(nodes == 120);
  CHECK(worst < 1e-9);
  CHECK(c.jumps_ == 0);
  CHECK(c.events_.size() == 1);
}

TEST_CASE("weather process: a year of radiation keeps its energy") {
  Built b;
  b.setup.start_epoch = epoch(2026, 1, 1);
  auto p = b.make();
  Recorder c;
  c.end = core::from_seconds(365 * 86400.0);
  double energy = 0.0;
  for (;;) {
    p->update(c);
    const auto next = p->next_time();
    energy += 0.5 * (c.value_[kWeatherGhi] + c.at(kWeatherGhi, next));
    if (next >= c.end) break;
    c.now = next;
  }
  const WeatherSeries s = make_synthetic_year({});
  CHECK(energy == Approx(std::accumulate(s.ghi.begin(), s.ghi.end(), 0.0)).epsilon(1e-9));
}

TEST_CASE("weather process: save and load go on with the same numbers") {
  Built b;
  auto a = b.make();
  Recorder c;
  c.end = core::from_seconds(86400.0);
  for (int i = 0; i < 7; ++i) {
    a->update(c);
    c.now = a->next_time();
  }
  core::StateWriter w;
  a->save(w);
  auto other = b.make();
  core::StateReader r(w.bytes());
  other->load(r);
  CHECK(r.done());
  CHECK(other->next_time() == a->next_time());
  Recorder d;
  d.now = c.now;
  d.end = c.end;
  a->update(c);
  other->update(d);
  CHECK(c.value_ == d.value_);
  CHECK(c.slope_ == d.slope_);
  CHECK(d.events_.empty());  // the notes were told before
  const std::vector<char> cut(w.bytes().begin(), w.bytes().end() - 1);
  core::StateReader short_reader(cut);
  CHECK_THROWS_AS(other->load(short_reader), IoError);
}

TEST_CASE("weather process: constant weather and a design day") {
  Built b;
  b.set("source", std::string("constant"));
  b.set("temp", kC + 30.0);
  b.set("rel_humidity", 0.3);
  b.set("daily_half_range", 8.0);
  auto p = b.make();
  Recorder c;
  c.now = core::from_seconds(15 * 3600.0);
  c.end = core::from_seconds(86400.0);
  p->update(c);
  CHECK(c.value_[kWeatherTemp] == Approx(kC + 38.0));
  CHECK(c.value_[kWeatherPressure] == Approx(85473.0).epsilon(1e-4));
  CHECK(c.value_[kWeatherDewPoint] == Approx(moist_air::dew_point_from_rh(kC + 30.0, 0.3)));
  CHECK(c.value_[kWeatherDensity] == Approx(0.94).epsilon(0.02));
}

TEST_CASE("weather process: shift, heat wave and cold wave") {
  const auto run = [](const std::function<void(Built&)>& change, double hour) {
    Built b;
    b.setup.start_epoch = epoch(2026, 7, 1);  // day 182
    change(b);
    auto p = b.make();
    Recorder c;
    c.end = core::from_seconds(20 * 86400.0);
    c.now = core::from_seconds(hour * 3600.0);
    p->update(c);
    return c.value_;
  };
  const auto plain = run([](Built&) {}, 60.0);
  const auto shifted = run([](Built& b) { b.set("shift_temp", 2.0); }, 60.0);
  CHECK(shifted[kWeatherTemp] == Approx(plain[kWeatherTemp] + 2.0));
  const auto rh = [](const auto& v) {
    return moist_air::relative_humidity(v[kWeatherTemp], v[kWeatherHumidityRatio],
                                        v[kWeatherPressure]);
  };
  CHECK(rh(shifted) == Approx(rh(plain)).epsilon(1e-6));

  const auto heat = [](Built& b) {
    b.set("heat_wave_day", 184.0);
    b.set("heat_wave_days", 3.0);
    b.set("heat_wave_rise", 7.0);
  };
  CHECK(run(heat, 48.0)[kWeatherTemp] ==
        Approx(run([](Built&) {}, 48.0)[kWeatherTemp]));  // begins here
  CHECK(run(heat, 54.0)[kWeatherTemp] == Approx(run([](Built&) {}, 54.0)[kWeatherTemp] + 3.5));
  CHECK(run(heat, 80.0)[kWeatherTemp] == Approx(run([](Built&) {}, 80.0)[kWeatherTemp] + 7.0));
  CHECK(run(heat, 80.0)[kWeatherHumidityRatio] ==
        Approx(run([](Built&) {}, 80.0)[kWeatherHumidityRatio]));
  CHECK(run(heat, 130.0)[kWeatherTemp] == Approx(run([](Built&) {}, 130.0)[kWeatherTemp]));

  const auto cold = [](Built& b) {
    b.set("cold_wave_day", 184.0);
    b.set("cold_wave_drop", 30.0);
  };
  const auto v = run(cold, 100.0);
  CHECK(v[kWeatherTemp] == Approx(run([](Built&) {}, 100.0)[kWeatherTemp] - 30.0));
  CHECK(v[kWeatherDewPoint] <= v[kWeatherTemp]);
}

TEST_CASE("weather process: a short file says which dates it covers") {
  Built b;
  b.set("source", std::string("epw"));
  CHECK_THROWS_WITH_AS(b.make(), Contains("no file is named"), UserError);
  b.set("file", (project_root() / "data/weather/ulanqab-sample.epw").string());
  b.setup.start_epoch = epoch(2026, 1, 15);
  {
    auto p = b.make();
    Recorder c;
    c.end = core::from_seconds(7 * 86400.0);
    for (;;) {
      p->update(c);
      if (p->next_time() >= c.end) break;
      c.now = p->next_time();
    }
  }
  {
    auto p = b.make();
    Recorder c;
    c.end = core::from_seconds(8 * 86400.0);
    CHECK_THROWS_WITH_AS(p->update(c), Contains("covers 1/15 to 1/21"), UserError);
    CHECK_THROWS_WITH_AS(p->update(c), Contains("ulanqab-sample.epw:8:1"), UserError);
  }
  b.setup.start_epoch = epoch(2026, 6, 1);
  CHECK_THROWS_WITH_AS(b.make(), Contains("needs weather of 6/1"), UserError);
}

TEST_CASE("weather process: wrong lists are explained") {
  Built b;
  b.set("temp_normals", std::vector<double>{260.0, 270.0});
  CHECK_THROWS_WITH_AS(b.make(), Contains("need 12 values"), UserError);
}
