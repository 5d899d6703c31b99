#include "weft/kernels/pointwise.h"

#include <algorithm>
#include <optional>

#include "weft/base/threads.h"
#include "weft/expression/properties.h"
#include "weft/kernels/cpu/pieces.h"
#include "weft/kernels/cpu/pointwise_forms.h"
#include "weft/kernels/cpu/pointwise_reduce.h"
#include "weft/kernels/cpu/pointwise_tiles.h"

namespace weft::kernels {

namespace {

/// Least points of a thread: the more each costs, the fewer are worth waking one.
int64_t grain_of(const Expression& expression) {
  const auto flops = static_cast<int64_t>(flops_of(expression));
  return std::clamp<int64_t>(8 * kElemsAtOnce / (8 + flops), kElemsAtOnce / 8, kElemsAtOnce);
}

}  // namespace

struct PointwiseKernel::Prepared {
  std::vector<const Reduction*> rules;
  int64_t points = 0;
  int64_t pieces = 0;  ///< at most, each with scratch of its own
  std::optional<PointwiseBody> form;
  std::optional<TileRunner> tiles;
  std::optional<PointwiseReducer> reducer;

  void run_tiles(std::span<const View> operands, std::span<const View> outputs, std::byte* scratch) const;
  void reduce_nothing(std::span<const View> outputs) const;
};

PointwiseKernel::PointwiseKernel(const PointwiseSpec& spec, std::span<const TensorType> operands,
                                 std::span<const TensorType> outputs, PointwiseBodies bodies) {
  auto prepared = std::make_unique<Prepared>();
  prepared->rules = spec.rules;
  prepared->points = spec.region.elems();
  prepared->pieces = std::clamp<int64_t>(prepared->points / grain_of(spec.expression), 1, threads());
  const bool reduces = std::any_of(spec.rules.begin(), spec.rules.end(),
                                   [](const Reduction* rule) { return rule != nullptr; });
  if (bodies == PointwiseBodies::hand_written) prepared->form = find_pointwise_form(spec, operands, outputs);
  if (!prepared->form && prepared->points > 0) {
    if (reduces) {
      prepared->reducer.emplace(spec, operands, outputs, prepared->pieces);
    } else {
      prepared->tiles.emplace(spec, operands, outputs);
      if (prepared->tiles->threads_share_bytes()) prepared->pieces = 1;
    }
  }
  prepared_ = std::move(prepared);
}

PointwiseKernel::~PointwiseKernel() = default;
PointwiseKernel::PointwiseKernel(PointwiseKernel&&) noexcept = default;

int64_t PointwiseKernel::scratch_bytes() const {
  if (prepared_->reducer) return prepared_->reducer->scratch_bytes();
  return prepared_->tiles ? prepared_->pieces * prepared_->tiles->scratch_bytes() : 0;
}

void PointwiseKernel::Prepared::run_tiles(std::span<const View> operands, std::span<const View> outputs,
                                          std::byte* scratch) const {
  const int64_t tile = tiles->tile_elems();
  const auto boundary = [&](int64_t piece) {
    return piece == pieces ? points : points * piece / pieces / tile * tile;
  };
  parallel_for(pieces, 1, [&](int64_t first, int64_t last) {
    for (int64_t piece = first; piece < last; ++piece) {
      tiles->run(operands, outputs, scratch + piece * tiles->scratch_bytes(), {}, boundary(piece),
                 boundary(piece + 1));
    }
  });
}

/// Where there are no points, a reduced result may have elements all the same: those of an empty state.
void PointwiseKernel::Prepared::reduce_nothing(std::span<const View> outputs) const {
  size_t output = 0;
  for (const Reduction* rule : rules) {
    for (size_t c = 0; c < components_of(rule); ++c, ++output) {
      for (int64_t i = 0; rule != nullptr && i < outputs[output].elems(); ++i) {
        write_numbers(&rule->start[c], 1, outputs[output], i, 1);
      }
    }
  }
}

void PointwiseKernel::run(std::span<const View> operands, std::span<const View> outputs,
                          std::byte* scratch) const {
  if (prepared_->form) return prepared_->form->run({operands, outputs, scratch});
  for (const View& output : outputs) clear_unused_bits(output);
  if (prepared_->reducer) return prepared_->reducer->run(operands, outputs, scratch);
  if (prepared_->tiles) return prepared_->run_tiles(operands, outputs, scratch);
  prepared_->reduce_nothing(outputs);
}

}  // namespace weft::kernels
