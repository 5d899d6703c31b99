#pragma once
// src/weft/kernels/xent_sums_backward.h of commit 81cde10.
// The gradient of the logits of a cross entropy, from the gradients of its row sums.
#include "weft/tensor/view.h"

namespace weft::retired {

/// dlogits[r, v] = dsums[r, 0] * exp(logits[r, v] - max[r]) + (v + vocab_begin == targets[r] ? dsums[r, 1] :
/// 0). logits and dlogits [rows..., V] in f64, f32 or bf16 (computed in f32); dsums [rows..., 2] and max
/// [rows...] in f64 beside f64, else f32; targets i32 [rows...]. dlogits may be logits itself. Overwrites
/// dlogits.
void xent_sums_backward(const View& logits, const View& dsums, const View& max, const View& targets,
                        int64_t vocab_begin, const View& dlogits);

}  // namespace weft::retired
