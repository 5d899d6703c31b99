#pragma once
#include "weft/plan/program.h"

namespace weft {

/// An instruction that copies a state's next value over the state, for updates that cannot be made in place.
/// `memory` is the device's, or null for the host's.
Instruction copy_state(const Slot& from, const Slot& to, const std::string& name,
                       const DeviceMemoryPtr& memory);

}  // namespace weft
