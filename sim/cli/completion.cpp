// steppe completion: scripts for shells, made from the commands as they are declared.
#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/commands.h"

namespace steppe::cli {
namespace {

struct Option {
  std::vector<std::string> names;  ///< "-o", "--output"; empty for an argument
  std::string help;
  bool takes_value = false;
  std::vector<std::string> choices;
  std::string files;  ///< ending of the files that it names: "h5", "yaml", "*"
};
struct Command {
  std::string name, help;
  std::vector<Option> options;
  std::vector<Option> arguments;
};

/// "{a,b}" in the name of a type lists what is allowed.
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> out;
  const size_t open = type.find('{'), close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return out;
  std::string item;
  for (size_t i = open + 1; i <= close; ++i)
    if (type[i] == ',' || type[i] == '}')
      out.push_back(std::exchange(item, {}));
    else if (type[i] != ' ')
      item += type[i];
  return out;
}

std::vector<Command> commands_of(CLI::App& app, const std::vector<std::string>& models) {
  std::vector<Command> out;
  for (auto* sub : app.get_subcommands({})) {
    Command c{sub->get_name(), sub->get_description(), {}, {}};
    for (const auto* o : sub->get_options()) {
      Option x;
      x.help = o->get_description();
      x.takes_value = o->get_type_size() != 0;
      x.choices = choices_of(o->get_type_name());
      for (const auto& n : o->get_snames()) x.names.push_back("-" + n);
      for (const auto& n : o->get_lnames()) x.names.push_back("--" + n);
      const std::string name = o->get_single_name();
      if (name == "SCENARIO" || name == "STUDY") x.files = "yaml";
      if (name == "RESULT" || name == "A" || name == "B" || (c.name == "run" && name == "from"))
        x.files = "h5";
      if (name == "output" || name == "csv" || name == "requests") x.files = "*";
      if (name == "MODEL") x.choices = models;
      (x.names.empty() ? c.arguments : c.options).push_back(std::move(x));
    }
    out.push_back(std::move(c));
  }
  return out;
}

std::string flags_of(const Command& c) {
  std::vector<std::string> all;
  for (const auto& o : c.options) all.insert(all.end(), o.names.begin(), o.names.end());
  return fmt::format("{}", fmt::join(all, " "));
}

std::string bash(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const auto& c : commands) names.push_back(c.name);
  std::string out = fmt::format(R"sh(# bash completion of steppe: source <(steppe completion bash)
_steppe_files() {{ # ending
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  if [ "$1" = '*' ]; then COMPREPLY=($(compgen -f -- "$cur")); return; fi
  COMPREPLY=($(compgen -f -X "!*.$1" -- "$cur") $(compgen -d -- "$cur"))
}}
_steppe_paths() {{ # the parameters of the scenario on the line, or of the default one
  local word scenario=
  for word in "${{COMP_WORDS[@]}}"; do case $word in *.yaml) scenario=$word ;; esac; done
  compopt -o nospace 2>/dev/null
  COMPREPLY=($(compgen -W "$("${{COMP_WORDS[0]}}" check $scenario --paths 2>/dev/null |
    sed 's/ = .*/=/')" -- "$cur"))
}}
_steppe() {{
  local cur prev command
  cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}}
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then COMPREPLY=($(compgen -W "{}" -- "$cur")); return; fi
  case "$command $prev" in
)sh",
                                fmt::join(names, " "));
  for (const auto& c : commands)
    for (const auto& o : c.options) {
      if (!o.takes_value) continue;
      std::vector<std::string> patterns;
      for (const auto& n : o.names) patterns.push_back(fmt::format("'{} {}'", c.name, n));
      const bool set = o.names.back() == "--set";
      const std::string action = set ? "_steppe_paths"
                                 : !o.choices.empty()
                                     ? fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))",
                                                   fmt::join(o.choices, " "))
                                 : !o.files.empty() ? fmt::format("_steppe_files '{}'", o.files)
                                                    : ":";
      out += fmt::format("    {}) {}; return ;;\n", fmt::join(patterns, "|"), action);
    }
  out += "  esac\n  case $command in\n";
  for (const auto& c : commands) {
    out += fmt::format(
        "    {}) if [ \"${{cur#-}}\" != \"$cur\" ]; then COMPREPLY=($(compgen -W \"{}\" -- "
        "\"$cur\"));",
        c.name, flags_of(c));
    for (const auto& a : c.arguments) {
      if (!a.choices.empty())
        out += fmt::format(" else COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"));",
                           fmt::join(a.choices, " "));
      else if (!a.files.empty())
        out += fmt::format(" else _steppe_files '{}';", a.files);
      else
        continue;
      break;  // the first argument that can be completed decides
    }
    out += " fi ;;\n";
  }
  return out + "  esac\n}\ncomplete -F _steppe steppe ./steppe\n";
}

