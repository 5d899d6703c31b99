// The life of MPI in this process, which runs alone; tests/mpi has the rest of it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "weft/comm/communicator.h"

namespace weft {
namespace {

TEST(CommSession, NamesTheMpiThatItIsLinkedWith) {
  EXPECT_NE(CommSession::library().find("MPI"), std::string::npos);
  EXPECT_FALSE(CommSession::mpi_runs()) << "to ask starts nothing";
}

TEST(CommSession, IsLaunchedWhereSomethingStartedSeveralRanks) {
  EXPECT_FALSE(CommSession::is_launched());
  // mpirun of Open MPI; Hydra, and srun with PMI-2; srun
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    setenv(variable, "2", 1);
    EXPECT_TRUE(CommSession::is_launched()) << variable;
    setenv(variable, "1", 1);
    EXPECT_FALSE(CommSession::is_launched()) << variable;
    unsetenv(variable);
  }
  // A batch script has these, and is one process.
  setenv("SLURM_NTASKS", "8", 1);
  EXPECT_FALSE(CommSession::is_launched());
  unsetenv("SLURM_NTASKS");
}

}  // namespace
}  // namespace weft
