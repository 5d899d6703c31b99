#include "weft/kernels/pointwise.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

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

/// Any expression, tile by tile.
class Interpreter {
 public:
  Interpreter(const PointwiseSpec& spec, std::span<const TensorType> operands,
              std::span<const TensorType> outputs)
      : rules_(spec.rules), points_(spec.region.elems()) {
    pieces_ = std::clamp<int64_t>(points_ / grain_of(spec.expression), 1, threads());
    if (points_ == 0) return;
    if (std::any_of(rules_.begin(), rules_.end(), [](const Reduction* rule) { return rule != nullptr; })) {
      reducer_.emplace(spec, operands, outputs, pieces_);
    } else {
      tiles_.emplace(spec, operands, outputs);
      if (tiles_->threads_share_bytes()) pieces_ = 1;
    }
  }

  int64_t scratch_bytes() const {
    if (reducer_) return reducer_->scratch_bytes();
    return tiles_ ? pieces_ * tiles_->scratch_bytes() : 0;
  }

  void run(const KernelContext& context) const {
    for (const View& output : context.outputs) clear_unused_bits(output);
    if (reducer_) return reducer_->run(context.inputs, context.outputs, context.scratch);
    if (tiles_) return run_tiles(context);
    reduce_nothing(context.outputs);
  }

 private:
  void run_tiles(const KernelContext& context) const;
  void reduce_nothing(std::span<const View> outputs) const;

  std::vector<const Reduction*> rules_;
  int64_t points_ = 0;
  int64_t pieces_ = 0;  ///< at most, each with scratch of its own
  std::optional<TileRunner> tiles_;
  std::optional<PointwiseReducer> reducer_;
};

void Interpreter::run_tiles(const KernelContext& context) const {
  const int64_t tile = tiles_->tile_elems();
  const auto boundary = [&](int64_t piece) {
    return piece == pieces_ ? points_ : points_ * piece / pieces_ / tile * tile;
  };
  parallel_for(pieces_, 1, [&](int64_t first, int64_t last) {
    for (int64_t piece = first; piece < last; ++piece) {
      tiles_->run(context.inputs, context.outputs, context.scratch + piece * tiles_->scratch_bytes(), {},
                  boundary(piece), boundary(piece + 1));
    }
  });
}

/// Where there are no points, a reduced result may have elements all the same: those of an empty state.
void Interpreter::reduce_nothing(std::span<const View> outputs) const {
  size_t output = 0;
  for (const Reduction* rule : rules_) {
    for (size_t c = 0; c < components_of(rule); ++c, ++output) {
      for (int64_t i = 0; rule != nullptr && i < outputs[output].elems(); ++i) {
        write_numbers(&rule->start[c], 1, outputs[output], i, 1);
      }
    }
  }
}

}  // namespace

Kernel pointwise_kernel(const PointwiseSpec& spec, std::span<const TensorType> operands,
                        std::span<const TensorType> outputs, PointwiseBodies bodies) {
  if (bodies == PointwiseBodies::hand_written) {
    // The executor calls the body itself: some take 0.1 us.
    if (auto form = find_pointwise_form(spec, operands, outputs)) return {std::move(form->run)};
  }
  // Shared, because std::function copies; the kernel is the only owner.
  const auto interpreter = std::make_shared<const Interpreter>(spec, operands, outputs);
  return {[interpreter](const KernelContext& context) { interpreter->run(context); },
          interpreter->scratch_bytes()};
}

}  // namespace weft::kernels
