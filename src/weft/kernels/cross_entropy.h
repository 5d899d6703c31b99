#pragma once
// Bodies of what a cross entropy makes of its logits [rows..., v], which are f32 or bf16: see
// ops/loss/cross_entropy.h. targets i32 [rows...]; the others f32 [rows...]. A part of the vocabulary begins
// at `vocab_begin`.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// max[r] = greatest element of row r of x [rows..., v] f32 or bf16; minus infinity for an empty row. The
/// body of pointwise's max along the last axis; NaN where there is one.
void row_max(const View& x, const View& max);
/// sums[r] = the sum of exp(logit - max[r]); picked[r] = the target's logit if it lies in this part, else 0.
void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums, const View& picked);

}  // namespace weft::kernels
