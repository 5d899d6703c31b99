#pragma once
#include <string>

#include "weft/graph/device.h"
#include "weft/graph/op_registry.h"

namespace weft {

/// docs/ops.md: every op with its meaning, its attributes and the devices that have a kernel for it, in
/// Markdown, from the ops' schemas.
std::string op_reference(const OpRegistry& ops, const DeviceRegistry& devices);

}  // namespace weft
