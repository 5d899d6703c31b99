#pragma once
// The one graph of a run: forward, backward and update of a step, and evaluation.
#include <string>
#include <string_view>
#include <vector>

#include "weft/datasets/data_facts.h"
#include "weft/graph/graph.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// Names of the inputs that a batch fills, in the order of BatchSource: samples, then targets.
std::vector<std::string> batch_inputs(const DataFacts& facts);
/// The input [N] that is 1 for rows with a sample and 0 for rows without one, where the data have gaps and
/// the network asks.
inline constexpr std::string_view kRowsInput = "rows";

/// Segments: "accumulate", "update" where gradients are accumulated, and "evaluate" on call.
/// Outputs: accumulate "loss" (this microbatch's share of the step's mean), "gradient_norm_squared" (in the
/// segment of the update); evaluate "loss_sum" over all targets that count, and "targets", how many these
/// are (ids that are not negative, numbers that are not NaN), and each metric's sums, named by
/// metric_output().
Graph build_training_graph(const Recipe& recipe, const DataFacts& facts);

/// The segment "evaluate" alone, for a Program of its own: its states are parameters and running statistics.
Graph build_evaluation_graph(const Recipe& recipe, const DataFacts& facts);

/// The output of the segment "evaluate" that is a metric's sum: "accuracy.correct".
std::string metric_output(std::string_view metric, std::string_view sum);

/// Targets that a step has where all count.
int64_t targets_of_step(const Recipe& recipe, const DataFacts& facts);

/// f64 for f64, else f32: parameters, optimizer state and statistics.
DType parameter_dtype(const Recipe& recipe);

}  // namespace weft
