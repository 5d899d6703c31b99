#pragma once
// Logits after every token of a full context, computed all at once: what generation is compared with.
#include <algorithm>

#include "tests/ops/interpreter.h"
#include "weft/models/model.h"
#include "weft/tasks/training_graph.h"
#include "weft/train/session/session.h"

namespace weft::testing {

/// Collective. [tokens * ids], row by row; as many tokens as the context has.
inline std::vector<double> all_logits(Session& session, const std::vector<int32_t>& tokens) {
  const Recipe& recipe = session.recipe();
  GraphBuilder build;
  ParameterSet parameters(build, parameter_dtype(recipe));
  {
    const BuilderScope scope = build.in(build.segment({"all logits", Cadence::on_call()}));
    const ModelContext context = context_for(recipe, build, parameters, session.data().facts, false);
    const TensorType type{DType::i32, {1, std::ssize(tokens)}};
    const ValueId input = build.input("all tokens", type, {"batch", "sequence"});
    build.output("logits", recipe.model.kind->predict(context, input));
  }
  PlanOptions options;
  options.rank = session.world().rank();
  const auto executor =
      session.attach(plan_graph(std::move(build).build(), recipe, std::move(options)).program);
  executor->refresh();
  const View view = executor->view("all tokens");
  if (view.elems() > 0) std::ranges::copy(tokens, view.as<int32_t>());
  const SegmentId segment = executor->program().at("all logits");
  executor->run(segment);
  return to_doubles(executor->output(segment, "logits"));
}

}  // namespace weft::testing
