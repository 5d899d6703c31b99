#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over x [..., C]; the others [C]. Has no gradient.
ValueId bn_infer(GraphBuilder& build, ValueId x, ValueId mean, ValueId variance, ValueId gamma, ValueId beta,
                 double epsilon);

/// Operands x, mean, variance, gamma, beta; see bn_infer().
struct BnInfer final : Schema<BnInfer> {
  static constexpr std::string_view kName = "bn_infer";
  static constexpr std::string_view kMeaning =
      "Batch normalisation of x [..., C] with given statistics: (x - mean) / sqrt(variance + epsilon) * "
      "gamma + beta, the others [C]. It has no gradient.";
  double epsilon = 0;
  BnInfer() = default;
  explicit BnInfer(double e) : epsilon(e) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("epsilon", op.epsilon, "what is added to the variance");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 2}; }
};

}  // namespace weft
