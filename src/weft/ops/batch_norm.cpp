#include "weft/ops/batch_norm.h"

#include "weft/ops/bn_apply.h"
#include "weft/ops/bn_infer.h"
#include "weft/ops/bn_sums.h"
#include "weft/ops/bn_update_running.h"

namespace weft {

ValueId batch_norm(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon,
                   double momentum) {
  const TensorType type = build.type(x);
  const int64_t count = type.shape.back() == 0 ? 0 : type.elems() / type.shape.back();
  const ValueId sums = bn_sums(build, x);
  const auto [mean, variance] =
      bn_update_running(build, states.running_mean, states.running_variance, sums, count, momentum);
  build.update(states.running_mean, mean);
  build.update(states.running_variance, variance);
  return bn_apply(build, x, sums, states.gamma, states.beta, count, epsilon);
}

ValueId batch_norm_inference(GraphBuilder& build, ValueId x, const BatchNormStates& states, double epsilon) {
  return bn_infer(build, x, states.running_mean, states.running_variance, states.gamma, states.beta, epsilon);
}

}  // namespace weft
