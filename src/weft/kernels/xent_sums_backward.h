#pragma once
// The gradient of the logits of a cross entropy, from the gradients of its row sums.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// dlogits[r, v] = dsums[r] * exp(logits[r, v] - max[r]) + (v + vocab_begin == targets[r] ? dpicked[r] : 0).
/// logits and dlogits [rows..., V], both f32 or both bf16; dsums, dpicked and max f32 [rows...]; targets i32
/// [rows...]. dlogits may be logits itself.
void xent_sums_backward(const View& logits, const View& dsums, const View& dpicked, const View& max,
                        const View& targets, int64_t vocab_begin, const View& dlogits);

}  // namespace weft::kernels
