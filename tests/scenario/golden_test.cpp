// Golden run: the shipped day's curves and events as they were when somebody last looked at them. A
// change here is no error by itself: look at what moved, say why in the commit, and write the file
// anew with STEPPE_WRITE_GOLDEN=1.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/io/result_file.h"
#include "tests/scenario/site.h"

using namespace steppe;
using namespace steppe::test;

namespace {

const char* const kSignals[] = {"utility.p_import",
                                "load.power",
                                "load.queue",
                                "bess.battery.soc",
                                "pod.rectifier[0].p_loss",
                                "pod.rack[2].chip_temp",
                                "pod.cdu_exchanger[2].approach",
                                "plant.dry_cooler.fan"};
constexpr size_t kEvery = 1800;  // rows of 1 s

/// A line of words, then numbers: "curve NAME v v v" or "event COMPONENT NAME FROM TO time".
std::string describe(const io::ResultFile& f) {
  std::string out;
  for (const char* name : kSignals) {
    out += fmt::format("curve {}", name);
    const auto v = f.read(name);
    for (size_t i = kEvery; i < v.size(); i += kEvery) out += fmt::format(" {:.9g}", v[i]);
    out += '\n';
  }
  for (const auto& e : f.events()) {
    const auto word = [](std::string s) {
      std::replace(s.begin(), s.end(), ' ', '_');
      return s.empty() ? std::string("-") : s;
    };
    out += fmt::format("event {} {} {} {} {:.6f}\n", word(e.component), word(e.name), word(e.from),
                       word(e.to), e.time);
  }
  return out;
}

}  // namespace

TEST_CASE("golden run: curves and events of the Ulanqab day") {
  const std::string file = temp_file("golden.h5"),
                    golden = std::string(STEPPE_SOURCE_DIR) + "/tests/scenario/ulanqab-day.golden";
  load_site("ulanqab-day.yaml")->run(request(86400.0, file));
  const std::string now = describe(io::ResultFile::open(file));
  fs::remove(file);
  if (std::getenv("STEPPE_WRITE_GOLDEN")) std::ofstream(golden) << now;
  std::ifstream in(golden);
  REQUIRE(in.good());
  std::istringstream is(now);
  std::string was_line, is_line;
  while (std::getline(in, was_line)) {
    REQUIRE(std::getline(is, is_line));
    std::istringstream a(was_line), b(is_line);
    std::string kind, x, y;
    a >> kind;
    b >> x;
    CAPTURE(was_line.substr(0, 80));
    CAPTURE(is_line.substr(0, 80));
    REQUIRE(kind == x);
    for (int words = kind == "event" ? 4 : 1; words > 0; --words) {
      a >> x;
      b >> y;
      CHECK(x == y);
    }
    std::vector<double> was, is_now;
    for (double v; a >> v;) was.push_back(v);
    for (double v; b >> v;) is_now.push_back(v);
    REQUIRE(was.size() == is_now.size());
    double scale = 0.0;
    for (double v : was) scale = std::max(scale, std::abs(v));
    // Other libraries of elementary functions change the last digits, and with them where the
    // adaptive steps fall: far below the step tolerance of 1e-5. An event may move by one exchange
    // of a second where a controller samples what is about to cross.
    const double allowed = kind == "event" ? 1.0 : 1e-5 * scale;
    double worst = 0.0;
    for (size_t i = 0; i < was.size(); ++i) worst = std::max(worst, std::abs(was[i] - is_now[i]));
    CHECK(worst <= allowed);
  }
  CHECK(!std::getline(is, is_line));
}
