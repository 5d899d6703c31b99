#pragma once
// Where operands, results and positions lie along the points of a box, with as few axes as possible.
// Internal.
#include <algorithm>
#include <span>
#include <vector>

#include "weft/kernels/pointwise.h"

namespace weft::kernels {

/// offset + position · strides.
struct Affine {
  int64_t offset = 0;
  Dims strides;
  bool is_constant() const;
};

/// Axes in the order of the result or operand that has most, those of one position left out, neighbours that
/// everything runs through as through one made one. Never empty.
struct PointLayout {
  Dims sizes;
  std::vector<Affine> operands;   ///< elements from the operand's first
  std::vector<Affine> results;    ///< likewise
  std::vector<Affine> positions;  ///< of index and random nodes, in the order given
  /// Whether `affine` counts the points one by one.
  bool is_dense(const Affine& affine) const;
};

PointLayout layout_points(const PointwiseSpec& spec, std::span<const ScalarNode> positions);

/// Calls body(done, count, first) for the runs along the last axis that points [begin, begin + count) are;
/// `first` is the affine's value at the first of them, from where it goes on by its last stride.
template <class Body>
void for_runs(const Dims& sizes, const Affine& affine, int64_t begin, int64_t count, const Body& body) {
  const size_t outer = sizes.size() - 1;
  const int64_t inner = sizes.back();
  int64_t at[kMostAxes] = {};
  int64_t row = begin / inner;
  int64_t column = begin % inner;
  int64_t first = affine.offset;
  for (size_t a = outer; a-- > 0; row /= sizes[a]) {
    at[a] = row % sizes[a];
    first += at[a] * affine.strides[a];
  }
  for (int64_t done = 0; done < count;) {
    const int64_t run = std::min(count - done, inner - column);
    body(done, run, first + column * affine.strides[outer]);
    done += run;
    column = 0;
    for (size_t a = outer; a-- > 0;) {
      first += affine.strides[a];
      if (++at[a] < sizes[a]) break;
      first -= affine.strides[a] * sizes[a];
      at[a] = 0;
    }
  }
}

}  // namespace weft::kernels
