#pragma once
#include "weft/base/philox.h"
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// The random numbers of one sample's mix in one epoch.
RandomStream mixup_stream(uint64_t seed, int64_t epoch, int64_t sample);

/// Logarithm of a draw of Gamma(shape, 1), shape > 0. It reads words of `random` from block `first` on. The
/// logarithm, since for small shapes most draws are too small for a double.
double log_gamma_draw(double shape, const RandomStream& random, uint64_t first);

/// The share of the sample itself, drawn from Beta(alpha, alpha). alpha > 0.
double mixup_lambda(double alpha, const RandomStream& random);

/// Neighbours in a batch are mixed, samples and losses (Zhang et al., "mixup: Beyond Empirical Risk
/// Minimization", ICLR 2018), by a share that each microbatch draws.
struct Mixup final : KindOf<Mixup, ImageAugmentation>, BatchMixing {
  static constexpr std::string_view kName = "mixup";
  static constexpr std::string_view kMeaning = "neighbours in a batch, mixed.";
  double alpha = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("mixup", self.alpha, from_zero(),
        "training images and labels of neighbours in a batch are mixed, by a share that each step draws from "
        "Beta(x, x); 0: not");
  }
  const BatchMixing* mixing() const override { return alpha > 0 ? this : nullptr; }
  Complaint check(const Recipe& recipe) const override;

  ValueId input(GraphBuilder& build, ValueId samples, DType scalars) const override;
  ValueId loss(GraphBuilder& build, ValueId predictions, const LossOf& loss, DType scalars) const override;
  std::vector<std::pair<std::string, double>> scalars(uint64_t seed, int64_t number) const override;
};

}  // namespace weft
