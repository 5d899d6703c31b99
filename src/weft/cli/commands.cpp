#include "weft/cli/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <limits>
#include <new>

#include "weft/base/check.h"
#include "weft/base/nearest_key.h"
#include "weft/cli/arguments.h"
#include "weft/cli/data_command.h"
#include "weft/cli/launch_command.h"
#include "weft/cli/option_ranges.h"
#include "weft/cli/simulate_command.h"
#include "weft/cli/solve_command.h"
#include "weft/cli/version_text.h"
#include "weft/comm/communicator.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

namespace {

struct Command {
  int (*run)(const Arguments&);
  /// Else rank 0 runs it, and the others have nothing to do: it reads files, prints, or writes one.
  bool on_all_ranks = true;
};

void add_recipe(CLI::App& command, Arguments& arguments, bool required = true) {
  command
      .add_option("RECIPE", arguments.recipe,
                  "recipe file (TOML; every key is in docs/recipes.md), or the folder of a run")
      ->required(required);
  command.add_option("--set", arguments.set, "override a key of the recipe, as in --set optimizer.clip=1.0")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_out(CLI::App& command, Arguments& arguments) {
  command.add_option("--out", arguments.out, "folder of the run (default runs/NAME-DATE)")
      ->type_name("FOLDER");
}

void add_checkpoint(CLI::App& command, Arguments& arguments) {
  command
      .add_option("--out", arguments.out,
                  "folder of the run that trained it (default: the recipe's run.output)")
      ->type_name("FOLDER");
  command
      .add_option(
          "--checkpoint", arguments.checkpoint,
          "best, a step such as 100, a name such as step-0000000100, or a folder, instead of the newest "
          "good one in --out")
      ->type_name("NAME");
}

void declare_running(CLI::App& app, Arguments& arguments, std::map<CLI::App*, Command>& commands) {
  CLI::App* train =
      app.add_subcommand("train", "train a model; ends with its folder, checkpoints and report.html");
  add_recipe(*train, arguments);
  add_out(*train, arguments);
  train->add_option("--trace", arguments.trace, "write a timeline for Perfetto or chrome://tracing")
      ->type_name("FILE");
  train->add_flag(
      "--try", arguments.trial,
      "do two steps of everything (train, evaluate, checkpoint, report) and say how long all will take; "
      "keeps nothing, unless --out names a folder");
  commands[train] = {command_train};

  CLI::App* resume = app.add_subcommand("resume", "go on with a run from its newest good checkpoint");
  resume->add_option("RUN", arguments.recipe, "folder of the run")->required();
  resume->add_option("--set", arguments.set, "override a key of its recipe, as in --set run.steps=2000")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  resume->add_option("--trace", arguments.trace, "write a timeline for Perfetto or chrome://tracing")
      ->type_name("FILE");
  commands[resume] = {command_resume};

  CLI::App* eval = app.add_subcommand("eval", "loss and metrics of a checkpoint on the validation data");
  add_recipe(*eval, arguments);
  add_checkpoint(*eval, arguments);
  eval->add_option("--batches", arguments.batches, "so many batches of the validation data; without: all")
      ->check(integer_in(1, 1'000'000'000));
  commands[eval] = {command_eval};

  CLI::App* generate = app.add_subcommand("generate", "text that a trained model goes on with");
  add_recipe(*generate, arguments);
  add_checkpoint(*generate, arguments);
  generate->add_option("--prompt", arguments.prompt, "text to go on from; without: log.prompt of the recipe");
  generate->add_option("--tokens", arguments.tokens, "how many tokens")
      ->check(integer_in(1, 1'000'000))
      ->capture_default_str();
  generate
      ->add_option("--temperature", arguments.sampling.temperature,
                   "the higher, the more the unlikely comes; 0: always the likeliest")
      ->check(number_in(0, 100))
      ->capture_default_str();
  generate
      ->add_option("--top-k", arguments.sampling.top_k, "draw among so many of the likeliest tokens; 0: all")
      ->check(integer_in(0, 1'000'000'000))
      ->capture_default_str();
  generate
      ->add_option("--top-p", arguments.sampling.top_p,
                   "draw among the fewest likeliest tokens that have this probability together; 1: all")
      ->check(number_in(0, 1))
      ->capture_default_str();
  generate->add_option("--seed", arguments.seed, "of the draws (default: the recipe's run.seed)")
      ->check(integer_in(0, std::numeric_limits<int64_t>::max()));
  generate->add_option("--samples", arguments.samples, "how many texts; each is another draw")
      ->check(integer_in(1, 1'000'000))
      ->capture_default_str();
  commands[generate] = {command_generate};
}

void declare_planning(CLI::App& app, Arguments& arguments, std::map<CLI::App*, Command>& commands) {
  CLI::App* plan = app.add_subcommand("plan", "what a step will cost: flops, bytes, memory, communication");
  add_recipe(*plan, arguments, false);
  plan->add_option(
          "--ranks", arguments.ranks,
          "plan for this many ranks, as many along parallel.data as the other axes leave; starts none")
      ->check(integer_in(1, kMostRanks));
  plan->add_option("--machine", arguments.machine,
                   "price it for this machine, as `weft probe --out FILE` measured it")
      ->type_name("FILE");
  plan->add_flag("--explain", arguments.explain,
                 "print every instruction: flops, bytes, placement, communication");
  plan->add_flag("--tensors", arguments.tensors,
                 "print every input and state: its shape, how it is split, this rank's part");
  plan->add_flag("--stages", arguments.stages,
                 "print what each stage of planning changed, and what that saved");
  plan->add_flag("--graph", arguments.graph, "print the graph of all ranks as text instead");
  plan->add_option("--write-graph", arguments.graph_file,
                   "write the graph of all ranks to this file (JSON) instead")
      ->type_name("FILE");
  plan->add_flag("--dot", arguments.dot, "print it for Graphviz instead");
  plan->add_flag("--passes", arguments.passes, "print the graph after each pass that changed it");
  plan->add_flag("--list-passes", arguments.list_passes,
                 "print what every stage of planning says of itself (docs/passes.md)");
  plan->add_option("--skip", arguments.skip, "leave out a pass by its name")
      ->type_name("PASS")
      ->allow_extra_args(false);
  commands[plan] = {command_plan};
}

void declare_probe(CLI::App& app, Arguments& arguments, std::map<CLI::App*, Command>& commands) {
  CLI::App* probe = app.add_subcommand(
      "probe", "measure this machine: the rates that plans are priced by, kept where plans find them");
  probe
      ->add_option("--out", arguments.out,
                   "write the rates to this file, for data.machine and weft plan --machine, and not to the "
                   "cache")
      ->type_name("FILE");
  probe
      ->add_option("--storage", arguments.file_system,
                   "measure reading and writing in this folder of the shared file system too")
      ->type_name("FOLDER");
  probe->add_option("--disk", arguments.local_disk, "and in this one, of a disk of the node")
      ->type_name("FOLDER");
  probe
      ->add_option("--threads", arguments.threads,
                   "threads of each rank, as run.threads has them (default: an equal share of the cores)")
      ->check(integer_in(1, 4096));
  probe
      ->add_option("--seconds", arguments.seconds,
                   "no round begins after so long, but for the first three; where nothing is too noisy the "
                   "probe ends sooner")
      ->check(number_in(0, 600))
      ->capture_default_str();
  probe->footer(
      "Measured are products of matrices of several shapes in f32, bf16 and f64, a copy and a triad in\n"
      "memory, its first touch, and the launch of an instruction, in rounds that take turns. Each line has\n"
      "the median and how far the rounds lay apart: (p75 - p25) / median. What spreads by more than 15% is\n"
      "measured for longer, and then said to be too noisy to believe.\n\n"
      "The rates are kept in $XDG_CACHE_HOME/weft (else ~/.cache/weft), in one file for each processor,\n"
      "number of ranks on a host and threads of each. Training and weft plan use it where no data.machine\n"
      "is named, as long as oneDNN is the same.\n\n"
      "Run it as the training will run: mpirun -n 4 weft probe measures what each of 4 ranks has while all\n"
      "work at once, and messages between them; over several hosts also what lies between these.");
  commands[probe] = {command_probe};
}

void declare_looking_back(CLI::App& app, Arguments& arguments, std::map<CLI::App*, Command>& commands) {
  CLI::App* report = app.add_subcommand("report", "make report.html anew from what a run's folder keeps");
  report->add_option("RUN", arguments.target, "folder of the run")->required();
  report->add_option("--out", arguments.out, "write it to this file")->type_name("FILE");
  commands[report] = {command_report, false};

  CLI::App* runs = app.add_subcommand("runs", "list runs: state, step, loss, metric, time of a step");
  runs->add_option("DIR", arguments.targets, "folders to look for runs in, and below (default: runs)");
  commands[runs] = {command_runs, false};

  CLI::App* compare =
      app.add_subcommand("compare", "what differs between runs: keys of their recipes, and how they went");
  compare->add_option("RUN", arguments.targets, "folders of runs")
      ->required()
      ->expected(-2)
      ->type_name("FOLDER");
  compare
      ->add_option("--out", arguments.out,
                   "draw them in this file (default: compare.html in the working directory)")
      ->type_name("FILE");
  commands[compare] = {command_compare, false};
}

void declare_files(CLI::App& app, Arguments& arguments, std::map<CLI::App*, Command>& commands) {
  CLI::App* exported = app.add_subcommand("export", "write a checkpoint in another program's format");
  add_recipe(*exported, arguments);
  add_checkpoint(*exported, arguments);
  exported->add_option("--format", arguments.format, "huggingface: GPT-2 weights that transformers loads")
      ->check(CLI::IsMember({"huggingface"}));
  exported->add_option("--to", arguments.target, "folder to write")->required()->type_name("FOLDER");
  commands[exported] = {command_export, false};

  CLI::App* imported =
      app.add_subcommand("import", "make a run's first checkpoint from GPT-2 weights of transformers");
  add_recipe(*imported, arguments);
  add_out(*imported, arguments);
  imported
      ->add_option("--from", arguments.target,
                   "folder to read, as weft export --to writes it: config.json and model.safetensors")
      ->required()
      ->type_name("FOLDER");
  imported->add_flag(
      "--partial", arguments.partial,
      "say what does not fit the recipe's model and leave it out, instead of refusing the whole");
  commands[imported] = {command_import};

  CLI::App* inspect = app.add_subcommand("inspect", "print a resolved recipe, or what a checkpoint holds");
  inspect->add_option("FILE", arguments.target,
                      "recipe, folder of a run, checkpoint folder or safetensors file");
  inspect->add_option("--set", arguments.set, "override a key of the recipe")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  inspect
      ->add_option("--checkpoint", arguments.checkpoint,
                   "of a run: what this checkpoint holds, by its step (100), its name, or `best`")
      ->type_name("NAME");
  inspect->add_flag("--reference", arguments.reference,
                    "print the reference of all recipe keys (docs/recipes.md)");
  inspect->add_option("--graph", arguments.graph_file, "print the graph that `weft plan --write-graph` wrote")
      ->type_name("FILE");
  inspect->add_flag("--ops", arguments.ops, "print the reference of all ops (docs/ops.md)");
  commands[inspect] = {command_inspect, false};
}

/// " (did you mean train?)", where a command's name is near.
std::string nearest_command(const CLI::App& app, const std::string& typed) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  const std::optional<std::string> nearest = nearest_key(typed, names);
  return nearest ? fmt::format(" (did you mean {}?)", *nearest) : "";
}

/// An argument that no command takes. Who comes from other tools writes keys of the recipe as options.
std::string unexpected(const std::string& argument) {
  std::vector<std::string> keys;
  for (const RecipeKey& key : recipe_table().keys) keys.push_back(key.full_name());
  const std::string name = argument.substr(std::min(argument.size(), argument.find_first_not_of('-')));
  const std::optional<std::string> nearest = nearest_key(name, keys);
  return nearest ? fmt::format("{} is no option; did you mean --set {}=…?", argument, *nearest)
                 : fmt::format("{} is no option; keys of the recipe are set by --set KEY=VALUE", argument);
}

/// One sentence of what is wrong with the command line, and where to read on.
std::string usage_error(const CLI::App& app, const LaunchCommandLine& launch, const CLI::ParseError& error) {
  std::string command = "weft";
  for (const CLI::App* used : app.get_subcommands()) command += " " + used->get_name();
  std::string what = error.what();
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    const std::string first = what.substr(what.rfind(' ') + 1);  // CLI11 says them backwards
    if (launch.has_option(first)) {
      return fmt::format(
          "{} is an option of launch, and those stand before the command, as in weft launch -n 4 train "
          "RECIPE; weft launch --help tells more",
          first);
    }
    if (first.starts_with('-') && command == "weft launch") {
      return fmt::format(
          "{} is no option of launch, and those of the command stand behind it, as in weft launch -n 4 train "
          "RECIPE {}; weft launch --help tells more",
          first, first);
    }
    what = unexpected(first);
  }
  while (!what.empty() && (what.back() == '\n' || what.back() == '.')) what.pop_back();
  return fmt::format("{}; {} --help tells more", what, command);
}

/// An empty value is a mistake, such as a variable of a script that was not set. A prompt may be anything.
void refuse_empty_values(CLI::App& app) {
  const auto check = [](const std::string& text) {
    return text.empty() ? std::string("expected a value, got an empty one") : std::string();
  };
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() > 0 && option->get_name() != "--prompt") option->check(check, "");
  }
  for (CLI::App* command : app.get_subcommands({})) refuse_empty_values(*command);
}

/// All that may stand on a command line.
struct CommandLine {
  CommandLine() {
    app.require_subcommand(1);
    app.set_version_flag("--version", version_text,
                         "what runs here: Weft and the libraries that it stands on");
    declare_running(app, arguments, commands);
    declare_planning(app, arguments, commands);
    declare_probe(app, arguments, commands);
    declare_looking_back(app, arguments, commands);
    declare_files(app, arguments, commands);
    launch.declare(app);
    data.declare(app);
    simulate.declare(app);
    solve.declare(*app.get_subcommand("plan"));
    refuse_empty_values(app);
  }

  CLI::App app{
      "Weft trains neural networks whose cost is moving data. Start: weft train recipes/quickstart.toml",
      "weft"};
  Arguments arguments;
  std::map<CLI::App*, Command> commands;
  LaunchCommandLine launch;
  DataCommand data;
  SimulateCommand simulate;
  SolveCommand solve;
};

/// "data fold (did you mean folds?)" where these words name a command that there is not: CLI11 would only say
/// that one is missing.
std::optional<std::string> unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  std::string path;
  for (const std::string& word : words) {
    if (word.starts_with('-') || at->get_subcommands({}).empty()) break;
    const bool needs_none = at->get_require_subcommand_min() == 0;  // plan RECIPE
    path += (path.empty() ? "" : " ") + word;
    const auto named = at->get_subcommands([&](const CLI::App* one) { return one->get_name() == word; });
    if (named.empty() && needs_none) break;
    if (named.empty()) return path + nearest_command(*at, word);
    at = named.front();
  }
  return std::nullopt;
}

/// Reads the words; the exit code where that is all.
std::optional<int> parse(CommandLine& line, std::vector<std::string> words) {
  const bool speaks = Communicator::world().rank() == 0;
  if (const std::optional<std::string> unknown = unknown_command(line.app, words)) {
    if (speaks) fmt::print(stderr, "weft: there is no command {}; weft --help lists them\n", *unknown);
    return kUsage;
  }
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    line.app.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return speaks ? line.app.exit(error) : 0;
    if (speaks) fmt::print(stderr, "weft: {}\n", usage_error(line.app, line.launch, error));
    return kUsage;
  }
  return std::nullopt;
}

