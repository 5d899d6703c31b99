#pragma once
// How kernels that treat all elements alike cut their work. Internal.
#include <algorithm>
#include <cstdint>

#include "weft/base/threads.h"

namespace weft::kernels {

/// Least elements of one thread's piece: fewer cost less than waking a thread.
constexpr int64_t kElemsAtOnce = 8192;
/// Elements whose sum is kept in f32 before it goes on in f64.
constexpr int64_t kElemsInFloat = 4096;

/// Sum of sum(begin, end), a double, over the pieces of [0, elems), added in order.
template <class Sum>
double sum_of_pieces(int64_t elems, const Sum& sum) {
  constexpr int64_t kMostPieces = 64;
  const int64_t pieces =
      std::clamp<int64_t>(elems / kElemsAtOnce, 1, std::min<int64_t>(kMostPieces, threads()));
  double parts[kMostPieces] = {};
  parallel_for(pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) parts[p] = sum(elems * p / pieces, elems * (p + 1) / pieces);
  });
  double total = 0;
  for (int64_t p = 0; p < pieces; ++p) total += parts[p];
  return total;
}

}  // namespace weft::kernels
