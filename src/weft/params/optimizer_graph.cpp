#include "weft/params/optimizer_graph.h"

#include "weft/base/check.h"
#include "weft/ops/adamw.h"
#include "weft/ops/add_n.h"
#include "weft/ops/clip_factor.h"
#include "weft/ops/fill.h"
#include "weft/ops/sgd.h"
#include "weft/ops/sum_squares.h"

namespace weft {

namespace {

class Optimize {
 public:
  Optimize(GraphBuilder& build, const OptimizerConfig& config, DType dtype)
      : build_(build),
        config_(config),
        rate_(build.input("learning_rate", {dtype, {}}, {})),
        step_(build.input("update_step", {DType::i64, {}}, {})) {}

  void run(const std::vector<Parameter>& parameters, std::span<const std::optional<ValueId>> gradients) {
    std::vector<ValueId> ready;
    for (size_t p = 0; p < parameters.size(); ++p) {
      const std::string name = build_.graph().value(parameters[p].value).name;
      WEFT_CHECK(gradients[p].has_value(), "the loss does not depend on {}", name);
      ready.push_back(config_.accumulate > 1 ? accumulated(name, *gradients[p]) : *gradients[p]);
    }
    const SegmentId here = build_.segment();
    const BuilderScope scope =
        build_.in(config_.accumulate > 1 ? build_.segment({"update", Cadence::each_step()}) : here);
    const ValueId factor = clipping(ready);
    for (size_t p = 0; p < parameters.size(); ++p) {
      step_one(parameters[p], ready[p], factor);
      if (config_.accumulate > 1) clear(parameters[p]);
    }
  }

 private:
  /// The sum of this microbatch's gradient and those before it: a state from one microbatch to the next. The
  /// op is linear, so that on several ranks the state can be a sum that is still owed: they communicate once
  /// a step, when it is used. Between steps it is zero, on any mesh.
  ValueId accumulated(const std::string& name, ValueId gradient) {
    const BuilderScope labelled = build_.labelled(name);
    const ValueId state = build_.state("gradient." + name, build_.type(gradient), {}, kGradientSum);
    build_.update(state, add_n(build_, std::vector{state, gradient}));
    return state;
  }

  /// The factor that keeps the norm of all gradients together below config.clip. It is made even without
  /// clipping: where the norm is not finite it is NaN, and the update changes nothing.
  ValueId clipping(const std::vector<ValueId>& gradients) {
    const BuilderScope labelled = build_.labelled("gradient norm");
    std::vector<ValueId> squares;
    for (const ValueId gradient : gradients) squares.push_back(sum_squares(build_, gradient));
    const ValueId total = add_n(build_, squares);
    build_.output("gradient_norm_squared", total);
    return clip_factor(build_, total, config_.clip);
  }

  ValueId state_of(const std::string& kind, ValueId parameter) {
    const std::string name = kind + "." + build_.graph().value(parameter).name;
    return build_.state(name, build_.type(parameter), {}, {kind});
  }

  void step_one(const Parameter& parameter, ValueId gradient, ValueId factor) {
    const BuilderScope labelled = build_.labelled(build_.graph().value(parameter.value).name);
    const double decay = parameter.decay ? config_.weight_decay : 0;
    switch (config_.kind) {
      case OptimizerConfig::Kind::adamw: {
        const ValueId m = state_of("adam.m", parameter.value);
        const ValueId v = state_of("adam.v", parameter.value);
        const AdamWResults next = adamw(build_, {parameter.value, gradient, m, v, rate_, step_, factor},
                                        {config_.beta1, config_.beta2, config_.epsilon, decay});
        build_.update(parameter.value, next.param);
        build_.update(m, next.m);
        build_.update(v, next.v);
        break;
      }
      case OptimizerConfig::Kind::sgd: {
        const ValueId momentum = state_of("sgd.momentum", parameter.value);
        const SgdResults next =
            sgd(build_, {parameter.value, gradient, momentum, rate_, factor}, {config_.momentum, decay});
        build_.update(parameter.value, next.param);
        build_.update(momentum, next.momentum);
        break;
      }
    }
  }

  void clear(const Parameter& parameter) {
    const ValueId state = state_of(kGradientSum.name, parameter.value);
    const BuilderScope labelled = build_.labelled(build_.graph().value(parameter.value).name);
    build_.update(state, fill(build_, build_.type(state), 0));
  }

  GraphBuilder& build_;
  const OptimizerConfig& config_;
  ValueId rate_;
  ValueId step_;
};

}  // namespace

void optimize(GraphBuilder& build, const OptimizerConfig& config, DType dtype,
              const std::vector<Parameter>& parameters, std::span<const std::optional<ValueId>> gradients) {
  Optimize(build, config, dtype).run(parameters, gradients);
}

}  // namespace weft
