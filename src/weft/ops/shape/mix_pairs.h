#pragma once
#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// Neighbours along the first dimension of x [2 P, ...], the rows 2p and 2p + 1, mixed: share * own row +
/// (1 - share) * the other. `share` is a scalar of the statistics dtype beside x's; it gets no gradient.
/// Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018) of a batch in random order.
/// UserError where the first dimension is odd.
ValueId mix_pairs(GraphBuilder& build, ValueId x, ValueId share);

/// Of x [P, 2, ...] and share []; see mix_pairs().
struct MixPairs final : Schema<MixPairs> {
  static constexpr std::string_view kName = "mix_pairs";
  static constexpr std::string_view kMeaning =
      "Mixup (Zhang et al., 2018) of pairs of samples: of x [P, 2, ...] and a scalar share, share * own "
      "sample + (1 - share) * the other of the pair. The share has no gradient.";
  MixPairs() = default;

  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 3}; }
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
