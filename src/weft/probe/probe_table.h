#pragma once
#include <string>

#include "weft/probe/probe.h"

namespace weft {

/// What a probe measured, for people: where, and a line a rate with its spread.
std::string probe_table(const Probe& probe);

}  // namespace weft
