#pragma once
// The one graph of a run: forward, backward and update of a step, evaluation and, for text, generation.
#include "weft/graph/graph.h"
#include "weft/train/recipe.h"

namespace weft {

/// What the data say about the model's sizes.
struct DataFacts {
  int64_t vocabulary = 0;  ///< text
  int64_t classes = 0;     ///< where targets are class ids; else 0
  Dims target;             ///< shape of a sample's target where it is numbers
  Dims sample;             ///< images and arrays: shape of a sample's input, [spatial..., C]
};

/// The scalar input of recipes with data.mixup: a row's own share in its mixture with its neighbour.
inline const std::string kMixupShare = "mixup_share";

/// Names of the inputs that a batch fills, in the order of BatchSource: samples, then targets.
std::vector<std::string> batch_inputs(const Recipe& recipe);

/// Segments: "accumulate", "update" where gradients are accumulated, "evaluate" and "generate" on call.
/// Outputs: accumulate "loss" (this microbatch's share of the step's mean), "gradient_norm_squared" (in the
/// segment of the update); evaluate "loss_sum" and "rows" (over all targets that count: class ids that are
/// not negative, numbers that are not NaN) and, for class ids that are no tokens, "correct" (rows whose
/// greatest logit is the label's); generate (text) "logits" of the input "prompt" [1, context].
Graph build_training_graph(const Recipe& recipe, const DataFacts& facts);

/// The segment "evaluate" alone, for a Program of its own: its states are parameters and running statistics.
Graph build_evaluation_graph(const Recipe& recipe, const DataFacts& facts);

/// f64 for f64, else f32: parameters, optimizer state and statistics.
DType parameter_dtype(const Recipe& recipe);

}  // namespace weft
