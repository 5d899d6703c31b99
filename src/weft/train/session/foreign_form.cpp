#include "weft/train/session/foreign_form.h"

#include "weft/base/check.h"
#include "weft/models/model.h"

namespace weft {

ForeignWeights foreign_form(const Recipe& recipe, const ShapeOf& shape) {
  if (recipe.run.precision == DType::f64)
    user_error("run.precision = \"f64\": the weights of transformers are f32");
  return recipe.model.kind->huggingface(shape);
}

void transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
  }
}

}  // namespace weft
