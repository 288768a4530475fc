// steppe plot: curves of a result as PNG, SVG or PDF.
#include "sim/app/plot.h"

#include <fmt/format.h>

#include "sim/base/units.h"
#include "sim/cli/columns.h"
#include "sim/cli/commands.h"

namespace steppe::cli {
namespace {

struct PlotArgs {
  std::string file, output, from, to;
  std::vector<std::string> signals;
  app::PlotRequest request;
  bool split = false;
};

double time_option(const char* name, const std::string& text) {
  if (text.empty()) return 0.0;
  std::string error;
  const double v = quantity_as(text, "s", error);
  if (!error.empty()) throw UserError(fmt::format("{} '{}' {}", name, text, error));
  return v;
}

void plot(PlotArgs args) {
  auto& r = args.request;
  r.from = time_option("--from", args.from);
  r.to = time_option("--to", args.to);
  const auto f = io::ResultFile::open(args.file);
  int panel = 0;
  for (const auto& pattern : args.signals) {
    // The extremes are drawn as the band of their mean, not as curves of their own, unless named.
    const bool wild = pattern.find('*') != std::string::npos;
    for (const auto& c : select_columns(f, {pattern})) {
      const bool extreme = c.signal->name.ends_with("_min") || c.signal->name.ends_with("_max");
      if (wild && extreme && f.find(c.signal->name.substr(0, c.signal->name.size() - 4))) continue;
      r.curves.push_back({c.signal->name, c.unit, c.name, args.split ? panel : -1});
    }
    ++panel;
  }
  constexpr size_t kMostCurves = 100;
  if (r.curves.size() > kMostCurves)
    throw UserError(
        fmt::format("{} curves do not fit one figure: at most {}", r.curves.size(), kMostCurves));
  app::plot(f, r, args.output);
}

}  // namespace

void add_plot(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("plot", "Curves of a result as PNG, SVG or PDF");
  auto args = std::make_shared<PlotArgs>();
  cmd->add_option("RESULT", args->file, "Result file (.h5)")->required();
  cmd->add_option("SIGNAL", args->signals, "Signals, with *, e.g. utility.p_import rack[3].*")
      ->required();
  cmd->add_option("-o,--output", args->output, "Figure: .png, .svg or .pdf")->required();
  cmd->add_option("--from", args->from, "Start of the figure, e.g. \"2 h\"");
  cmd->add_option("--to", args->to, "End of the figure");
  cmd->add_flag("--split", args->split, "A panel for each SIGNAL; else signals of one unit share");
  cmd->add_option("--title", args->request.title, "Heading");
  cmd->add_option("--width", args->request.width, "Width in mm (default: 180)")
      ->check(CLI::Range(40.0, 2000.0));
  cmd->add_option("--height", args->request.height, "Height in mm")
      ->check(CLI::Range(30.0, 2000.0));
  cmd->add_option("--dpi", args->request.dpi, "Resolution of a PNG (default: 200)")
      ->check(CLI::Range(50.0, 1200.0));
  cmd->callback([=, &program] {
    plot(*args);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
