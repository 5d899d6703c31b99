#pragma once
// The one graph of a run: forward, backward and update of a step, evaluation and, for text, generation.
#include "weft/graph/graph.h"
#include "weft/train/recipe.h"

namespace weft {

/// What the data say about the model's sizes.
struct DataFacts {
  int64_t vocabulary = 0;  ///< text
  int64_t classes = 0;     ///< images
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
};

/// Names of the inputs that a batch fills, in the order of BatchSource: samples, then targets.
std::vector<std::string> batch_inputs(const Recipe& recipe);

/// Outputs: accumulate "loss" (this microbatch's share of the step's mean), "gradient_norm" (in the phase of
/// the update); evaluate "loss_sum" (over all rows whose target is not negative) and, for images, "logits";
/// generate (text) "logits" of the input "prompt" [1, context].
Graph build_training_graph(const Recipe& recipe, const DataFacts& facts);

/// f64 for f64, else f32: parameters, optimizer state and statistics.
DType parameter_dtype(const Recipe& recipe);

}  // namespace weft
