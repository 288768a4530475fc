// The command line. Only this file and gui/main.cpp know the concrete models.
#include <fmt/format.h>
#include <sys/stat.h>

#include <clocale>
#include <cstdio>
#include <exception>

#include "models/registry.h"
#include "sim/cli/commands.h"

int main(int argc, char** argv) {
  using namespace steppe;
  std::setlocale(LC_ALL, "C");
  CLI::App app{"steppe - power and cooling of an AI data center, second by second", "steppe"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "steppe " STEPPE_VERSION);
  app.get_formatter()->column_width(34);
  try {
    const core::Registry registry = models::registry();
    cli::Program program{registry};
    for (auto* add : {cli::add_run, cli::add_check, cli::add_load, cli::add_report,
                      cli::add_compare, cli::add_plot, cli::add_export, cli::add_eval,
                      cli::add_info, cli::add_schema, cli::add_completion})
      add(app, program);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
      app.exit(e);
      return 2;
    }
    return program.exit_code;
  } catch (const Error& e) {
    const std::string text = e.what();
    fmt::print(stderr, "{}{}\n",
               text.starts_with("error") || e.exit_code() == 70 ? "" : "error: ", text);
    return e.exit_code();
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: out of memory\n");
    return 5;
  } catch (const std::exception& e) {
    fmt::print(stderr, "internal error: {}\n", e.what());
    return 70;
  }
}
