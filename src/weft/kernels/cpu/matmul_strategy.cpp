#include "weft/kernels/cpu/matmul_strategy.h"

#include "weft/kernels/cpu/matmul_few_rows.h"

namespace weft::kernels {
namespace {

// Measured with oneDNN 2.6.3 on the products of GPT-2 124M (256 to 4096 tokens; AVX-512 and AMX), in GF/s a
// core.

/// A transposed a, as in weight gradients: oneDNN copies a itself, and wants to find b blocked (f32
/// 768x3072x256: 171 against 120). In bf16 the wider operand is better left alone, and long sums are better
/// cut (4096 tokens: 614 against 269).
GemmStrategy for_transposed_a(const GemmShape& s) {
  if (s.in == DType::f32) return {OperandForm::plain, OperandForm::blocked};
  GemmStrategy strategy{OperandForm::plain, OperandForm::blocked};
  if (s.n >= s.m) strategy = {OperandForm::row_major, OperandForm::plain};
  if (s.k > 768 && s.batch == 1) strategy.k_chunk = 512;
  return strategy;
}

/// In bf16 long sums leave the cache unless they are cut, and then rows of a far apart are better gathered
/// (256x768x3072: 1058 against 864; 256x768x50257, whose rows are not even aligned: 907 against 485).
GemmStrategy for_packed_b(const GemmShape& s) {
  if (s.in == DType::bf16 && s.k >= 3072 && s.batch == 1) {
    return {OperandForm::blocked, OperandForm::blocked, 0, 768};
  }
  return {};
}

/// A plain row-major b is cut along k: rows that are a multiple of 4 KiB apart collide in the cache
/// (f32 256x3072x768: 166 against 85, 256x768x50257: 167 against 133; bf16 256x768x3072: 835 against 699).
GemmStrategy for_plain_b(const GemmShape& s) {
  GemmStrategy strategy;
  if (s.batch != 1) return strategy;
  const bool narrow = s.in == DType::bf16;
  if (!s.transpose_b && !narrow && s.k > 512) strategy.k_chunk = 512;
  if (!s.transpose_b && narrow && s.k > 768) strategy.k_chunk = 768;
  if (narrow && s.k > 8192) strategy = {OperandForm::blocked, OperandForm::plain, 0, 768};
  // Enough rows repay the packing (2048x3072x768: 1100 against 834).
  if (narrow && s.m >= 2048 && s.k <= 1024) strategy.b = OperandForm::blocked;
  return strategy;
}

}  // namespace

GemmStrategy choose_strategy(const GemmShape& shape, bool packed_b) {
  if (has_few_rows(shape)) return {.few_rows = true};
  if (shape.transpose_a) return for_transposed_a(shape);
  return packed_b ? for_packed_b(shape) : for_plain_b(shape);
}

}  // namespace weft::kernels
