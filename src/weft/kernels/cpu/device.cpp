#include "weft/graph/device.h"

namespace weft::cpu {

void register_device(Device& device) {
  device.describe("the cores of this machine: oneDNN for products and convolutions, Weft's own vector kernels for the rest");
}

}  // namespace weft::cpu
