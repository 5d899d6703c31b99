#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
};

/// What one update of a parameter reads. param, grad, m and v have one type, f32 or f64; learning_rate and
/// grad_scale are scalars of that dtype, step a scalar i64 that counts from 1.
struct AdamWValues {
  ValueId param, grad, m, v, learning_rate, step, grad_scale;
};

struct AdamWResults {
  ValueId param, m, v;
};

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019) of grad * grad_scale; each result may lie
/// where its operand lay. Where grad_scale is not finite nothing changes.
AdamWResults adamw(GraphBuilder& build, const AdamWValues& values, const AdamWOptions& options);

/// Operands: param, grad, m, v, learning_rate, step, grad_scale.
struct AdamW final : Schema<AdamW> {
  static constexpr std::string_view kName = "adamw";
  static constexpr std::string_view kMeaning =
      "One update of a parameter: param, m and v from param, grad, m, v, learning_rate, step (i64, from 1) "
      "and grad_scale. Adam with decoupled weight decay (Loshchilov and Hutter, 2019).";
  AdamWOptions options;
  AdamW() = default;
  explicit AdamW(const AdamWOptions& o) : options(o) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("beta1", op.options.beta1, "decay of the mean of gradients");
    v("beta2", op.options.beta2, "decay of the mean of squares");
    v("epsilon", op.options.epsilon, "added to the root of the mean of squares");
    v("weight_decay", op.options.weight_decay,
      "what a step takes off the parameter, times the learning rate");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}, {1, 2}, {2, 3}}, .flops_per_point = 15}; }
};

}  // namespace weft
