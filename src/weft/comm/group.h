#pragma once
// What a communicator and a request are made of. Private to comm/: the only header that shows MPI.
// Only the C interface: MPI's C++ bindings, where they are still installed, are another library.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "weft/comm/communicator.h"

namespace weft {

/// Throws InternalError with MPI's own text when an MPI call failed. `call` is the name of the function.
void check_mpi(int status, const char* call);

/// True between MPI_Init and MPI_Finalize.
bool mpi_is_running();

/// How many processes the launcher (mpirun, srun) started, from the variables that it leaves behind; 1 when
/// there is none.
int launched_processes();

MPI_Datatype mpi_type(Element element);
int64_t bytes_of(Element element);

/// bf16 is no MPI type: it travels as 16-bit words, whose sums this makes through float. MPI_User_function,
/// in place over `inout`.
void add_bf16(void* in, void* inout, int* count, MPI_Datatype* type);

/// The ranks behind a Communicator. Owns `comm` unless that is MPI's own world; null for the single process.
struct Communicator::Group {
  MPI_Comm comm = MPI_COMM_NULL;
  bool owns_comm = false;
  MPI_Op bf16_sum = MPI_OP_NULL;
  /// The greatest and the least of floating-point numbers, or NaN.
  struct Extremes {
    MPI_Op max = MPI_OP_NULL;
    MPI_Op min = MPI_OP_NULL;
  };
  Extremes of_bf16, of_f32, of_f64;
  int rank = 0;
  int size = 1;
  /// States of requests that are over, with their memory: a step of a training allocates nothing. Main thread
  /// only.
  mutable std::vector<std::unique_ptr<CommRequest::State>> idle;
  /// See Communicator::bytes_handed(). Main thread only.
  mutable int64_t handed_bytes = 0;

  /// The single process.
  Group() = default;
  Group(MPI_Comm mpi_comm, bool owns);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  MPI_Op op(Element element, Reduce reduce) const;
  /// Counts a buffer that the MPI call beside it sends from, in MPI's own words.
  void count_handed(int length, MPI_Datatype type) const;
};

struct CommRequest::State {
  std::shared_ptr<const Communicator::Group> group;  ///< shared: MPI still needs its operations
  std::vector<MPI_Request> requests;
  std::vector<int64_t> expected_bytes;  ///< of each request; -1 where it is no receive
  std::vector<MPI_Status> statuses;
  std::vector<int> parts;    ///< counts that MPI reads until the operation is complete
  std::vector<int> offsets;  ///< and where each part begins

  /// An empty one: used before, where there is one.
  static std::unique_ptr<State> take(const std::shared_ptr<const Communicator::Group>& its_group);
  /// Keeps a state whose requests are over for the next take().
  static void give_back(std::unique_ptr<State> state);
  /// A slot for the next MPI call.
  MPI_Request* add(int64_t receive_bytes = -1);
  bool test();
  void wait();

 private:
  void check_statuses(int status, const char* call) const;
};

}  // namespace weft
