#pragma once
// Expressions over rows beside numbers of each row and of each column, for which this device has code of its
// own. Internal.
#include <optional>
#include <span>

#include "weft/kernels/cpu/pointwise_forms.h"

namespace weft::kernels {

/// What normalising by rows and by columns, and the gradients of both, are made of.
std::optional<PointwiseBody> find_column_form(const PointwiseSpec& spec, std::span<const TensorType> operands,
                                              std::span<const TensorType> outputs);

}  // namespace weft::kernels
