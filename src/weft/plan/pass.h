#pragma once
// What passes over graphs are given beside the graph.
#include "weft/graph/device.h"
#include "weft/graph/graph.h"
#include "weft/machine/machine.h"

namespace weft {

struct PlanContext {
  const Device& device;  ///< whose kernels will run
  const Machine& machine;
};

}  // namespace weft
