#pragma once
#include <string>

#include "weft/cli/arguments.h"

namespace weft {

/// What a command that works on a run is given.
struct JobRecipe {
  Recipe recipe;
  std::string out;  ///< --out; of a run's folder that is named in the place of a recipe, that folder
};

/// The recipe that the command line names: a file, or the folder of a run, which keeps its own. Such a folder
/// is enough: where this job has another number of ranks than the run's mesh, they split the batch; files
/// that its data need, a tokenizer, are taken from the folder where they are gone elsewhere. UserError as
/// loading a recipe has them.
JobRecipe job_recipe(const Arguments& arguments);

}  // namespace weft
