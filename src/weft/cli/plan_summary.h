#pragma once
// What `weft plan` says of a plan, in the words of who trains.
#include <string>

#include "weft/plan/program.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// Model, mesh, memory of a rank, and the predicted time of a step with what binds it.
std::string plan_summary(const Recipe& recipe, const Program& program);

/// What a step costs by parts of the model and by what is computed; both add up to the whole step. Parts that
/// are alike and follow each other share a line.
std::string cost_tables(const Recipe& recipe, const Program& program);

}  // namespace weft
