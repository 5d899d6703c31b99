#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "weft/cli/arguments.h"

namespace weft {

/// What a command that works on a run is given.
struct JobRecipe {
  Recipe recipe;
  std::string out;  ///< --out; of a run's folder that is named in the place of a recipe, that folder
};

/// UserError where this is no folder of a run.
void expect_run(const std::filesystem::path& folder);

/// The recipe that a command line names, with the overrides: a file's, or that of a run's folder, for which
/// the run's own copies are taken of files that its data need, such as a tokenizer. UserError as loading a
/// recipe has them.
Recipe named_recipe(const std::string& name, const std::vector<std::string>& set);

/// The same, for this job: where it has another number of ranks than a run's mesh, they split the batch.
JobRecipe job_recipe(const Arguments& arguments);

}  // namespace weft
