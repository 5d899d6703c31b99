// weft inspect.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "weft/base/check.h"
#include "weft/base/natural_order.h"
#include "weft/cli/arguments.h"
#include "weft/graph/graph_file.h"
#include "weft/graph/op_reference.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_files.h"
#include "weft/params/named_checkpoint.h"
#include "weft/report/run_files.h"
#include "weft/store/safetensors.h"
#include "weft/train/session/huggingface.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

namespace {

/// By name, as people sort.
void print_types(const std::map<std::string_view, std::string, NaturalOrder>& types) {
  for (const auto& [name, type] : types) fmt::print("{:<40} {}\n", name, type);
}

void inspect_safetensors(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  std::map<std::string_view, std::string, NaturalOrder> sorted;
  for (const auto& entry : file.entries()) sorted.emplace(entry.name, to_string(entry));
  print_types(sorted);
}

void inspect_checkpoint(const std::filesystem::path& path) {
  const CheckpointReader reader(path);
  fmt::print("step {}\n", reader.step());
  std::map<std::string_view, std::string, NaturalOrder> sorted;
  for (const auto& [name, type] : reader.tensors()) sorted.emplace(name, to_string(type));
  print_types(sorted);
}

void inspect_run(const std::filesystem::path& run, const std::vector<std::string>& set) {
  const std::optional<BestCheckpoint> best = read_best(checkpoints_of(run));
  for (const CheckpointName& checkpoint : list_checkpoints(checkpoints_of(run))) {
    const bool is_best = best && best->step == checkpoint.step;
    fmt::print("# checkpoint of step {}{}: {}\n", checkpoint.step,
               is_best ? fmt::format(" (best: {} {})", best->metric, best->value) : "",
               checkpoint.path.string());
  }
  fmt::print("{}", to_toml(load_recipe(recipe_of(run).string(), set)));
}

}  // namespace

int command_inspect(const Arguments& arguments) {
  if (arguments.reference) {
    fmt::print("{}", recipe_reference_markdown());
    return 0;
  }
  if (arguments.ops) {
    OpRegistry ops;
    register_all_ops(ops);
    DeviceRegistry devices;
    register_all_devices(devices);
    fmt::print("{}", op_reference(ops, devices));
    return 0;
  }
  if (!arguments.graph_file.empty()) {
    if (!arguments.target.empty()) {
      user_error("inspect: --graph prints {} alone; leave out {}", arguments.graph_file, arguments.target);
    }
    OpRegistry ops;
    register_all_ops(ops);
    fmt::print("{}", to_text(read_graph(arguments.graph_file, ops)));
    return 0;
  }
  const std::filesystem::path path = arguments.target;
  if (path.empty())
    user_error("inspect: name a recipe, a run, a checkpoint's or an export's folder, or a safetensors file");
  const bool is_run = std::filesystem::exists(recipe_of(path));
  if (!arguments.checkpoint.empty()) {
    if (!is_run) user_error("inspect: --checkpoint is of a run, and {} is no folder of one", path.string());
    const Recipe recipe = load_recipe(recipe_of(path).string(), arguments.set);
    inspect_checkpoint(named_checkpoint(checkpoints_of(path), arguments.checkpoint, recipe.checkpoint.keep));
  } else if (is_run) {
    inspect_run(path, arguments.set);
  } else if (std::filesystem::exists(path / kForeignWeights)) {
    inspect_safetensors(path / kForeignWeights);
  } else if (std::filesystem::is_directory(path)) {
    inspect_checkpoint(path);
  } else if (path.extension() == ".safetensors") {
    inspect_safetensors(path);
  } else {
    fmt::print("{}", to_toml(load_recipe(path.string(), arguments.set)));
  }
  return 0;
}

}  // namespace weft
