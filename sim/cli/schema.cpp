// steppe schema: what an editor has to know to complete and check scenario files.
#include "sim/app/schema.h"

#include <fmt/format.h>

#include "sim/cli/commands.h"

namespace steppe::cli {

void add_schema(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("schema", "JSON Schema of scenario files, for editors");
  auto of_template = std::make_shared<bool>(false);
  cmd->add_flag("--template", *of_template, "Of template files instead");
  cmd->footer(
      "A first line such as\n  # yaml-language-server: $schema=steppe.schema.json\nin a scenario "
      "lets editors complete keys and mark mistakes.");
  cmd->callback([=, &program] {
    fmt::print("{}\n", app::scenario_schema(program.registry, *of_template));
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
