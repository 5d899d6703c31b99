#pragma once
// The reference device computes everything in f64 on one thread, whatever the operands are stored in.
#include "weft/graph/device.h"

namespace weft::reference {

/// A kernel that runs `body` on f64 copies of the floating operands and rounds the floating results to their dtypes once.
/// Operands of other dtypes, and views without elements, are passed as they are. No result aliases an operand.
Kernel in_f64(const BindRequest& request, std::function<void(const KernelContext&)> body);

/// The type with f64 in the place of a floating dtype.
TensorType widened(const TensorType& type);

}  // namespace weft::reference
