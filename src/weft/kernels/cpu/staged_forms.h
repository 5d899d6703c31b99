#pragma once
// Sequences of steps for which this device has code of its own. Internal.
#include <functional>
#include <optional>
#include <span>

#include "weft/ops/staged/staged.h"
#include "weft/tensor/view.h"

namespace weft::kernels {

/// Runs all steps on all rows, on the views of the node.
using StagedBody = std::function<void(std::span<const View> inputs, std::span<const View> outputs)>;

/// By the canonical form of every step and by what they read of each other. Empty: none is known.
std::optional<StagedBody> find_staged_form(const Staged& op, std::span<const TensorType> inputs,
                                           std::span<const TensorType> outputs);

}  // namespace weft::kernels
