#pragma once
// src/weft/kernels/cross_entropy.h of commit 81cde10.
// Cross entropy over class ids, in pieces that a split vocabulary can combine. logits [rows..., v] T; targets
// i32 [rows...], negative = the row does not count; max, sums S. A part of the vocabulary begins at
// `vocab_begin`.
#include "weft/tensor/view.h"

namespace weft::retired {

/// max[r] = greatest logit of row r; minus infinity for an empty part.
void xent_max(const View& logits, const View& max);
/// sums[r] = (sum of exp(logit - max[r]), the target's logit if it lies in this part, else 0).
void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums);
/// out = scale * sum over counted rows of log(sums[r][0]) + max[r] - sums[r][1].
void xent_loss(const View& max, const View& sums, const View& targets, double scale, const View& out);

}  // namespace weft::retired
