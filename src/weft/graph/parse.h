#pragma once
#include <string_view>

#include "weft/graph/graph.h"
#include "weft/graph/op_registry.h"

namespace weft {

/// The graph that `text` describes in the form that to_text prints: to_text of the result is `text` again.
/// What that form leaves out (initializers, placements) is as a new state or node has it. Types of results
/// may be left out. Errors: UserError naming the line and what is wrong with it; InternalError where the
/// graph does not verify.
Graph parse_graph(std::string_view text, const OpRegistry& ops);

}  // namespace weft
