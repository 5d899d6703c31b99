#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over x [..., C], with mean and (biased) variance from
/// `sums` [2, C], which bn_sums made of x, over `count` elements a channel (of the global tensor). gamma and
/// beta [C]. The gradient of x includes its path through the sums.
ValueId bn_apply(GraphBuilder& build, ValueId x, ValueId sums, ValueId gamma, ValueId beta, int64_t count,
                 double epsilon);

/// Operands x, sums, gamma, beta; see bn_apply().
struct BnApply final : Schema<BnApply> {
  static constexpr std::string_view kName = "bn_apply";
  static constexpr std::string_view kMeaning =
      "Batch normalisation (Ioffe and Szegedy, 2015) of x [..., C] with the mean and the variance that the "
      "sums [2, C] of bn_sums give: (x - mean) / sqrt(variance + epsilon) * gamma + beta, gamma and beta "
      "[C].";
  int64_t count = 1;
  double epsilon = 0;
  BnApply() = default;
  BnApply(int64_t n, double e) : count(n), epsilon(e) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("count", op.count, "elements of a channel of the whole tensor, behind the sums");
    v("epsilon", op.epsilon, "what is added to the variance");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  /// The two sums are an axis of the map: two operations an element. The gradient of x includes its path
  /// through the sums, so that they have none of their own.
  Traits traits() const override { return {.in_place = {{0, 0}}, .no_gradient = {1}, .flops_per_point = 1}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
