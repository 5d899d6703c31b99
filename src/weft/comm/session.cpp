// The life of MPI in this process: start, end, abort.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include "weft/base/check.h"
#include "weft/base/host_share.h"
#include "weft/comm/communicator.h"
#include "weft/comm/group.h"
#include "weft/comm/share_of_host.h"

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

/// A communicator of its own: what ranks were in the middle of cannot be taken for this.
struct CommSession::Ending {
  MPI_Comm comm = MPI_COMM_NULL;
};

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
        "that weft was built with, or srun --mpi=pmix",
        launched);
  }
  set_host_share(share_of_host());
  ending_ = std::make_unique<Ending>();
  check_mpi(MPI_Comm_dup(MPI_COMM_WORLD, &ending_->comm), "MPI_Comm_dup");
}

bool CommSession::all_ranks_end(double seconds) const {
  if (!ending_ || !mpi_is_running()) return true;
  MPI_Request arrival = MPI_REQUEST_NULL;
  check_mpi(MPI_Ibarrier(ending_->comm, &arrival), "MPI_Ibarrier");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  int all = 0;
  while (all == 0 && std::chrono::steady_clock::now() < deadline) {
    check_mpi(MPI_Test(&arrival, &all, MPI_STATUS_IGNORE), "MPI_Test");
    if (all == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return all != 0;
}

bool CommSession::threads_may_communicate() {
  if (!mpi_is_running()) return false;
  int provided = 0;
  check_mpi(MPI_Query_thread(&provided), "MPI_Query_thread");
  return provided == MPI_THREAD_MULTIPLE;
}

bool CommSession::mpi_runs() { return mpi_is_running(); }

bool CommSession::is_launched() { return launched_processes() > 1; }

std::string CommSession::library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check_mpi(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  return {text.data(), static_cast<size_t>(length)};
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
