#pragma once
// Message passing between the ranks of a job: bytes and element types only, no tensors.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft {

/// Element types that collectives can add up.
enum class Element : uint8_t { f64, f32, bf16, i64, i32, u8 };
enum class Reduce : uint8_t { sum, max };

/// Starts MPI for the life of the object when the process was started by mpirun or srun; else the job is one
/// rank and MPI is not touched. Create one in main, before any thread.
class CommSession {
 public:
  CommSession(int* argc, char*** argv);
  ~CommSession();
  CommSession(const CommSession&) = delete;
  CommSession& operator=(const CommSession&) = delete;
};

/// An operation under way. Its buffers must stay untouched until wait() returns.
class CommRequest {
 public:
  CommRequest();
  ~CommRequest();
  CommRequest(CommRequest&&) noexcept;
  CommRequest& operator=(CommRequest&&) noexcept;
  /// True once complete; progresses the transport, never blocks.
  bool test();
  void wait();
  struct State;

 private:
  friend class Communicator;
  std::unique_ptr<State> state_;
};

/// One message of an exchange. `peer` is a rank of the communicator.
struct Message {
  int peer = 0;
  std::byte* data = nullptr;
  int64_t bytes = 0;
};

/// A group of ranks. Copyable handle; the group lives until the last handle is gone.
class Communicator {
 public:
  /// All ranks of the job (or the single one).
  static Communicator world();
  int rank() const;
  int size() const;

  /// Collective: all ranks of this one. Ranks of equal `color` form a group, ordered by `key`.
  Communicator split(int color, int key) const;

  /// Collective. In place over `count` elements at `data`.
  CommRequest all_reduce(void* data, int64_t count, Element element, Reduce reduce) const;
  /// Collective. Rank r receives the sum of everyone's elements [offset_r, offset_r + counts[r]) of `send`.
  CommRequest reduce_scatter(const void* send, void* receive, std::span<const int64_t> counts, Element element,
                             Reduce reduce) const;
  /// Collective. Gathers counts[r] elements from each rank r, in order of rank.
  CommRequest all_gather(const void* send, void* receive, std::span<const int64_t> counts,
                         Element element) const;
  /// Point to point: starts all sends and receives at once. Messages between two ranks match in order by `tag`.
  CommRequest exchange(std::span<const Message> sends, std::span<const Message> receives, int tag) const;
  /// Collective, blocking.
  void broadcast(void* data, int64_t bytes, int root) const;
  void barrier() const;
  /// Collective, blocking: the string of every rank, in order.
  std::vector<std::string> all_gather_text(const std::string& text) const;
  /// Ends all ranks of the job at once with this exit code.
  [[noreturn]] static void abort_job(int exit_code);

  /// Bytes that this process has sent since it started, all communicators together: messages as they are; a
  /// collective over p ranks and n bytes as its bandwidth-optimal algorithm sends (all_reduce 2(p-1)/p n,
  /// reduce_scatter (p-1)/p n, all_gather its own part to p-1 ranks).
  static int64_t bytes_sent();

  struct Group;

 private:
  std::shared_ptr<Group> group_;
};

}  // namespace weft
