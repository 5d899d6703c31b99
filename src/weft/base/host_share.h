#pragma once
// What of this host belongs to this rank, where a launcher starts several on it.
#include <cstdint>

namespace weft {

/// This rank among those of its job on this host.
struct HostShare {
  int ranks = 1;    ///< on this host
  int rank = 0;     ///< this one's number among them
  int sharers = 1;  ///< of these, how many may run on cores that this one may run on
  int place = 0;    ///< this one's number among the sharers
};
/// Whoever starts the job says it once (CommSession); until then this rank is alone.
void set_host_share(const HostShare& share);
const HostShare& host_share();

/// An equal share of the cores that this host gives the job, at least one.
int share_of_cores();

/// Memory that is free on this host, divided among the ranks on it.
int64_t share_of_memory();

}  // namespace weft
