#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/base/error.h"
#include "sim/io/hdf5_file.h"
#include "sim/io/recorder.h"
#include "sim/io/result_file.h"

using namespace steppe;
using namespace steppe::io;

namespace {

struct TempDir {
  std::filesystem::path path;
  TempDir() {
    path =
        std::filesystem::temp_directory_path() / fmt::format("steppe_result_test_{}", ::getpid());
    std::filesystem::create_directories(path);
  }
  ~TempDir() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return (path / name).string(); }
};

RecorderSpec spec(int row_block = 0) {
  RecorderSpec s;
  s.start = "2026-01-15 00:00:00";
  s.row_block = row_block;
  s.channels = {{"site.p_elec", "W", "site power", 1, ChannelSpec::Kind::continuous, true, false},
                {"rack.inlet_temp", "K", "inlet", 3, ChannelSpec::Kind::continuous, false, false},
                {"ups.mode", "1", "", 1, ChannelSpec::Kind::zoh, false, true}};
  return s;
}

void fill(Recorder& r, int rows, int first = 0) {
  for (int k = first; k < first + rows; ++k) {
    const double mean[5] = {1e3 + k, 300.0 + k, 301, 302, double(k % 2)};
    const double min[5] = {1e3 + k - 1, 0, 0, 0, 0};
    const double max[5] = {1e3 + k + 1, 0, 0, 0, 0};
    r.append_window(60.0 * k, mean, min, max);
  }
}

std::string why(const std::string& path) {
  try {
    ResultFile::open(path);
  } catch (const IoError& e) {
    CHECK(e.exit_code() == 5);
    const std::string text = e.what();
    CHECK(text.starts_with(path + ": "));
    return text.substr(path.size() + 2);
  }
  return "";
}

}  // namespace

TEST_CASE("results: what is recorded reads back, for any block and any flush between") {
  TempDir dir;
  for (const int block : {0, 1, 7, 10, 64}) {
    CAPTURE(block);
    const std::string path = dir.file("a.h5");
    {
      Recorder r(path, spec(block));
      CHECK(r.row_size() == 5);
      fill(r, 13);
      r.event(30.5, "ups1", "transfer", "grid", "battery", "Feeder A lost — 300 ms");
      r.flush();
      fill(r, 37, 13);
      r.event(40.5, "ups1", "transfer", "battery", "grid", "");
      r.set_text("/scenario/source", "steppe: 1\n# µ\n");
      r.set_text("/scenario/resolved", "");
      r.set_kpi("pue", 1.08, "1", "power usage effectiveness");
      r.set_ledger("energy_in", 5e9, "J");
      r.set_provenance("git", "abc");
      r.set_provenance("wall_s", 2.5);
      r.append_column("requests", "ttft", "s", "time to first token", {0.1, 0.2});
      r.append_column("requests", "ttft", "s", "time to first token", {0.3});
      const char state[] = "state";
      r.put_checkpoint(7809.9, "y", state, sizeof state);
      r.put_checkpoint(60, "y", state, 0);
      r.finish("complete");
    }
    const ResultFile f = ResultFile::open(path);
    CHECK(f.status() == "complete");
    CHECK(f.start() == "2026-01-15 00:00:00");
    CHECK(f.rows() == 50);
    REQUIRE(f.signals().size() == 5);
    CHECK(f.signals()[0].name == "site.p_elec");
    CHECK(f.signals()[1].name == "site.p_elec_min");
    CHECK(f.signals()[0].cell_methods == "time: mean");
    CHECK(f.signals()[2].cell_methods == "time: maximum");
    const ResultSignal* rack = f.find("rack.inlet_temp");
    REQUIRE(rack);
    CHECK(rack->width == 3);
    CHECK(rack->unit == "K");
    CHECK(rack->long_name == "inlet");
    CHECK(rack->cell_methods == "time: point");
    CHECK_FALSE(rack->zoh);
    CHECK(f.find("ups.mode")->zoh);
    const auto t = f.time(), mean = f.read("site.p_elec"), max = f.read("site.p_elec_max"),
               r1 = f.read("rack[1].inlet_temp"), all = f.read("rack.inlet_temp"),
               mode = f.read("ups.mode");
    REQUIRE(t.size() == 50);
    REQUIRE(all.size() == 150);
    for (size_t k = 0; k < 50; ++k) {
      CHECK(t[k] == 60.0 * double(k));
      CHECK(mean[k] == 1e3 + double(k));
      CHECK(max[k] == 1e3 + double(k) + 1);
      CHECK(r1[k] == 301);
      CHECK(all[3 * k] == 300 + double(k));
      CHECK(mode[k] == double(k % 2));
    }
    CHECK(f.read("site.p_elec", 48, 10) == std::vector<double>{1048, 1049});
    CHECK(f.read("site.p_elec", 60, 10).empty());
    CHECK(f.read_unit("rack.inlet_temp", 0, 2, 2) == std::vector<double>{302, 303});
    const auto events = f.events();
    REQUIRE(events.size() == 2);
    CHECK(events[0].time == 30.5);
    CHECK(events[0].text == "Feeder A lost — 300 ms");
    CHECK(events[1].to == "grid");
    CHECK(f.text("/scenario/source") == "steppe: 1\n# µ\n");
    CHECK(f.text("/scenario/resolved") == "");
    CHECK(f.text("/scenario/none") == "");
    REQUIRE(f.kpis().size() == 1);
    CHECK(f.kpis()[0].name == "pue");
    CHECK(f.kpis()[0].value == 1.08);
    CHECK(f.kpis()[0].long_name == "power usage effectiveness");
    CHECK(f.ledger()[0].unit == "J");
    CHECK(f.provenance().at("git") == "abc");
    CHECK(f.provenance().at("wall_s") == "2.5");
    CHECK(f.columns("requests").at(0).unit == "s");
    CHECK(f.read_column("requests", "ttft") == std::vector<double>{0.1, 0.2, 0.3});
    CHECK(f.columns("nothing").empty());
    CHECK(f.checkpoints() == std::vector<double>{60, 7809.9});
    CHECK(f.checkpoint(7809.9, "y").size() == 6);
    CHECK(f.checkpoint(60, "y").empty());
  }
}

