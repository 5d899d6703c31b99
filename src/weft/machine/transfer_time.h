#pragma once
// What it takes to move bytes over a network and from storage: what loading asks, and the price of a node.
#include "weft/machine/machine.h"

namespace weft {

/// The level with an ordinary network's latency and rate where none were measured.
NetworkLevel without_gaps(NetworkLevel level);

/// The level as groups of so many ranks have it: between those that were measured on straight lines, beyond
/// them as the nearest. A larger group is never better than a smaller one, also where noise has it so.
NetworkLevel for_group(const NetworkLevel& level, int ranks);

/// One message: the latency and the bytes.
double message_s(const NetworkLevel& level, double mb);
/// Reading or writing at `mb_s`, as a table of StorageRates gives it.
double storage_s(double mb, double mb_s);
/// The rate at which one message of a stream moves, latencies hidden.
double network_mb_s(const NetworkLevel& level);

}  // namespace weft
