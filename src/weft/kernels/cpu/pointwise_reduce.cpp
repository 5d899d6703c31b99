#include "weft/kernels/cpu/pointwise_reduce.h"

#include <algorithm>

#include "weft/base/alignment.h"
#include "weft/base/threads.h"

namespace weft::kernels {

namespace {

/// States of a block leave most of L1 to the tiles.
constexpr int64_t kBlockBytes = 8 * 1024;

int64_t product(const Dims& sizes, size_t begin, size_t end) {
  int64_t all = 1;
  for (size_t a = begin; a < end; ++a) all *= sizes[a];
  return all;
}

}  // namespace

void write_numbers(const double* from, int64_t count, const View& out, int64_t first, int64_t stride) {
  const TileWriter writer = find_tile_writer(out.type.dtype, true);
  if (is_floating(out.type.dtype)) return writer(from, out.data, {first, stride, count});
  for (int64_t i = 0; i < count; ++i) {
    const int64_t whole = integer_of(from[i], out.type.dtype);
    writer(&whole, out.data, {first + i * stride, 1, 1});
  }
}

PointwiseReducer::PointwiseReducer(const PointwiseSpec& spec, std::span<const TensorType> operands,
                                   std::span<const TensorType> outputs, int64_t pieces)
    : tiles_(spec, operands, outputs), pieces_(tiles_.threads_share_bytes() ? 1 : pieces) {
  const PointLayout& layout = tiles_.layout();
  size_t shared = layout.sizes.size();
  for (const TileFold& fold : tiles_.folds()) {
    const Affine& result = layout.results[fold.result];
    Dims sizes;
    Affine element;
    for (size_t a = 0; a < layout.sizes.size(); ++a) {
      if (fold.at.strides[a] == 0) {
        shared = std::min(shared, a);
        continue;
      }
      sizes.push_back(layout.sizes[a]);
      element.strides.push_back(result.strides[a]);
    }
    if (sizes.empty()) {
      sizes = {1};
      element.strides = {0};
    }
    kept_.push_back(std::move(sizes));
    elements_.push_back(std::move(element));
  }
  outer_ = product(layout.sizes, 0, shared);
  inner_ = product(layout.sizes, shared, layout.sizes.size());
  for (const Dims& sizes : kept_) states_.push_back(product(sizes, 0, sizes.size()) / outer_);
  choose_split();
}

void PointwiseReducer::choose_split() {
  constexpr int64_t kPositionsOfPiece = 8;
  divides_outer_ = pieces_ == 1 || outer_ >= kPositionsOfPiece * pieces_;
  if (!divides_outer_) {
    // States of its own pay for a thread that has several points for each.
    int64_t states = 0;
    for (const int64_t of_position : states_) states += of_position * outer_;
    pieces_ = std::clamp<int64_t>(outer_ * inner_ / (4 * std::max<int64_t>(states, 1)), 1, pieces_);
    block_ = outer_;
    return;
  }
  const int64_t some_tiles = 4 * tiles_.tile_elems() / inner_;
  block_ = std::clamp<int64_t>(std::min(kBlockBytes / states_bytes(1), some_tiles), 1, outer_);
}

int64_t PointwiseReducer::states_bytes(int64_t outer) const {
  int64_t bytes = 0;
  for (size_t f = 0; f < states_.size(); ++f) {
    const auto numbers = static_cast<int64_t>(tiles_.folds()[f].rule->states);
    bytes += numbers * states_[f] * outer * static_cast<int64_t>(sizeof(double));
  }
  return bytes;
}

int64_t PointwiseReducer::scratch_of_piece() const {
  const auto table = static_cast<int64_t>(states_.size() * sizeof(FoldStates));
  return aligned(tiles_.scratch_bytes()) + aligned(table) + aligned(states_bytes(block_));
}

/// One run.
struct PointwiseReducer::Call {
  const PointwiseReducer& r;
  std::span<const View> operands;
  std::span<const View> outputs;
  std::byte* scratch;

  std::byte* scratch_of(int64_t piece) const { return scratch + piece * r.scratch_of_piece(); }

  std::span<FoldStates> states_of(int64_t piece) const {
    std::byte* at = scratch_of(piece) + aligned(r.tiles_.scratch_bytes());
    return {reinterpret_cast<FoldStates*>(at), r.states_.size()};
  }