TEST_CASE("results: a signal that is not there") {
  TempDir dir;
  {
    Recorder r(dir.file("a.h5"), spec());
    fill(r, 2);
    r.finish("complete");
  }
  const ResultFile f = ResultFile::open(dir.file("a.h5"));
  auto message = [&](const std::string& name) {
    try {
      f.read(name);
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK(message("rack.inlet_tmp").find("did you mean 'rack.inlet_temp'?") != std::string::npos);
  CHECK(message("rack[3].inlet_temp").find("has units 0 to 2, not 3") != std::string::npos);
  CHECK(message("rack[x].inlet_temp").find("there is no signal") != std::string::npos);
  CHECK(message("").find("there is no signal") != std::string::npos);
}

TEST_CASE("results: misuse is caught") {
  TempDir dir;
  Recorder r(dir.file("a.h5"), spec());
  fill(r, 2);
  CHECK_THROWS_AS(fill(r, 1), InternalError);  // time goes back
  RecorderSpec twice = spec();
  twice.channels.push_back(twice.channels[0]);
  CHECK_THROWS_AS(Recorder(dir.file("b.h5"), twice), InternalError);
  RecorderSpec bad = spec();
  bad.channels[0].name = "a/b";
  CHECK_THROWS_AS(Recorder(dir.file("c.h5"), bad), InternalError);
}

TEST_CASE("results: files that cannot be written keep what was there") {
  TempDir dir;
  CHECK_THROWS_WITH_AS(Recorder(dir.path.string(), spec()),
                       (dir.path.string() + ": cannot be written: is a directory").c_str(),
                       IoError);
  CHECK_THROWS_AS(Recorder(dir.file("none/a.h5"), spec()), IoError);
  CHECK_THROWS_AS(Recorder("/dev/null", spec()), IoError);
  std::ofstream(dir.file("old.h5")) << "precious";
  if (::geteuid() != 0) {
    std::filesystem::permissions(
        dir.path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    CHECK_THROWS_AS(Recorder(dir.file("old.h5"), spec()), IoError);
    std::filesystem::permissions(dir.path, std::filesystem::perms::owner_all);
    CHECK(std::filesystem::file_size(dir.file("old.h5")) == 8);
  }
  // Overwriting works, and leaves no other file behind.
  {
    Recorder r(dir.file("old.h5"), spec());
    fill(r, 3);
    r.finish("cancelled");
  }
  CHECK(ResultFile::open(dir.file("old.h5")).status() == "cancelled");
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path), {}) == 1);
}

TEST_CASE("results: files that are none") {
  TempDir dir;
  const std::string path = dir.file("x.h5");
  CHECK(why(path) == "no such file");
  CHECK(why(dir.path.string()) == "is a directory");
  std::ofstream(path).close();
  CHECK(why(path) == "is empty");
  std::ofstream(path) << "time,power\n1,2\n";
  CHECK(why(path) == "is not an HDF5 file");
  Hdf5File::create(path).write_number("/x", 1.0);
  CHECK(why(path) == "is HDF5, but not a result of steppe");
  {
    Hdf5File f = Hdf5File::create(path);
    f.set_attribute("/", "steppe_format", 99);
  }
  CHECK(why(path).find("result format 99") != std::string::npos);
}

