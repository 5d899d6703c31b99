#include "weft/optimizers/update_graph.h"

#include "weft/base/check.h"
#include "weft/ops/optimizer/clip_factor.h"
#include "weft/ops/pointwise/add_n.h"
#include "weft/ops/pointwise/elementwise.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/pointwise.h"
#include "weft/ops/reduce/sum_squares.h"

namespace weft {

namespace {

constexpr const char* kTargets = "targets";

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
    std::optional<ValueId> counted = counted_targets();
    const SegmentId here = build_.segment();
    const BuilderScope scope =
        build_.in(options_.accumulate > 1 ? build_.segment({"update", Cadence::each_step()}) : here);
    const ValueId factor = factor_of(ready, counted);
    for (size_t p = 0; p < parameters.size(); ++p) {
      step_one(parameters[p], ready[p], factor);
      if (options_.accumulate > 1) {
        const ValueId weight = parameters[p].value;
        clear(build_.graph().value(weight).name, build_.type(weight));
      }
    }
    if (counted && options_.accumulate > 1) clear(kTargets, build_.type(*counted));
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

  /// How many targets of this microbatch count, and of those before it.
  std::optional<ValueId> counted_targets() {
    if (!options_.targets) return std::nullopt;
    const BuilderScope labelled = build_.labelled(kTargets);
    const ValueId counted = pointwise(build_, {options_.targets->counted}, "real(n0)", DType::f64);
    return options_.accumulate > 1 ? accumulated(kTargets, counted) : counted;
  }

  /// What gradients are multiplied by: it keeps the norm of all of them together below options.clip, and
  /// makes up for targets that do not count. It is made even where neither is asked for: where the norm is
  /// not finite it is NaN, and the update changes nothing.
  ValueId factor_of(const std::vector<ValueId>& gradients, std::optional<ValueId> counted) {
    const BuilderScope labelled = build_.labelled("gradient norm");
    std::vector<ValueId> squares;
    for (const ValueId gradient : gradients) squares.push_back(sum_squares(build_, gradient));
    ValueId total = add_n(build_, squares);
    std::optional<ValueId> share;
    if (counted) {
      build_.output("targets", *counted);
      const std::string whole = real(static_cast<double>(options_.targets->whole));
      share = pointwise(build_, {*counted}, whole + " / x0", build_.type(total).dtype);
      total = pointwise(build_, {total, *share}, "x0 * x1 * x1");  // NaN where none counts
    }
    build_.output("gradient_norm_squared", total);
    const ValueId factor = clip_factor(build_, total, options_.clip);
    return share ? pointwise(build_, {factor, *share}, "x0 * x1") : factor;
  }

  void step_one(const Parameter& parameter, ValueId gradient, ValueId factor) {
    const BuilderScope labelled = build_.labelled(build_.graph().value(parameter.value).name);
    const double decay = parameter.decay ? options_.weight_decay : 0;
    rule_.update({build_, parameter.value, gradient, rate_, step_, factor, decay});
  }

  void clear(const std::string& name, const TensorType& type) {
    const ValueId state = sum_state(name, type);
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
