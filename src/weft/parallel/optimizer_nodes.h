#pragma once
// Which nodes of a graph are the optimizer's.
#include <vector>

#include "weft/parallel/dimension_classes.h"

namespace weft {

/// The name of the inputs' dimension whose parts are different samples.
inline constexpr const char* kDataDimension = "batch";

/// For each node whether it is the optimizer's: what it makes depends on the samples and serves updates of
/// parameters only (and of states updated with them, as moments are), all its axes and those of whatever
/// depends on it are of dimensions that parameters have, and it is not linear, so that it needs gradients
/// summed over all samples. Such a node
/// does the same on all ranks that differ in their samples only, unless it is divided among them.
std::vector<bool> optimizer_nodes(const Graph& graph);
/// The same where the graph's classes are known already.
std::vector<bool> optimizer_nodes(const Graph& graph, const DimensionClasses& classes);

}  // namespace weft
