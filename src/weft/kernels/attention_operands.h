#pragma once
// From attention's nodes to what its kernels are given: every device binds it this way.
#include <span>

#include "weft/kernels/attention.h"
#include "weft/ops/linear/attention.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

AttentionShape attention_shape(const AttentionForm& form, std::span<const TensorType> inputs);

/// Allocates nothing; `inputs` are a node's, forward or backward.
AttentionInputs attention_inputs(const AttentionForm& form, const AttentionShape& shape,
                                 std::span<const View> inputs);
/// Of out or dout.
AttentionHeads attention_output(const AttentionShape& shape, const View& out);
/// Of a backward node's outputs.
AttentionGradients attention_gradients(const AttentionForm& form, const AttentionShape& shape,
                                       std::span<const View> outputs);

}  // namespace weft::kernels
