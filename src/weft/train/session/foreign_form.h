#pragma once
#include "weft/models/foreign_weights.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// The recipe's model as transformers has it. UserError where it has no such model, or holds no such numbers.
ForeignWeights foreign_form(const Recipe& recipe, const ShapeOf& shape);

/// to [columns, rows] = from [rows, columns], transposed.
void transpose(const float* from, int64_t rows, int64_t columns, float* to);

}  // namespace weft
