// The life of MPI in this process: start, end, abort.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "weft/base/check.h"
#include "weft/comm/communicator.h"
#include "weft/comm/group.h"

namespace weft {

int launched_processes() {
  // SLURM_NTASKS says nothing: a batch script has it too, and starts a single process.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    if (const char* value = std::getenv(name)) return std::max(1, std::atoi(value));
  }
  return 1;
}

bool mpi_is_running() {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  return initialized != 0 && finalized == 0;
}

CommSession::CommSession(int* argc, char*** argv) : exceptions_(std::uncaught_exceptions()) {
  const int launched = launched_processes();
  if (launched == 1) return;
  int provided = 0;
  check_mpi(MPI_Init_thread(argc, argv, MPI_THREAD_MULTIPLE, &provided), "MPI_Init_thread");
  started_ = true;
  check_mpi(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  WEFT_CHECK(provided >= MPI_THREAD_FUNNELED, "MPI offers no threads beside the main one");
  int size = 0;
  check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
  if (size == 1) {
    MPI_Finalize();
    user_error(
        "the launcher started {} processes, but each is alone to MPI: expected the mpirun of the Open MPI "
        "that "
        "weft was built with, or srun --mpi=pmix",
        launched);
  }
}

bool CommSession::threads_may_communicate() {
  if (!mpi_is_running()) return false;
  int provided = 0;
  check_mpi(MPI_Query_thread(&provided), "MPI_Query_thread");
  return provided == MPI_THREAD_MULTIPLE;
}

CommSession::~CommSession() {
  if (!started_ || !mpi_is_running()) return;
  if (std::uncaught_exceptions() > exceptions_) Communicator::abort_job(1);
  MPI_Finalize();
}

void Communicator::abort_job(int exit_code) {
  std::fflush(nullptr);
  if (mpi_is_running()) MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

}  // namespace weft
