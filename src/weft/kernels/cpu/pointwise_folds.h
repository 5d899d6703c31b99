#pragma once
// Loops that take the lanes of a tile into the states of a reduction. Internal.
#include <cstdint>

#include "weft/expression/reduction.h"

namespace weft::kernels {

struct FoldStep {
  const Reduction* rule = nullptr;
  const void* values = nullptr;     ///< lanes, as pointwise_loops.h says
  const void* positions = nullptr;  ///< integer lanes, for rules that read them
  int64_t count = 0;
  double* state[3] = {};  ///< number s of the first state, those of the next behind it
};
using FoldLoop = void (*)(const FoldStep& step);

struct FoldLoops {
  FoldLoop into_one = nullptr;      ///< all lanes into the first state
  FoldLoop side_by_side = nullptr;  ///< lane i into state i
};

/// For values of that type; `wide` lanes have 8 bytes.
FoldLoops find_fold_loops(const Reduction& rule, ScalarType type, bool wide);

}  // namespace weft::kernels
