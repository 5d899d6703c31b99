#pragma once
// Hand-written bodies for expressions of a known canonical form. Internal.
#include <functional>
#include <optional>
#include <span>

#include "weft/kernels/pointwise.h"

namespace weft::kernels {

using PointwiseBody = std::function<void(std::span<const View> operands, std::span<const View> results)>;

/// The body for this expression on these operands; none where there is none, or not for their types and axes.
std::optional<PointwiseBody> find_pointwise_form(const PointwiseSpec& spec,
                                                 std::span<const TensorType> operands,
                                                 std::span<const TensorType> outputs);

}  // namespace weft::kernels
