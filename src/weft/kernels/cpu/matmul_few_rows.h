#pragma once
// Products of so few rows that reading the weight is what they cost. Internal.
#include "weft/kernels/matmul.h"

namespace weft::kernels {

/// Beyond this many rows of a oneDNN is faster with a packed b (measured on GPT-2's weights, one thread of a
/// Zen 5: bench/few_rows.sh).
constexpr int64_t kMostFewRows = 2;

/// Whether few_rows_product computes the shape, which need not be empty: one to kMostFewRows rows, in f32 or
/// bf16, and a b that is stored `[n, k]`.
bool has_few_rows(const GemmShape& shape);

/// Reads each element of b once, in the order of memory; sums in f32, alike for every number of threads.
/// Operands as in Gemm::run.
void few_rows_product(const GemmShape& shape, const void* a, const void* b, void* out);

}  // namespace weft::kernels