  /// Empty states for `count` positions from `outer` on.
  void start(int64_t piece, int64_t outer, int64_t count) const {
    const std::span<FoldStates> states = states_of(piece);
    auto* data = reinterpret_cast<double*>(reinterpret_cast<std::byte*>(states.data()) +
                                           aligned(static_cast<int64_t>(states.size_bytes())));
    for (size_t f = 0; f < states.size(); ++f) {
      const Reduction& rule = *r.tiles_.folds()[f].rule;
      states[f] = {data, outer * r.states_[f], count * r.states_[f]};
      for (size_t s = 0; s < rule.states; ++s) data = std::fill_n(data, states[f].count, rule.start[s]);
    }
  }

  void take(int64_t piece, int64_t begin, int64_t end) const {
    r.tiles_.run(operands, outputs, scratch_of(piece), states_of(piece), begin, end);
  }

  void finish(int64_t piece) const {
    for (size_t f = 0; f < r.states_.size(); ++f) {
      const TileFold& fold = r.tiles_.folds()[f];
      const FoldStates& states = states_of(piece)[f];
      for (size_t c = 0; c < fold.rule->components; ++c) {
        const double* from = states.data + static_cast<int64_t>(c) * states.count;
        for_runs(r.kept_[f], r.elements_[f], states.first, states.count,
                 [&](int64_t done, int64_t run, int64_t first) {
                   write_numbers(from + done, run, outputs[fold.output + c], first,
                                 r.elements_[f].strides.back());
                 });
      }
    }
  }

  /// The states of a piece into those of piece 0.
  void join(int64_t piece) const {
    for (size_t f = 0; f < r.states_.size(); ++f) {
      const Reduction& rule = *r.tiles_.folds()[f].rule;
      const FoldStates& into = states_of(0)[f];
      const FoldStates& from = states_of(piece)[f];
      for (int64_t i = 0; i < into.count; ++i) {
        ReductionState a = {};
        ReductionState b = {};
        for (size_t s = 0; s < rule.states; ++s) {
          a[s] = into.data[static_cast<int64_t>(s) * into.count + i];
          b[s] = from.data[static_cast<int64_t>(s) * into.count + i];
        }
        rule.join(a, b);
        for (size_t s = 0; s < rule.states; ++s) into.data[static_cast<int64_t>(s) * into.count + i] = a[s];
      }
    }
  }

  /// The bytes of packed results are each one thread's.
  int64_t first_position(int64_t piece) const {
    const int64_t first = r.outer_ * piece / r.pieces_;
    return r.tiles_.writes_bits() && piece < r.pieces_ ? first / 8 * 8 : first;
  }

  void divide_outer() const {
    parallel_for(r.pieces_, 1, [&](int64_t first, int64_t last) {
      for (int64_t piece = first; piece < last; ++piece) {
        const int64_t end = first_position(piece + 1);
        for (int64_t outer = first_position(piece); outer < end; outer += r.block_) {
          const int64_t count = std::min(r.block_, end - outer);
          start(piece, outer, count);
          take(piece, outer * r.inner_, (outer + count) * r.inner_);
          finish(piece);
        }
      }
    });
  }

  void divide_points() const {
    const int64_t points = r.outer_ * r.inner_;
    const int64_t tile = r.tiles_.tile_elems();
    const auto boundary = [&](int64_t piece) {
      return piece == r.pieces_ ? points : points * piece / r.pieces_ / tile * tile;
    };
    parallel_for(r.pieces_, 1, [&](int64_t first, int64_t last) {
      for (int64_t piece = first; piece < last; ++piece) {
        start(piece, 0, r.outer_);
        take(piece, boundary(piece), boundary(piece + 1));
      }
    });
    for (int64_t piece = 1; piece < r.pieces_; ++piece) join(piece);
    finish(0);
  }
};

void PointwiseReducer::run(std::span<const View> operands, std::span<const View> outputs,
                           std::byte* scratch) const {
  const Call call{*this, operands, outputs, scratch};
  divides_outer_ ? call.divide_outer() : call.divide_points();
}

}  // namespace weft::kernels
