#pragma once
#include "weft/launch/mpirun_command.h"

namespace weft {

/// What this machine, this user and this environment say to who starts ranks here.
LaunchMachine this_machine();

/// The path of the program that runs.
std::string own_program();

}  // namespace weft
