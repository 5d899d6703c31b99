#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// `scale` times the sum over rows of max + log(sums[0]) - sums[1]: a scalar of the dtype of max. max
/// [rows...], sums [rows..., 2] (see xent_sums), targets i32 [rows...]: a row whose target is negative adds
/// nothing. The gradient takes max for a constant.
ValueId xent_loss(GraphBuilder& build, ValueId max, ValueId sums, ValueId targets, double scale);

struct XentLoss final : Schema<XentLoss> {
  static constexpr std::string_view kName = "xent_loss";
  static constexpr std::string_view kMeaning =
      "The sum over rows of max + log(sums[0]) - sums[1], times a factor: a scalar. max [rows...], sums "
      "[rows..., 2] and targets i32 [rows...], negative where a row does not count. The last step of "
      "cross_entropy.";
  double scale = 1;
  XentLoss() = default;
  explicit XentLoss(double s) : scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("scale", op.scale, "factor of the sum");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override {
    // The maximum cancels from the loss: nothing is learnt through it.
    return {.no_gradient = {0}, .flops_per_point = 2};
  }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dsums from (dloss, sums, targets): (scale * dloss / sums[0], -scale * dloss), zeros for ignored rows.
struct XentLossBackward final : Schema<XentLossBackward> {
  static constexpr std::string_view kName = "xent_loss_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of xent_loss: dsums [rows..., 2] from the scalar dloss, sums [rows..., 2] and targets "
      "[rows...].";
  double scale = 1;
  XentLossBackward() = default;
  explicit XentLossBackward(double s) : scale(s) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("scale", op.scale, "factor of the sum");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 1}}}; }
};

}  // namespace weft
