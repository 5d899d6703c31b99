#include "weft/optimizers/update_graph.h"

#include "weft/base/check.h"
#include "weft/ops/optimizer/clip_factor.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/reduce/sum_squares.h"

namespace weft {

namespace {

class UpdateGraph {
 public:
  UpdateGraph(GraphBuilder& build, const Optimizer& rule, const UpdateOptions& options, DType dtype)
      : build_(build),
        rule_(rule),
        options_(options),
        rate_(build.input("learning_rate", {dtype, {}}, {})),
        step_(build.input("update_step", {DType::i64, {}}, {})) {}

  void run(const std::vector<Parameter>& parameters, std::span<const std::optional<ValueId>> gradients) {
    std::vector<ValueId> ready;
    for (size_t p = 0; p < parameters.size(); ++p) {
      const std::string name = build_.graph().value(parameters[p].value).name;
      WEFT_CHECK(gradients[p].has_value(), "the loss does not depend on {}", name);
      ready.push_back(options_.accumulate > 1 ? accumulated(name, *gradients[p]) : *gradients[p]);
    }
    const SegmentId here = build_.segment();
    const BuilderScope scope =
        build_.in(options_.accumulate > 1 ? build_.segment({"update", Cadence::each_step()}) : here);
    const ValueId factor = clipping(ready);
    for (size_t p = 0; p < parameters.size(); ++p) {
      step_one(parameters[p], ready[p], factor);
      if (options_.accumulate > 1) clear(parameters[p]);
    }
  }

 private:
  /// The sum of this microbatch's gradient and those before it: a state from one microbatch to the next. The
  /// op is linear, so that on several ranks the state can be a sum that is still owed: they communicate once
  /// a step, when it is used. Between steps it is zero, on any mesh.
  ValueId accumulated(const std::string& name, ValueId gradient) {
    const BuilderScope labelled = build_.labelled(name);
    const ValueId state = sum_state(name, build_.type(gradient));
    build_.update(state, add_n(build_, std::vector{state, gradient}));
    return state;
  }

  ValueId sum_state(const std::string& parameter, const TensorType& type) {
    return build_.state(kGradientSum.name + "." + parameter, type, {}, kGradientSum);
  }

  /// The factor that keeps the norm of all gradients together below options.clip. It is made even without
  /// clipping: where the norm is not finite it is NaN, and the update changes nothing.
  ValueId clipping(const std::vector<ValueId>& gradients) {
    const BuilderScope labelled = build_.labelled("gradient norm");
    std::vector<ValueId> squares;
    for (const ValueId gradient : gradients) squares.push_back(sum_squares(build_, gradient));
    const ValueId total = add_n(build_, squares);
    build_.output("gradient_norm_squared", total);
    return clip_factor(build_, total, options_.clip);
  }

  void step_one(const Parameter& parameter, ValueId gradient, ValueId factor) {
    const BuilderScope labelled = build_.labelled(build_.graph().value(parameter.value).name);
    const double decay = parameter.decay ? options_.weight_decay : 0;
    rule_.update({build_, parameter.value, gradient, rate_, step_, factor, decay});
  }

  void clear(const Parameter& parameter) {
    const std::string name = build_.graph().value(parameter.value).name;
    const ValueId state = sum_state(name, build_.type(parameter.value));
    const BuilderScope labelled = build_.labelled(name);
    build_.update(state, fill(build_, build_.type(state), 0));
  }

  GraphBuilder& build_;
  const Optimizer& rule_;
  const UpdateOptions& options_;
  ValueId rate_;
  ValueId step_;
};

}  // namespace

void append_update(GraphBuilder& build, const Optimizer& rule, const UpdateOptions& options,
                   const ParameterSet& parameters, std::span<const std::optional<ValueId>> gradients) {
  UpdateGraph(build, rule, options, parameters.dtype()).run(parameters.parameters(), gradients);
}

}  // namespace weft