std::string quoted(const std::string& s, std::string_view special) {
  std::string out;
  for (char c : s) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string zsh(const std::vector<Command>& commands) {
  auto text = [](const std::string& s) {
    std::string out;
    for (char c : quoted(s, "[]:\\")) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out;
  };
  auto values = [](const Option& o) -> std::string {
    if (!o.choices.empty()) return fmt::format("value:({})", fmt::join(o.choices, " "));
    if (o.files == "*") return "file:_files";
    if (!o.files.empty()) return fmt::format("file:_files -g \"*.{}\"", o.files);
    return "value:";
  };
  std::string out =
      "#compdef steppe\n# zsh completion of steppe: steppe completion zsh > a folder of "
      "$fpath/_steppe\n_steppe() {\n  local -a commands\n  commands=(\n";
  for (const auto& c : commands) out += fmt::format("    '{}:{}'\n", c.name, text(c.help));
  out +=
      "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n"
      "  local command=$words[2]\n  shift words; (( CURRENT-- ))\n  case $command in\n";
  for (const auto& c : commands) {
    out += fmt::format("    {}) _arguments", c.name);
    for (const auto& o : c.options)
      for (const auto& n : o.names)
        out += fmt::format(" \\\n      '*{}[{}]{}'", n, text(o.help),
                           o.takes_value ? ":" + values(o) : "");
    for (const auto& a : c.arguments)
      out += fmt::format(" \\\n      '{}:{}'", &a == &c.arguments.back() ? "*:" : ":", values(a));
    out += " ;;\n";
  }
  return out + "  esac\n}\n_steppe \"$@\"\n";
}

std::string fish(const std::vector<Command>& commands) {
  auto text = [](const std::string& s) { return quoted(s, "'\\"); };
  std::string out =
      "# fish completion of steppe: steppe completion fish > "
      "~/.config/fish/completions/steppe.fish\ncomplete -c steppe -f\n";
  for (const auto& c : commands)
    out += fmt::format("complete -c steppe -n __fish_use_subcommand -a {} -d '{}'\n", c.name,
                       text(c.help));
  for (const auto& c : commands) {
    const std::string when =
        fmt::format("complete -c steppe -n '__fish_seen_subcommand_from {}'", c.name);
    for (const auto& o : c.options) {
      out += when;
      for (const auto& n : o.names)
        out += n.starts_with("--") ? " -l " + n.substr(2) : " -s " + n.substr(1);
      if (o.takes_value) out += " -r";
      if (!o.choices.empty()) out += fmt::format(" -a '{}'", fmt::join(o.choices, " "));
      if (!o.files.empty()) out += " -F";
      out += fmt::format(" -d '{}'\n", text(o.help));
    }
    for (const auto& a : c.arguments)
      if (!a.choices.empty())
        out += fmt::format("{} -a '{}'\n", when, fmt::join(a.choices, " "));
      else if (!a.files.empty())
        out += when + " -F\n";
  }
  return out;
}

}  // namespace

void add_completion(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("completion", "Completion script for bash, zsh or fish");
  auto shell = std::make_shared<std::string>();
  cmd->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  cmd->footer("bash:  source <(steppe completion bash)");
  cmd->callback([=, &app, &program] {
    std::vector<std::string> models = program.registry.names();
    for (const auto& [name, calculator] : program.calculators)
      if (!program.registry.processes.count(name)) models.push_back(name);
    std::sort(models.begin(), models.end());
    const auto commands = commands_of(app, models);
    fmt::print("{}", *shell == "bash"  ? bash(commands)
                     : *shell == "zsh" ? zsh(commands)
                                       : fish(commands));
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
