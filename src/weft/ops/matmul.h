#pragma once
#include <optional>

#include "weft/graph/graph.h"

namespace weft {

/// How many dimensions of the operands belong to each group of a matrix product. Groups are contiguous, in
/// this order: a [batch…, m…, k…] ([batch…, k…, m…] with transpose_a), b [batch…, k…, n…] ([batch…, n…, k…]
/// with transpose_b), out [batch…, m…, n…].
struct MatmulDims {
  int batch = 0;
  int m = 1;
  int n = 1;
  int k = 1;
  bool transpose_a = false;
  bool transpose_b = false;
};

/// out = sum over k… of a * b. Where one operand is bf16 the other may be f32 (a weight): it is rounded and
/// the product is of bf16, summed in f32. `out_dtype` is a's by default; f32 is possible for products of
/// bf16. The gradient of each operand has that operand's dtype: weights kept in f32 get f32 gradients.
ValueId matmul(GraphBuilder& build, ValueId a, ValueId b, const MatmulDims& dims,
               std::optional<DType> out_dtype = std::nullopt);

/// x [..., C] times w [C, F], or [F, C] with `transposed`: [..., F].
ValueId linear(GraphBuilder& build, ValueId x, ValueId w, bool transposed = false);

}  // namespace weft
