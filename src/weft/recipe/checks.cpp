#include "weft/recipe/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace weft {
namespace {

Complaint steps_or_epochs(const Recipe& recipe) {
  const RunSection& run = recipe.run;
  if (run.steps > 0 && run.epochs > 0) {
    return RecipeComplaint{
        "run.epochs",
        fmt::format("both run.steps = {} and run.epochs = {} are given; give one, and 0 for the other",
                    run.steps, run.epochs)};
  }
  if (run.steps == 0 && run.epochs == 0) {
    return RecipeComplaint{"run.steps", "neither run.steps nor run.epochs is above 0; give one"};
  }
  return std::nullopt;
}

Complaint data_is_named(const Recipe& recipe) {
  const auto* validation = std::get_if<std::string>(&recipe.data.validation);
  if (recipe.data.path.empty() && !recipe.data.declare.is_given()) {
    return RecipeComplaint{"data.path",
                           "data.path is empty; without it data.declare must say what a sample is"};
  }
  if (validation != nullptr && validation->empty()) {
    return RecipeComplaint{"data.validation",
                           "data.validation is empty; expected a path, or a fraction such as 0.1"};
  }
  return std::nullopt;
}

/// It is part of a folder's name.
Complaint run_is_named(const Recipe& recipe) {
  const std::string& name = recipe.run.name;
  if (!name.empty() && name[0] != '.' && name.find('/') == std::string::npos) return std::nullopt;
  return RecipeComplaint{
      "run.name",
      fmt::format("run.name = \"{}\" names a folder below runs/: expected a name without \"/\" that "
                  "does not begin with \".\"",
                  name)};
}

Complaint microbatches(const Recipe& recipe) {
  if (recipe.data.batch % recipe.optimizer.accumulate == 0) return std::nullopt;
  return RecipeComplaint{"data.batch",
                         fmt::format("data.batch = {} is not a multiple of optimizer.accumulate = {}",
                                     recipe.data.batch, recipe.optimizer.accumulate)};
}

Complaint best_is_looked_for(const Recipe& recipe) {
  if (recipe.checkpoint.best.empty() || recipe.log.evaluate_every > 0) return std::nullopt;
  return RecipeComplaint{
      "checkpoint.best",
      fmt::format("checkpoint.best = \"{}\" needs log.evaluate_every: nothing is measured before "
                  "the end without it",
                  recipe.checkpoint.best)};
}

Complaint ranks_of_the_mesh(const Recipe& recipe) {
  const ParallelSection& parallel = recipe.parallel;
  double ranks = 1;
  std::pair<int64_t, const char*> most{0, "parallel.data"};  // the first to be looked at
  for (const auto& axis :
       {std::pair(parallel.data, "parallel.data"), std::pair(parallel.tensor, "parallel.tensor"),
        std::pair(parallel.sequence, "parallel.sequence"), std::pair(parallel.height, "parallel.height"),
        std::pair(parallel.width, "parallel.width"), std::pair(parallel.depth, "parallel.depth")}) {
    ranks *= static_cast<double>(axis.first);
    if (axis.first > most.first) most = axis;
  }
  if (ranks > static_cast<double>(kMostRanks)) {
    return RecipeComplaint{
        most.second,
        fmt::format("the mesh of [parallel] has {:.0f} ranks, expected at most {}", ranks, kMostRanks)};
  }
  return std::nullopt;
}

}  // namespace

Complaint check_recipe(const RecipeTable& table, const Recipe& recipe) {
  // Kinds come after the sections: their rules take for granted that microbatches are equal.
  for (const auto rule : {steps_or_epochs, run_is_named, data_is_named, check_loading, microbatches,
                          best_is_looked_for, ranks_of_the_mesh}) {
    if (Complaint complaint = rule(recipe)) return complaint;
  }
  for (const auto& choice : table.choices) {
    const Kind* kind = choice(recipe).held();
    if (kind == nullptr) continue;
    if (Complaint complaint = kind->check(recipe)) return complaint;
  }
  return std::nullopt;
}

}  // namespace weft
