#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Mean over the spatial dimensions of x [N, spatial..., C]: [N, C].
ValueId mean_spatial(GraphBuilder& build, ValueId x);

/// `count` is of the whole tensor: parts of it give partial sums.
struct MeanSpatial final : Schema<MeanSpatial> {
  static constexpr std::string_view kName = "mean_spatial";
  static constexpr std::string_view kMeaning =
      "The mean over the spatial dimensions of x [N, spatial…, C]: [N, C].";
  int64_t count = 1;
  MeanSpatial() = default;
  explicit MeanSpatial(int64_t n) : count(n) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("count", op.count, "positions of the whole tensor, by which the sum is divided");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

/// dx = dy / count at every position. `x` is the shape of dx.
struct MeanSpatialBackward final : Schema<MeanSpatialBackward> {
  static constexpr std::string_view kName = "mean_spatial_backward";
  static constexpr std::string_view kMeaning =
      "The gradient of mean_spatial: dx [N, spatial…, C] is dy [N, C] / count at every position.";
  Dims x;
  int64_t count = 1;
  MeanSpatialBackward() = default;
  MeanSpatialBackward(Dims shape, int64_t n) : x(std::move(shape)), count(n) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("x", op.x, "shape of x");
    v("count", op.count, "positions of the whole tensor");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  OpPtr localize(const LocalRegions& regions) const override;
};

}  // namespace weft
