#pragma once
// How a recipe meets the machine: the mesh of its ranks, their threads.
#include <string_view>

#include "weft/comm/communicator.h"
#include "weft/parallel/mesh.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// Axes of [parallel]; "tensor" varies fastest, so that its ranks are neighbours.
Mesh mesh_of(const ParallelSection& parallel);

/// The parts of the batch that `ranks` ranks make of the axes beside "data". UserError where these do not
/// divide them; `option` has asked for so many ranks: "--ranks".
int64_t data_parts(const ParallelSection& parallel, int64_t ranks, std::string_view option);
/// Ranks that the axes beside "data" take: each part of the batch has so many.
int ranks_of_a_part(const ParallelSection& parallel);

/// UserError saying how to start the job when the mesh does not have as many ranks as the job.
void check_ranks(const Mesh& mesh, int ranks);

/// Threads for this rank: run.threads, or an equal share of the cores that its host gives the job. UserError
/// when run.threads asks for more than there are and parallel.oversubscribe is not set.
int threads_for(const Recipe& recipe);

/// UserError when this host's ranks, with arenas of `bytes` each, need more memory than it has left.
void check_memory(int64_t bytes);

/// Sets the threads of this rank, and binds them to cores of their own where run.pin says so and the ranks of
/// this host do not share cores.
void use_cores(const Recipe& recipe);

}  // namespace weft