TEST_CASE("results: a truncated file is an error, wherever it ends") {
  TempDir dir;
  const std::string path = dir.file("a.h5"), cut = dir.file("cut.h5");
  {
    Recorder r(path, spec(8));
    fill(r, 100);
    r.set_text("/scenario/source", std::string(5000, 'x'));
    r.finish("complete");
  }
  std::ifstream in(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  for (size_t n = 0; n < bytes.size(); n += 997) {
    std::ofstream(cut, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(n));
    CHECK_THROWS_AS(ResultFile::open(cut), IoError);
  }
}

TEST_CASE("results: a killed run leaves a file that says so and holds its whole blocks") {
  TempDir dir;
  const std::string path = dir.file("a.h5");
  const pid_t child = ::fork();
  if (child == 0) {
    Recorder r(path, spec(10));
    fill(r, 37);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  const ResultFile f = ResultFile::open(path);
  CHECK(f.status() == "cut off");
  CHECK(f.rows() == 30);
  CHECK(f.read("site.p_elec").size() == 30);
  CHECK(f.read("site.p_elec").back() == 1029);
}

TEST_CASE("results: datasets that a kill left at different lengths end with what all have") {
  TempDir dir;
  {
    auto f = Hdf5File::create(dir.file("a.h5"));
    f.set_attribute("/", "steppe_format", kResultFormat);
    f.set_attribute("/", "status", "running");
    f.make_group("/signals");
    const std::vector<double> values(8, 1.0);
    for (const auto& [name, rows] : {std::pair{"time", 8}, std::pair{"a", 6}, std::pair{"b", 7}}) {
      auto series = f.make_series(std::string("/signals/") + name, Hdf5Type::f64, 0, 4, 0);
      f.append(series, values.data(), static_cast<uint64_t>(rows));
    }
    f.close();
  }
  const ResultFile f = ResultFile::open(dir.file("a.h5"));
  CHECK(f.rows() == 6);
  CHECK(f.time().size() == 6);
  CHECK(f.read("b").size() == 6);
}

TEST_CASE("results: an exception on the way marks the file failed") {
  TempDir dir;
  try {
    Recorder r(dir.file("a.h5"), spec(10));
    fill(r, 25);
    throw SolveError("diverged");
  } catch (const SolveError&) {
  }
  const ResultFile f = ResultFile::open(dir.file("a.h5"));
  CHECK(f.status() == "failed");
  CHECK(f.rows() == 25);
}

TEST_CASE("results: a file in the hands of another process") {
  TempDir dir;
  const std::string path = dir.file("a.h5");
  int ready[2], done[2];
  REQUIRE(::pipe(ready) == 0);
  REQUIRE(::pipe(done) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Recorder r(path, spec(10));
    fill(r, 12);
    char c = 0;
    (void)!::write(ready[1], &c, 1);
    (void)!::read(done[0], &c, 1);
    r.finish("complete");
    ::_exit(0);
  }
  char c = 0;
  REQUIRE(::read(ready[0], &c, 1) == 1);
  CHECK(why(path) == "is still being written by a run");
  REQUIRE(::write(done[1], &c, 1) == 1);
  ::waitpid(child, nullptr, 0);
  CHECK(ResultFile::open(path).rows() == 12);
  for (int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
}

TEST_CASE("results: a full disk is an error in plain words") {
  TempDir dir;
  const std::string path = dir.file("a.h5"), message = dir.file("message");
  const pid_t child = ::fork();
  if (child == 0) {
    // A limit on the size of files stands in for a full disk: the system call fails in the same
    // place.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{60'000, 60'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int code = 1;
    try {
      RecorderSpec s = spec(100);
      s.deflate = 0;
      Recorder r(path, s);
      fill(r, 100'000);
    } catch (const IoError& e) {
      std::ofstream(message) << e.what();
      code = e.exit_code();
    }
    ::exit(code);  // with the library's own clean-up, which must not crash on the broken file
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 5);
  std::ifstream in(message);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  CHECK(text == path + ": cannot be written: file too large");
}

TEST_CASE("results: two threads at once") {
  TempDir dir;
  auto work = [&](int id) {
    const std::string path = dir.file(fmt::format("{}.h5", id));
    for (int i = 0; i < 5; ++i) {
      {
        Recorder r(path, spec(16));
        fill(r, 100);
        r.finish("complete");
      }
      const ResultFile f = ResultFile::open(path);
      if (f.read("site.p_elec").size() != 100) throw InternalError("lost rows");
    }
  };
  std::thread a(work, 1), b(work, 2);
  a.join();
  b.join();
  CHECK(ResultFile::open(dir.file("1.h5")).rows() == 100);
}
