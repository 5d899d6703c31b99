#include "weft/graph/device.h"

namespace weft::reference {

void register_device(Device& device) {
  device.describe("the definitions of the ops: f64 inside, one thread, slow; for tests and for questions of numerics");
}

}  // namespace weft::reference
