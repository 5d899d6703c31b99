#pragma once
// Pointwise with reductions: which thread takes which points into which states. Internal.
#include <span>
#include <vector>

#include "weft/kernels/cpu/pointwise_tiles.h"

namespace weft::kernels {

/// Writes `count` numbers as elements `stride` apart, whatever the dtype; the first is element `first`.
void write_numbers(const double* from, int64_t count, const View& out, int64_t first, int64_t stride);

/// Where all reduced results have the outermost axes, threads divide those, and go over them in blocks whose
/// states stay in L1. Else each thread takes a part of all points into states of its own, which are joined in
/// order.
class PointwiseReducer {
 public:
  /// `pieces` threads at most.
  PointwiseReducer(const PointwiseSpec& spec, std::span<const TensorType> operands,
                   std::span<const TensorType> outputs, int64_t pieces);

  int64_t scratch_bytes() const { return pieces_ * scratch_of_piece(); }
  void run(std::span<const View> operands, std::span<const View> outputs, std::byte* scratch) const;

 private:
  struct Call;

  void choose_split();
  int64_t states_bytes(int64_t outer) const;
  int64_t scratch_of_piece() const;

  TileRunner tiles_;
  std::vector<Dims> kept_;        ///< of each fold: sizes of the layout's axes that it has
  std::vector<Affine> elements_;  ///< where its outputs' elements are along these
  std::vector<int64_t> states_;   ///< of each fold, for one position along the outer axes
  int64_t pieces_ = 1;
  int64_t outer_ = 1;  ///< positions along the leading axes that all folds have
  int64_t inner_ = 1;  ///< points of each
  int64_t block_ = 1;  ///< positions whose states are kept at a time
  bool divides_outer_ = false;
};

}  // namespace weft::kernels
