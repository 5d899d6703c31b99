#pragma once
// Canonical forms for which this device has code of its own. Internal.
#include <span>
#include <string_view>
#include <vector>

#include "weft/expression/expression.h"

namespace weft::kernels {

/// GELU of a, by tanh and by erf.
inline constexpr std::string_view kGeluByTanh =
    "0.5 * a * (1.0 + tanh(a * (0.7978845608028654 + 0.035677408136300125 * (a * a))))";
inline constexpr std::string_view kGeluByErf = "0.5 * a * (1.0 + erf(a * 0.7071067811865476))";

/// The canonical form of a pattern over a, b, c, n and d (operands 0 to 4), or of its gradient by a, where b
/// is that of its result.
Expression canonical_pattern(std::string_view pattern, bool gradient);

/// A part that one pass computes from what stands for a, b and c.
struct TilePattern {
  std::string_view loops;
  Expression expression;
};

/// The larger ones first.
std::span<const TilePattern> tile_patterns();

}  // namespace weft::kernels
