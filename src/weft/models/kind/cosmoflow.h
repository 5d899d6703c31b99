#pragma once
#include "weft/models/model.h"

namespace weft {

/// Network that reads cosmological parameters off volumes of matter (Mathuriya et al., "CosmoFlow: Using Deep
/// Learning to Learn the Universe at Scale", SC'18), in the form that MLPerf HPC benchmarks: predictions [N,
/// K] of volumes [N, D, H, W, C] by `stages` times (3x3x3 convolution, ReLU, pooling by 2), then dense layers
/// of 128, 64 and K with dropout between, and 1.2 tanh. Where ranks split the volume, the first dense layer
/// sums what each makes of its part.
struct Cosmoflow final : KindOf<Cosmoflow, Model> {
  static constexpr std::string_view kName = "cosmoflow";
  static constexpr std::string_view kMeaning =
      "a network that reads numbers off volumes (CosmoFlow: Mathuriya et al., SC'18).";
  int64_t stages = 5;
  int64_t width = 16;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("stages", self.stages, between(1, 1000),
        "convolutions of 3x3x3, each followed by pooling that halves depth, height and width");
    key("width", self.width, at_least(1), "channels of the first stage; doubled by each");
  }

  int64_t ids() const override { return kNoIds; }
  InputForm takes() const override { return {.ids = false, .least_axes = 3, .most_axes = 3}; }
  ValueId predict(const ModelContext& context, ValueId volumes) const override;
};

}  // namespace weft
