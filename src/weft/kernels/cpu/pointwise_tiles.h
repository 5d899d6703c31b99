#pragma once
// Runs a tape over the points of a box, tile by tile. Internal.
#include <optional>
#include <span>
#include <vector>

#include "weft/kernels/cpu/pointwise_folds.h"
#include "weft/kernels/cpu/pointwise_tape.h"
#include "weft/kernels/pointwise_layout.h"

namespace weft::kernels {

/// A result that is taken into states instead of written.
struct TileFold {
  const Reduction* rule = nullptr;
  size_t result = 0;
  size_t output = 0;  ///< the first of its components
  Affine at;          ///< which state: counted row-major along the layout's axes that the result has
  TapeSource from;
  std::optional<TapeSource> position;
  FoldLoops loops;
};

/// Where a thread keeps the states of a fold: number s of state i is data[s * count + i - first].
struct FoldStates {
  double* data = nullptr;
  int64_t first = 0;
  int64_t count = 0;
};

/// A tape bound to one layout. Serves any number of threads, each with scratch of its own.
class TileRunner {
 public:
  TileRunner(const PointwiseSpec& spec, std::span<const TensorType> operands,
             std::span<const TensorType> outputs);

  const PointLayout& layout() const { return layout_; }
  const std::vector<TileFold>& folds() const { return folds_; }
  /// Of one thread.
  int64_t scratch_bytes() const { return scratch_bytes_; }
  /// Threads begin at multiples of this, which 64 divides.
  int64_t tile_elems() const { return tile_elems_; }
  bool writes_bits() const { return writes_bits_; }
  /// Whether bytes of packed results hold points that are far apart: then one thread must take them all.
  bool threads_share_bytes() const { return threads_share_bytes_; }
  /// Points [begin, end) in the layout's order; `states` of each fold.
  void run(std::span<const View> operands, std::span<const View> outputs, std::byte* scratch,
           std::span<const FoldStates> states, int64_t begin, int64_t end) const;

 private:
  friend class TileWorker;

  struct Read {
    Affine at;
    TileReader reader = nullptr;
    int operand = 0;
    int tile = 0;
    bool everywhere = false;  ///< one element for all points
    bool dense = false;       ///< element i at point i
    bool in_place = false;    ///< its elements are lanes already, and nothing overwrites them early
    bool periodic = false;    ///< the same in every row, and rows are short
  };
  struct Write {
    Affine at;
    TileWriter writer = nullptr;
    TapeSource from;
    size_t output = 0;
    int64_t elem_bytes = 0;  ///< none of bits
    bool dense = false;
  };

  void add_reads(std::span<const TensorType> operands);
  void add_results(const PointwiseSpec& spec, std::span<const TensorType> outputs);
  void choose_tile();
  int64_t lane_bytes() const { return tape_.wide ? 8 : 4; }
  int64_t tile_bytes() const { return tile_elems_ * lane_bytes(); }

  Tape tape_;
  PointLayout layout_;
  std::vector<Read> reads_;
  std::vector<Write> writes_;
  std::vector<TileFold> folds_;
  bool writes_bits_ = false;
  bool threads_share_bytes_ = false;
  bool long_rows_ = false;  ///< a tile is in one row
  int64_t lanes_ = 0;
  int64_t tile_elems_ = 0;
  int64_t scratch_bytes_ = 0;
};

}  // namespace weft::kernels
