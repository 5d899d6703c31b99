#pragma once
// Products of so few rows that reading the weight is what they cost. Internal.
#include "weft/kernels/matmul.h"

namespace weft::kernels {

/// With two rows this takes 1.1 to 1.9 (f32) and 1.5 (bf16) times as long as reading b, oneDNN with a packed
/// b 2.5 and 2.2; with four it would take 1.4 to 3 and 2.5, oneDNN 1.5 (GPT-2's weights, one thread of a Zen
/// 5: bench/few_rows.sh).
constexpr int64_t kMostFewRows = 2;

/// Whether few_rows_product computes the shape, which need not be empty: one to kMostFewRows rows, in f32 or
/// bf16, and a b that is stored `[n, k]`.
bool has_few_rows(const GemmShape& shape);

/// Reads each element of b once, in the order of memory; sums in f32, alike for every number of threads.
/// Operands as in Gemm::run.
void few_rows_product(const GemmShape& shape, const void* a, const void* b, void* out);

}  // namespace weft::kernels
