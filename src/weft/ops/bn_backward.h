#pragma once
#include <utility>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// What bn_apply read, and the gradient of its result.
struct BnValues {
  ValueId dy, x, sums, gamma;
  int64_t count;
  double epsilon;
};

/// For each channel the sums of dy and of dy times the normalised x: [2, C].
ValueId bn_backward_sums(GraphBuilder& build, const BnValues& values);
/// dx, of x's type, with its path through the forward sums.
ValueId bn_backward_input(GraphBuilder& build, const BnValues& values, ValueId backward_sums);
/// (dgamma, dbeta) [C]: the rows of `backward_sums`.
std::pair<ValueId, ValueId> bn_backward_params(GraphBuilder& build, ValueId backward_sums);

/// (dy, x, sums) -> [2, C].
struct BnBackwardSums final : Schema<BnBackwardSums> {
  static constexpr std::string_view kName = "bn_backward_sums";
  static constexpr std::string_view kMeaning =
      "What the gradients of bn_apply are made of: for each channel the sums of dy and of dy times the "
      "normalised x, [2, C], from dy and x [..., C] and the sums [2, C] of bn_sums.";
  int64_t count = 1;
  double epsilon = 0;
  BnBackwardSums() = default;
  BnBackwardSums(int64_t n, double e) : count(n), epsilon(e) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("count", op.count, "elements of a channel of the whole tensor, behind the sums");
    v("epsilon", op.epsilon, "what is added to the variance");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 2.5}; }
};

/// (dy, x, sums, backward sums, gamma) -> dx.
struct BnBackwardInput final : Schema<BnBackwardInput> {
  static constexpr std::string_view kName = "bn_backward_input";
  static constexpr std::string_view kMeaning =
      "The gradient of bn_apply's x, its path through the sums included: dx from dy and x [..., C], the "
      "sums of bn_sums and of bn_backward_sums [2, C], and gamma [C].";
  int64_t count = 1;
  double epsilon = 0;
  BnBackwardInput() = default;
  BnBackwardInput(int64_t n, double e) : count(n), epsilon(e) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("count", op.count, "elements of a channel of the whole tensor, behind the sums");
    v("epsilon", op.epsilon, "what is added to the variance");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}, {0, 1}}, .flops_per_point = 2.5}; }
};

/// backward sums [2, C] -> (dgamma, dbeta) [C].
struct BnBackwardParams final : Schema<BnBackwardParams> {
  static constexpr std::string_view kName = "bn_backward_params";
  static constexpr std::string_view kMeaning =
      "The gradients of bn_apply's gamma and beta, [C] each, which are the rows of the sums [2, C] of "
      "bn_backward_sums.";
  BnBackwardParams() = default;

  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.flops_per_point = 0}; }
};

}  // namespace weft
