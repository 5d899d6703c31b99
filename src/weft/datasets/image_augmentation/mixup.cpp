#include "weft/datasets/image_augmentation/mixup.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "weft/base/check.h"
#include "weft/ops/pointwise/add.h"
#include "weft/ops/pointwise/fill.h"
#include "weft/ops/pointwise/multiply.h"
#include "weft/ops/pointwise/scale.h"
#include "weft/ops/shape/mix_pairs.h"

namespace weft {

namespace {

/// A scalar input: a row's own share in its mixture with its neighbour.
const std::string kShare = "mixup_share";

ValueId share_of(GraphBuilder& build, DType scalars) { return build.input(kShare, {scalars, {}}, {}); }

/// In (0, 1): a logarithm follows.
double open_unit(uint32_t word) { return (word + 0.5) / 4294967296.0; }

}  // namespace

RandomStream mixup_stream(uint64_t seed, int64_t epoch, int64_t sample) {
  // The upper bits keep clear of the streams of other purposes.
  constexpr uint64_t kMixup = uint64_t{0x6d6978} << 40;  // "mix"
  return {seed, kMixup + static_cast<uint64_t>(sample), static_cast<uint64_t>(epoch)};
}

/// Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26 (2000), sections 2, 6.
double log_gamma_draw(double shape, const RandomStream& random, uint64_t first) {
  WEFT_CHECK(shape > 0, "a gamma draw of shape {}", shape);
  if (shape < 1) {
    return log_gamma_draw(shape + 1, random, first + 1) + std::log(open_unit(random.block(first)[0])) / shape;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  // More than 95% of the draws are accepted, so this ends.
  for (uint64_t attempt = first;; ++attempt) {
    const PhiloxBlock words = random.block(attempt);
    const double normal =
        std::sqrt(-2 * std::log(open_unit(words[0]))) * std::cos(2 * std::numbers::pi * open_unit(words[1]));
    const double v = std::pow(1 + c * normal, 3);
    if (v <= 0) continue;
    if (std::log(open_unit(words[2])) < 0.5 * normal * normal + d - d * v + d * std::log(v)) {
      return std::log(d * v);
    }
  }
}

double mixup_lambda(double alpha, const RandomStream& random) {
  // Far apart: neither draw rejects so often as to reach the other's words.
  constexpr uint64_t kSecond = uint64_t{1} << 32;
  const double own = log_gamma_draw(alpha, random, 0);
  const double other = log_gamma_draw(alpha, random, kSecond);
  return 1 / (1 + std::exp(other - own));
}

Complaint Mixup::check(const Recipe& recipe) const {
  const int64_t rows = recipe.microbatch_rows();
  if (alpha == 0 || rows % 2 == 0) return std::nullopt;
  return RecipeComplaint{
      "data.mixup",
      fmt::format("data.mixup mixes pairs, and a microbatch has {} samples, an odd number", rows)};
}

ValueId Mixup::input(GraphBuilder& build, ValueId samples, DType scalars) const {
  return mix_pairs(build, samples, share_of(build, scalars));
}

/// A mixture is a part its own class and a part the other's.
ValueId Mixup::loss(GraphBuilder& build, ValueId predictions, const LossOf& loss, DType scalars) const {
  const TensorType scalar{scalars, {}};
  const ValueId share = share_of(build, scalars);
  const ValueId own = loss(predictions);
  const BuilderScope labelled = build.labelled("loss");
  const ValueId others = loss(mix_pairs(build, predictions, fill(build, scalar, 0)));
  const ValueId rest = add(build, fill(build, scalar, 1), scale(build, share, -1));
  return add(build, multiply(build, share, own), multiply(build, rest, others));
}

std::vector<std::pair<std::string, double>> Mixup::scalars(uint64_t seed, int64_t number) const {
  return {{kShare, mixup_lambda(alpha, mixup_stream(seed, number, 0))}};
}

void register_mixup(KindsOf<ImageAugmentation>& kinds) { kinds.add<Mixup>(); }

}  // namespace weft
