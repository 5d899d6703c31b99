#pragma once
#include <utility>

#include "weft/graph/graph.h"
#include "weft/graph/schema.h"

namespace weft {

/// x with each element zero with probability `rate`, the others times 1 / (1 - rate). Which ones is a pure
/// function of (seed, stream, step, index of the element in the global tensor): nothing is stored, and no
/// result depends on the number of ranks. `step` is a scalar i64. Give every dropout of a model its own
/// `stream`.
ValueId dropout(GraphBuilder& build, ValueId x, ValueId step, double rate, uint64_t seed, uint64_t stream);

struct Dropout final : Schema<Dropout> {
  static constexpr std::string_view kName = "dropout";
  static constexpr std::string_view kMeaning =
      "x with each element zero with a probability, the others scaled up. Which ones follows from the seed, "
      "the stream, the scalar step (i64) and the element's place. Srivastava et al. (2014).";
  double rate = 0;
  uint64_t seed = 0;
  uint64_t stream = 0;
  Dims global;    ///< shape of the whole tensor
  Region region;  ///< the part of it that the operand is
  Dropout() = default;
  Dropout(double r, uint64_t s, uint64_t t, Dims g, Region p)
      : rate(r), seed(s), stream(t), global(std::move(g)), region(std::move(p)) {}

  template <class Visitor, class Self>
  static void visit(Visitor& v, Self& op) {
    v("rate", op.rate, "probability of a zero");
    v("seed", op.seed, "seed of the run");
    v("stream", op.stream, "number of this dropout in the model");
    v("global", op.global, "shape of the whole tensor");
    v("region", op.region, "the part of it that the operand is");
  }
  std::vector<TensorType> infer(std::span<const TensorType> inputs) const override;
  IndexMap index_map(std::span<const TensorType> inputs, std::span<const TensorType> outputs) const override;
  Traits traits() const override { return {.in_place = {{0, 0}}, .flops_per_point = 2}; }
  OpPtr localize(const LocalRegions& regions) const override;
  std::vector<std::optional<ValueId>> gradient(const GradientContext& context) const override;
};

}  // namespace weft
