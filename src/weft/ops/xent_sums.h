#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// For each row of logits [rows..., V]: the sum of exp(logit - max) and the logit of the target (0 for a
/// target that is negative or outside V): [rows..., 2] of the statistics dtype. max [rows...] of that dtype,
/// targets i32 [rows...]. Parts of V give partial sums. The gradient takes max for a constant.
ValueId xent_sums(GraphBuilder& build, ValueId logits, ValueId max, ValueId targets);

struct XentSums final : Schema<XentSums> {
  static constexpr std::string_view kName = "xent_sums";
  static constexpr std::string_view kMeaning =
      "For each row of logits [rows..., V], with max [rows...] and targets i32 [rows...]: the sum of "
      "exp(logit - max) and the target's logit, [rows..., 2]. The second step of cross_entropy.";
  int64_t vocab_begin = 0;
  XentSums() = default;
  explicit XentSums(int64_t begin) : vocab_begin(begin) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("vocab_begin", op.vocab_begin, "id of the first column of the logits");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override {
    // The maximum cancels from the loss: nothing is learnt through it.
    return {.no_gradient = {1}, .flops_per_point = 2};
  }
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dlogits from (logits, dsums, max, targets).
struct XentSumsBackward final : Schema<XentSumsBackward> {
  static constexpr std::string_view kName = "xent_sums_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of xent_sums: dlogits from logits [rows..., V], dsums [rows..., 2], max and targets "
      "[rows...].";
  int64_t vocab_begin = 0;
  XentSumsBackward() = default;
  explicit XentSumsBackward(int64_t begin) : vocab_begin(begin) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("vocab_begin", op.vocab_begin, "id of the first column of the logits");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
