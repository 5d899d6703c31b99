#pragma once
// A Program of its own for going on with a sequence: what earlier tokens mean to later ones is kept in
// states.
#include "weft/datasets/data_facts.h"
#include "weft/graph/graph.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// UserError where the recipe's task or model does not go on with a sequence.
void check_generates(const Recipe& recipe, const DataFacts& facts);

/// Segments, both on call: "prompt", of the inputs "prompt" [1, `length`] and "last" (i64: the place of the
/// last token that counts), and "token", of "token" [1, 1] and "position" (i64). Each has the output "logits"
/// [1, ids], of what comes next. `length` is at most the data's. Parameters are those of the training graph.
/// UserError as check_generates() has it.
Graph build_generation_graph(const Recipe& recipe, const DataFacts& facts, int64_t length);

}  // namespace weft
