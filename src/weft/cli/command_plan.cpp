// weft plan, inspect, report.
#include <fmt/format.h>

#include <chrono>

#include "weft/base/check.h"
#include "weft/cli/arguments.h"
#include "weft/params/checkpoint_files.h"
#include "weft/params/safetensors.h"
#include "weft/train/report.h"
#include "weft/train/session.h"

namespace weft {

namespace {

/// What the data would say, without reading them where that is known beforehand.
DataFacts facts_for(const Recipe& recipe) {
  DataFacts facts;
  if (recipe.model.kind == ModelSection::Kind::gpt) {
    facts.vocabulary = recipe.model.gpt.vocabulary > 0
                           ? recipe.model.gpt.vocabulary
                           : make_tokenizer(recipe.data.text.tokenizer)->vocabulary_size();
    return facts;
  }
  return open_training_data(recipe, false).facts;
}

void inspect_safetensors(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  for (const auto& entry : file.entries()) fmt::print("{:<40} {}\n", entry.name, to_string(entry.type));
}

void inspect_checkpoint(const std::filesystem::path& path) {
  const CheckpointReader reader(path);
  fmt::print("step {}\n", reader.step());
  for (const auto& [name, type] : reader.tensors()) fmt::print("{:<40} {}\n", name, to_string(type));
}

}  // namespace

int command_plan(const Arguments& arguments) {
  Recipe recipe = load_recipe(arguments.recipe, arguments.set);
  if (arguments.ranks > 0) {
    const int64_t others =
        recipe.parallel.tensor * recipe.parallel.height * recipe.parallel.width * recipe.parallel.depth;
    if (arguments.ranks % others != 0) {
      user_error("--ranks {}: the mesh's other axes take {} ranks, which does not divide it", arguments.ranks,
                 others);
    }
    recipe.parallel.data = arguments.ranks / others;
  }
  const DataFacts facts = facts_for(recipe);
  if (arguments.dot) {
    fmt::print("{}", to_dot(build_training_graph(recipe, facts)));
    return 0;
  }
  std::set<std::string> skip;
  if (!arguments.skip.empty()) skip.insert(arguments.skip);
  const auto began = std::chrono::steady_clock::now();
  const Plan plan = plan_recipe(recipe, facts, 0, skip);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (arguments.explain) fmt::print("{}", explain(plan));
  const Program& program = plan.program;
  fmt::print("mesh {}; planned in {:.2f} s\n", program.mesh.to_string(), took.count());
  fmt::print("memory a rank: {:.1f} MiB in one arena\n",
             static_cast<double>(program.arena_bytes) / (1 << 20));
  for (const auto& [phase, code] : program.phases) {
    double flops = 0;
    double ms = 0;
    int64_t network = 0;
    for (const Instruction& instruction : code.instructions) {
      flops += instruction.flops;
      network += instruction.network_bytes;
      ms += instruction.predicted_ms;
    }
    fmt::print("{:<11} {:>5} instructions  {:>9.2f} Gflop  {:>9.2f} MiB sent  {:>9.2f} ms predicted\n",
               name_of(phase), code.instructions.size(), flops * 1e-9,
               static_cast<double>(network) / (1 << 20), ms);
  }
  return 0;
}

int command_inspect(const Arguments& arguments) {
  if (arguments.reference) {
    fmt::print("{}", recipe_reference_markdown());
    return 0;
  }
  const std::filesystem::path path = arguments.target;
  if (path.empty()) user_error("inspect: name a recipe, a checkpoint folder or a safetensors file");
  if (std::filesystem::is_directory(path)) {
    inspect_checkpoint(path);
  } else if (path.extension() == ".safetensors") {
    inspect_safetensors(path);
  } else {
    fmt::print("{}", to_toml(load_recipe(path.string(), arguments.set)));
  }
  return 0;
}

int command_report(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.target;
  ReportInput input;
  input.metrics = read_metrics(folder / "metrics.jsonl");
  const Recipe recipe = load_recipe((folder / "recipe.toml").string());
  input.title = recipe.run.name;
  input.recipe = to_toml(recipe);
  input.notes = {
      "Made from metrics.jsonl: times by op and memory are in the report that the run itself wrote."};
  // Not over the run's own report, which knows more.
  const std::filesystem::path path = folder / "report-metrics.html";
  write_report(path, input);
  fmt::print("{}\n", path.string());
  return 0;
}

}  // namespace weft
