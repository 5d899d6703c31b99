#pragma once
// Message passing between the ranks of a job: bytes and element types only, no tensors.
//
// Collectives say "collective": all ranks of the communicator call them, in one order. Those that return a
// CommRequest have only started: their buffers belong to the transport until wait() returns. A failure of the
// transport, or a call that breaks these rules, throws InternalError. Call everything from the main thread;
// only a PeerLink has a thread of its own.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// Element types that collectives can add up.
enum class Element : uint8_t { f64, f32, bf16, i64, i32, u8 };
enum class Reduce : uint8_t { sum, max, min };

/// Starts MPI for the life of the object when the process was started by mpirun or srun; else the job is one
/// rank and MPI is not touched. Create one in main, before any thread. Throws UserError when the launcher
/// started several processes that MPI does not see as one job. Destroyed by an exception on its way out of
/// main, it ends the job on all ranks, because the others would wait for this one for ever.
class CommSession {
 public:
  CommSession(int* argc, char*** argv);
  ~CommSession();
  CommSession(const CommSession&) = delete;
  CommSession& operator=(const CommSession&) = delete;

  /// For a rank that ends with an error: true once all ranks have said so, false where some have not after
  /// `seconds` (they go on, and must be ended by abort_job). Leaves collectives that are under way alone.
  /// True without MPI.
  bool all_ranks_end(double seconds) const;
  /// Whether other threads than the main one may use MPI at the same time (PeerLink). False without MPI.
  static bool threads_may_communicate();
  /// Whether MPI has been started and not ended, by a session or by somebody else (mpi4py).
  static bool mpi_runs();
  /// Whether the process's environment is that of a job of several ranks.
  static bool is_launched();
  /// What the MPI that weft is linked with says of itself, as in "Open MPI v4.1.4, …". MPI need not run.
  static std::string library();

 private:
  struct Ending;
  std::unique_ptr<Ending> ending_;  ///< how all_ranks_end() asks
  bool started_ = false;
  int exceptions_ = 0;  ///< under way when the session began
};

/// An operation under way. Its buffers must stay untouched until wait() returns. The destructor waits; when
/// an exception is on its way it waits for a second at most, so that a dead peer cannot hide the error.
class CommRequest {
 public:
  /// Nothing to wait for.
  CommRequest();
  ~CommRequest();
  CommRequest(CommRequest&&) noexcept;
  /// Waits for the operation that it replaces.
  CommRequest& operator=(CommRequest&&) noexcept;
  /// True once complete; progresses the transport, never blocks.
  bool test();
  void wait();
  struct State;

 private:
  friend class Communicator;
  explicit CommRequest(std::unique_ptr<State> state);
  /// wait() where nothing may be thrown: a failure ends the job.
  void finish() noexcept;
  std::unique_ptr<State> state_;  ///< null once complete
};

/// One message of an exchange. `peer` is a rank of the communicator.
struct Message {
  int peer = 0;
  std::byte* data = nullptr;
  int64_t bytes = 0;
};

/// A group of ranks. Copyable handle; the group lives until the last handle and the last request are gone.
class Communicator {
 public:
  /// All ranks of the job (or the single one). Under a launcher a CommSession must be alive.
  static Communicator world();
  int rank() const;
  int size() const;

  /// Collective. Ranks of equal `color` form a group, ordered by `key`; equal keys keep their order.
  Communicator split(int color, int key) const;

  /// The same group, with what it moves cut into pieces of at most `elems` elements (bytes for messages). All
  /// ranks must set the same. MPI counts in ints, so that there is always a limit: 2^27 unless set here.
  Communicator with_piece_limit(int64_t elems) const;

  /// Collective. In place over `count` elements at `data`. bf16 is added up in f32 and rounded to nearest
  /// even at every partial sum.
  CommRequest all_reduce(void* data, int64_t count, Element element, Reduce reduce) const;
  /// Collective. Rank r receives the sum of everyone's elements [offset_r, offset_r + counts[r]) of `send`,
  /// offset_r being the sum of the counts before. Counts may be zero. The buffers must not overlap.
  CommRequest reduce_scatter(const void* send, void* receive, std::span<const int64_t> counts,
                             Element element, Reduce reduce) const;
  /// Collective. Gathers counts[r] elements from each rank r, in order of rank. Counts may be zero. `send`
  /// may be this rank's own place in `receive`; else the buffers must not overlap.
  CommRequest all_gather(const void* send, void* receive, std::span<const int64_t> counts,
                         Element element) const;
  /// Point to point: starts all sends and receives at once. Messages between two ranks match in order by
  /// `tag` and must be as long as their receiver expects. A message of no bytes is not sent. A rank may send
  /// to itself: its sends to itself match its receives from itself in order.
  CommRequest exchange(std::span<const Message> sends, std::span<const Message> receives, int tag) const;
  /// Memory for so many operations under way at once: up to there, starting one allocates nothing.
  void reserve_requests(int count) const;
  /// Collective, blocking.
  void broadcast(void* data, int64_t bytes, int root) const;
  /// Collective, blocking: returns once all ranks have called it.
  void barrier() const;
  /// Collective, blocking: the string of every rank, in order.
  std::vector<std::string> all_gather_text(const std::string& text) const;
  /// Ends all ranks of the job at once with this exit code.
  [[noreturn]] static void abort_job(int exit_code);

  /// Bytes that this rank has handed to MPI to send, through this group, counted beside each of MPI's calls:
  /// the whole operand of an all_reduce or a reduce_scatter, this rank's part of an all_gather, each message,
  /// the data of a broadcast on its root. What MPI's algorithms make of them on the wire it does not tell. A
  /// group of one hands over nothing. Copies of the handle count together.
  int64_t bytes_handed() const;

  struct Group;

 private:
  friend class PeerLink;
  explicit Communicator(std::shared_ptr<const Group> group);
  std::shared_ptr<const Group> group_;      ///< shared: handles and requests under way keep the group alive
  int64_t piece_limit_ = int64_t{1} << 27;  ///< 1 GiB of f64: far from where transports overflow an int
};

}  // namespace weft