int run_launch(const CommandLine& line, const std::vector<std::string>& words) {
  if (words.empty()) {
    fmt::print(stderr, "weft: launch: expected a command to start, as in weft launch -n 4 train RECIPE\n");
    return kUsage;
  }
  if (words[0] == "launch") user_error("launch: it starts any command but itself");
  CommandLine started;
  if (const std::optional<int> code = parse(started, words)) return *code;
  return line.launch.run(started.arguments, words);
}

int run_parsed(const CommandLine& line) {
  for (const auto& [command, run] : line.commands) {
    if (!command->parsed()) continue;
    return run.on_all_ranks || Communicator::world().rank() == 0 ? run.run(line.arguments) : 0;
  }
  return 1;
}

}  // namespace

int run_command(int argc, char** argv) {
  CommandLine line;
  std::vector<std::string> words(argv + 1, argv + std::max(1, argc));
  std::vector<std::string> started;
  if (!words.empty() && words[0] == "launch") started = line.launch.take_command(words);
  if (const std::optional<int> code = parse(line, words)) return *code;
  try {
    if (line.launch.parsed()) return run_launch(line, started);
    if (line.data.parsed()) return line.data.run();
    if (line.simulate.parsed()) return Communicator::world().rank() == 0 ? line.simulate.run() : 0;
    if (line.solve.parsed()) return Communicator::world().rank() == 0 ? line.solve.run() : 0;
    return run_parsed(line);
  } catch (const std::filesystem::filesystem_error& error) {
    user_error("{}: {}", error.path1().string(), error.code().message());
  } catch (const std::bad_alloc&) {
    user_error("not enough memory outside of the arena: for the data or the plan");
  }
}

}  // namespace weft
