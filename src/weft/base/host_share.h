#pragma once
// What of this host belongs to this rank, where a launcher starts several on it.
#include <cstdint>

namespace weft {

/// Ranks of this job on this host, and this one's number among them, as the launcher says (Open MPI, MPICH,
/// Slurm).
int ranks_of_host();
int rank_on_host();

/// An equal share of the cores that this host gives the job, at least one.
int share_of_cores();

/// Memory that is free on this host, divided among the ranks on it.
int64_t share_of_memory();

}  // namespace weft
