// steppe export: a result as CSV (RFC 4180), row by row, whatever its length.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/app/scenario.h"
#include "sim/base/date.h"
#include "sim/base/units.h"
#include "sim/cli/columns.h"
#include "sim/cli/commands.h"
#include "sim/io/csv.h"

namespace steppe::cli {
namespace {

/// Gathers the rows of one interval into one.
class Thinner {
 public:
  explicit Thinner(const std::vector<Column>& columns) : value_(columns.size(), 0.0) {
    for (const auto& c : columns) {
      const std::string& m = c.signal->cell_methods;
      how_.push_back(c.signal->zoh          ? How::last
                     : m == "time: minimum" ? How::least
                     : m == "time: maximum" ? How::most
                     : m == "time: mean"    ? How::mean
                                            : How::last);
    }
  }
  /// A row that stands for the `dt` seconds before it.
  void add(size_t column, double v, double dt) {
    double& x = value_[column];
    switch (how_[column]) {
      case How::last:
        x = v;
        break;
      case How::least:
        x = fresh_ ? v : std::min(x, v);
        break;
      case How::most:
        x = fresh_ ? v : std::max(x, v);
        break;
      case How::mean:
        x = fresh_ ? v * dt : x + v * dt;
        break;
    }
  }
  void end_row(double dt) {
    length_ = fresh_ ? dt : length_ + dt;
    fresh_ = false;
  }
  double take(size_t column) const {
    return how_[column] == How::mean ? value_[column] / length_ : value_[column];
  }
  void reset() { fresh_ = true; }

 private:
  enum class How { last, least, most, mean };
  std::vector<How> how_;
  std::vector<double> value_;
  double length_ = 0.0;
  bool fresh_ = true;
};

void export_csv(const std::string& file, const std::string& output,
                const std::vector<std::string>& patterns, const std::string& every_text) {
  double every = 0.0;
  if (!every_text.empty()) {
    std::string error;
    every = quantity_as(every_text, "s", error);
    if (!error.empty() || every <= 0.0)
      throw UserError(fmt::format("--every '{}' {}", every_text,
                                  error.empty() ? "must be more than 0" : error));
  }
  const auto f = io::ResultFile::open(file);
  const auto columns = select_columns(f, patterns);
  const double epoch = parse_date(f.start()).value_or(0.0);
  io::CsvWriter out(output);
  std::vector<std::string> head{"datetime", "time [s]"};
  std::vector<bool> from_float{false};
  for (const auto& c : columns) {
    head.push_back(fmt::format("{} [{}]", c.name, c.signal->unit));
    from_float.push_back(c.signal->single_precision);
  }
  out.texts(head);

  constexpr size_t kMostValues = 4'000'000;  // in memory at once
  const uint64_t block = std::clamp<uint64_t>(kMostValues / (columns.size() + 1), 64, 16384);
  Thinner thinner(columns);
  std::vector<std::vector<double>> data;
  std::vector<double> values(columns.size() + 1);
  double last = 0.0, due = every;
  bool first_row = true, pending = false;
  auto write = [&](double t) {
    values[0] = t;
    out.row(values, iso_time(epoch + t), from_float);
    thinner.reset();
    first_row = pending = false;
  };
  auto take_interval = [&] {
    for (size_t c = 0; c < columns.size(); ++c) values[c + 1] = thinner.take(c);
  };
  for (uint64_t row = 0; row < f.rows(); row += block) {
    const auto time = f.time(row, block);
    data.clear();
    for (size_t c = 0; c < columns.size(); ++c)
      // The units of one signal stand side by side: they are read in one go.
      data.push_back(c > 0 && columns[c].signal == columns[c - 1].signal
                         ? std::vector<double>()
                         : f.read(columns[c].signal->name, row, block));
    for (size_t i = 0; i < time.size(); ++i) {
      const double t = time[i], dt = t - last;
      size_t whole = 0;
      for (size_t c = 0; c < columns.size(); ++c) {
        if (!data[c].empty()) whole = c;
        const auto width = static_cast<size_t>(columns[c].signal->width);
        values[c + 1] = data[whole].at(i * width + static_cast<size_t>(columns[c].unit));
        if (every > 0.0) thinner.add(c, values[c + 1], dt);
      }
      last = t;
      // The first row is the start, an instant without a past.
      if (every == 0.0 || first_row) {
        write(t);
        continue;
      }
      thinner.end_row(dt);
      pending = true;
      if (t < due * (1.0 - 1e-12)) continue;
      while (due <= t * (1.0 + 1e-12)) due += every;
      take_interval();
      write(t);
    }
  }
  // What is left at the end is shorter than the others; its time says so.
  if (pending) {
    take_interval();
    write(last);
  }
  out.close();
}

}  // namespace

void add_export(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("export", "A result as CSV");
  auto file = std::make_shared<std::string>(), output = std::make_shared<std::string>(),
       every = std::make_shared<std::string>();
  auto signals = std::make_shared<std::vector<std::string>>();
  cmd->add_option("RESULT", *file, "Result file (.h5)")->required();
  cmd->add_option("-o,--output", *output, "CSV file; - is the standard output")->required();
  cmd->add_option("--signals", *signals, "Signals to write, with * (may be repeated); default: all")
      ->take_all();
  cmd->add_option("--every", *every,
                  "One row per interval, e.g. \"15 min\": means, least and largest values");
  cmd->callback([=, &program] {
    export_csv(*file, *output, *signals, *every);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
