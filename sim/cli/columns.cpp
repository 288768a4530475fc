#include "sim/cli/columns.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/app/simulation.h"
#include "sim/base/date.h"
#include "sim/base/error.h"

namespace steppe::cli {

std::string iso_time(double epoch) {
  const double ms = std::round(epoch * 1e3), whole = std::floor(ms / 1e3);
  std::string out = format_date(whole);
  out[10] = 'T';
  const int rest = static_cast<int>(ms - whole * 1e3);
  return rest == 0 ? out : out + fmt::format(".{:03}", rest);
}

std::vector<Column> select_columns(const io::ResultFile& f,
                                   const std::vector<std::string>& patterns) {
  std::vector<Column> out;
  std::vector<bool> used(patterns.size(), false);
  std::vector<std::string> names;
  for (const auto& s : f.signals()) {
    names.push_back(s.name);
    const size_t dot = std::min(s.name.rfind('.'), s.name.size());
    for (int k = 0; k < s.width; ++k) {
      Column c{&s, k, s.name};
      if (s.width > 1)
        c.name = fmt::format("{}[{}]{}", s.name.substr(0, dot), k, s.name.substr(dot));
      bool wanted = patterns.empty();
      for (size_t p = 0; p < patterns.size(); ++p)
        if (app::glob_match(patterns[p], s.name) || app::glob_match(patterns[p], c.name))
          wanted = used[p] = true;
      if (wanted) out.push_back(std::move(c));
    }
  }
  for (size_t p = 0; p < patterns.size(); ++p)
    if (!used[p]) {
      const auto near = nearest(patterns[p], names);
      throw UserError(fmt::format("{}: no signal matches '{}'{}", f.path(), patterns[p],
                                  near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    }
  return out;
}

}  // namespace steppe::cli
