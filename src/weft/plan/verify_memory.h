#pragma once
#include "weft/graph/graph.h"
#include "weft/plan/program.h"

namespace weft {

/// Follows what every byte of arena and states holds through each segment of a Program that emit_program made
/// of `graph`. InternalError where an instruction, an output or a state's update would find something else
/// than its value: buffers that are needed at the same time share a byte, or a result lies over an operand
/// that its op may not overwrite. O(n log n).
void verify_memory(const Program& program, const Graph& graph);

}  // namespace weft
