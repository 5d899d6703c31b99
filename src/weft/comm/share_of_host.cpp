#include "weft/comm/share_of_host.h"

#include <sched.h>

#include <vector>

#include "weft/base/cores.h"
#include "weft/comm/group.h"

namespace weft {

HostShare share_of_host() {
  MPI_Comm host = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host),
            "MPI_Comm_split_type");
  HostShare share;
  check_mpi(MPI_Comm_size(host, &share.ranks), "MPI_Comm_size");
  check_mpi(MPI_Comm_rank(host, &share.rank), "MPI_Comm_rank");
  cpu_set_t own;
  CPU_ZERO(&own);
  for (const int core : cores_of_process()) CPU_SET(core, &own);
  std::vector<cpu_set_t> masks(static_cast<size_t>(share.ranks));
  check_mpi(MPI_Allgather(&own, sizeof(own), MPI_BYTE, masks.data(), sizeof(own), MPI_BYTE, host),
            "MPI_Allgather");
  check_mpi(MPI_Comm_free(&host), "MPI_Comm_free");
  share.sharers = 0;
  for (int rank = 0; rank < share.ranks; ++rank) {
    cpu_set_t common;
    CPU_AND(&common, &own, &masks[static_cast<size_t>(rank)]);
    if (CPU_COUNT(&common) == 0) continue;
    ++share.sharers;
    if (rank < share.rank) ++share.place;
  }
  return share;
}

}  // namespace weft
