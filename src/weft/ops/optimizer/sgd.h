#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

struct SgdOptions {
  double momentum = 0;
  double weight_decay = 0;
};

/// What one update of a parameter reads. param, grad and momentum have one type, f32 or f64; learning_rate
/// and grad_scale are scalars of that dtype.
struct SgdValues {
  ValueId param, grad, momentum, learning_rate, grad_scale;
};

struct SgdResults {
  ValueId param, momentum;
};

/// momentum' = options.momentum * momentum + grad * grad_scale + weight_decay * param; param' = param -
/// learning_rate * momentum'. Each result may lie where its operand lay. Where grad_scale is not finite
/// nothing changes.
SgdResults sgd(GraphBuilder& build, const SgdValues& values, const SgdOptions& options);

/// Operands: param, grad, momentum, learning_rate, grad_scale.
struct Sgd final : Schema<Sgd> {
  static constexpr std::string_view kName = "sgd";
  static constexpr std::string_view kMeaning =
      "One update of a parameter: param and momentum from param, grad, momentum, learning_rate and "
      "grad_scale. Stochastic gradient descent with momentum and weight decay.";
  SgdOptions options;
  Sgd() = default;
  explicit Sgd(const SgdOptions& o) : options(o) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("momentum", op.options.momentum, "factor of the momentum before the gradient is added");
    v("weight_decay", op.options.weight_decay, "factor of the parameter that is added to the gradient");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}, {1, 2}}, .flops_per_point = 6}; }
};

}  // namespace weft
