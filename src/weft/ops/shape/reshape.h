#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// x with the dimensions `shape`, of as many elements: no work, the same bytes. Adjacent dimensions are split
/// or merged only: both shapes must be products of neighbouring factors ([4, 6] to [8, 3] is; [4, 6] to [6,
/// 4] is not).
ValueId reshape(GraphBuilder& build, ValueId x, const Dims& shape);

/// Operand x; see reshape().
struct Reshape final : Schema<Reshape> {
  static constexpr std::string_view kName = "reshape";
  static constexpr std::string_view kMeaning =
      "x with other dimensions, of as many elements: adjacent ones are split or merged. No work, the same "
      "bytes.";
  Dims shape;
  Reshape() = default;
  explicit Reshape(Dims s) : shape(std::move(s)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("shape", op.shape, "of the result");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.view = true, .in_place = {{0, 0}}, .flops_per_point = 0}; }
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
