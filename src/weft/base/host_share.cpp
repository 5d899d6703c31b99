#include "weft/base/host_share.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "weft/base/memory.h"
#include "weft/base/threads.h"

namespace weft {

int ranks_of_host() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"}) {
    if (const char* text = std::getenv(name); text != nullptr) return std::max(1, std::atoi(text));
  }
  return 1;
}

int rank_on_host() {
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"}) {
    if (const char* text = std::getenv(name); text != nullptr) return std::max(0, std::atoi(text));
  }
  return 0;
}

int share_of_cores() {
  const int mine = available_cores();
  const auto all = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  // A launcher that binds ranks has divided the cores already.
  return mine < all ? mine : std::max(1, mine / ranks_of_host());
}

int64_t share_of_memory() { return available_memory() / ranks_of_host(); }

}  // namespace weft
