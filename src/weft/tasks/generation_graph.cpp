#include "weft/tasks/generation_graph.h"

#include "weft/base/check.h"
#include "weft/models/model.h"
#include "weft/tasks/task.h"
#include "weft/tasks/training_graph.h"

namespace weft {

void check_generates(const Recipe& recipe, const DataFacts& facts) {
  const Model& model = *recipe.model.kind;
  const Task& task = task_of(recipe, facts);
  if (task.generates() && model.generates()) return;
  user_error("model.kind = \"{}\" with task.kind = \"{}\" generates no text", model.name(), task.name());
}

Graph build_generation_graph(const Recipe& recipe, const DataFacts& facts, int64_t length) {
  check_generates(recipe, facts);
  const Model& model = *recipe.model.kind;
  GraphBuilder build;
  ParameterSet parameters(build, parameter_dtype(recipe));
  const auto ids = [&](const std::string& name, int64_t count) {
    return build.input(name, {DType::i32, {1, count}}, {"batch", facts.input.axes[0]});
  };
  const auto place = [&](const std::string& name) { return build.input(name, {DType::i64, {}}, {}); };
  {
    const BuilderScope scope = build.in(build.segment({"prompt", Cadence::on_call()}));
    const ModelContext context = context_for(recipe, build, parameters, facts, false);
    build.output("logits", model.prompt(context, ids("prompt", length), place("last")));
  }
  {
    const BuilderScope scope = build.in(build.segment({"token", Cadence::on_call()}));
    const ModelContext context = context_for(recipe, build, parameters, facts, false);
    build.output("logits", model.follow(context, ids("token", 1), place("position")));
  }
  return std::move(build).build();
}

}  // namespace weft
