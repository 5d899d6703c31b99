#pragma once
// Sums over rows of more than one operand for which this device has code of its own. Internal.
#include <optional>
#include <span>

#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {

/// The gradients of what rows were scaled and shifted by after they had been normalised: sums over rows of
/// a * (s * (x - m)), and of a, or of the former alone.
std::optional<PointwiseBody> find_column_form(const PointwiseSpec& spec, std::span<const TensorType> operands,
                                              std::span<const TensorType> outputs);

}  // namespace weft::kernels
