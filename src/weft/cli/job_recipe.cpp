#include "weft/cli/job_recipe.h"

#include <fmt/format.h>

#include <filesystem>

#include "weft/base/check.h"
#include "weft/datasets/data_kind.h"
#include "weft/report/progress.h"
#include "weft/report/run_files.h"
#include "weft/train/session/launch.h"
#include "weft/train/session/load_recipe.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// The overrides, before which those stand that lead to the copies in the folder: what lies where the recipe
/// says may be another by now.
std::vector<std::string> with_kept_files(const Recipe& recipe, const fs::path& run,
                                         const std::vector<std::string>& set) {
  std::vector<std::string> all;
  for (const DataKind::KeptFile& needed : recipe.data.kind->files_to_keep()) {
    const fs::path kept = kept_file_of(run, needed.path);
    if (fs::exists(kept)) all.push_back(fmt::format("{}={}", needed.key, kept.string()));
  }
  all.insert(all.end(), set.begin(), set.end());
  return all;
}

/// Other ranks than the run had split the batch.
void fit_mesh(Recipe& recipe, const Communicator& world) {
  const Mesh mesh = mesh_of(recipe.parallel);
  if (mesh.ranks() == world.size()) return;
  ParallelSection parallel;
  parallel.data = world.size();
  parallel.shard_optimizer = recipe.parallel.shard_optimizer && world.size() > 1;
  parallel.oversubscribe = recipe.parallel.oversubscribe;
  recipe.parallel = parallel;
  if (world.rank() != 0) return;
  Progress::say(world.size() == 1
                    ? fmt::format("the run had the mesh {}, and here is one rank", mesh.to_string())
                    : fmt::format("the run had the mesh {}, and here {} ranks split the batch",
                                  mesh.to_string(), world.size()));
}

}  // namespace

void expect_run(const fs::path& folder) {
  if (!fs::is_directory(folder)) user_error("{}: there is no such folder of a run", folder.string());
  if (!fs::exists(recipe_of(folder))) {
    user_error("{}: is a folder without recipe.toml, so no run's; weft runs lists those that there are",
               folder.string());
  }
}

Recipe named_recipe(const std::string& name, const std::vector<std::string>& set) {
  if (!fs::exists(name)) user_error("{}: there is no such recipe, and no such folder of a run", name);
  if (!fs::is_directory(name)) return load_recipe(name, set);
  expect_run(name);
  const fs::path path = recipe_of(name);
  const Recipe first = load_recipe(path.string(), set);
  return load_recipe(path.string(), with_kept_files(first, name, set));
}

JobRecipe job_recipe(const Arguments& arguments) {
  JobRecipe job{named_recipe(arguments.recipe, arguments.set), arguments.out};
  if (!fs::is_directory(arguments.recipe)) return job;
  if (job.out.empty()) job.out = arguments.recipe;
  fit_mesh(job.recipe, Communicator::world());
  return job;
}

}  // namespace weft
