#include "weft/datasets/image_augmentation/mixup.h"

#include <fmt/format.h>

#include "weft/data/decode/mixup.h"
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

}  // namespace

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
