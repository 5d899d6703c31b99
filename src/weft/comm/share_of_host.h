#pragma once
#include "weft/base/host_share.h"

namespace weft {

/// Ranks of this host, and those whose affinity masks have a core in common with this one's. Collective over
/// MPI's world, once MPI runs.
HostShare share_of_host();

}  // namespace weft
