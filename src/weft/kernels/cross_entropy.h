#pragma once
// Cross entropy over class ids, in pieces that a split vocabulary can combine. logits [rows..., v] T; targets
// i32 [rows...], negative = the row does not count; max, sums S. A part of the vocabulary begins at
// `vocab_begin`.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// max[r] = greatest element of row r of x [rows..., v] f32 or bf16; minus infinity for an empty row. The
/// body of pointwise's max along the last axis; NaN where there is one.
void row_max(const View& x, const View& max);
/// sums[r] = (sum of exp(logit - max[r]), the target's logit if it lies in this part, else 0).
void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums);
/// out = scale * sum over counted rows of log(sums[r][0]) + max[r] - sums[r][1].
void xent_loss(const View& max, const View& sums, const View& targets, double scale, const View& out);

}  // namespace weft::kernels
