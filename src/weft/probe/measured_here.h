#pragma once
#include "weft/machine/measured_on.h"

namespace weft {

/// This host, with as many ranks on it as this job has and the threads that are set; without a date.
MeasuredOn measured_here();

/// Today, as a machine's file has it: "2026-11-29".
std::string measured_today();

}  // namespace weft
