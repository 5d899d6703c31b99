#pragma once
#include "weft/plan/program.h"

namespace weft {

/// An instruction that copies a state's next value over the state, for updates that cannot be made in place.
Instruction copy_state(const Slot& from, const Slot& to, const std::string& name);

}  // namespace weft
