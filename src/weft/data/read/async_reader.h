#pragma once
// Many reads of files at once, without a thread for each.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// Reads bytes [offset, offset + bytes) of a file into memory that stays put until the read is done.
struct ReadTask {
  uint64_t id = 0;             ///< the caller's; comes back with the result
  const char* path = nullptr;  ///< opened and closed by the read; null: `file` is an open descriptor
  int file = -1;
  int64_t offset = 0;
  int64_t bytes = 0;
  std::byte* into = nullptr;
};

struct ReadResult {
  uint64_t id = 0;
  int64_t bytes = 0;  ///< read; fewer than asked for: the file ends there
  int error = 0;      ///< errno; 0: none
  double ms = 0;      ///< from submit to the end of the read
};

/// Used by one thread. Short reads are continued; EINTR and EAGAIN are tried again.
class AsyncReader {
 public:
  virtual ~AsyncReader() = default;  ///< waits for what is under way
  /// "io_uring" or "threads".
  virtual std::string name() const = 0;
  /// Reads under way at once at most; further tasks wait their turn inside.
  virtual int depth() const = 0;
  virtual void submit(const ReadTask& task) = 0;
  /// Appends finished reads to `done`; waits up to `ms` for the first.
  virtual void collect(std::vector<ReadResult>& done, double ms) = 0;
  /// Submitted and not yet collected.
  virtual int64_t pending() const = 0;
};

/// io_uring where the kernel allows it, else a thread pool. `threads` of the latter; 0: as many as `depth`,
/// but at most 16.
std::unique_ptr<AsyncReader> make_async_reader(int depth, int threads = 0);
/// The fallback, for tests and for kernels without io_uring.
std::unique_ptr<AsyncReader> make_thread_reader(int depth, int threads);

}  // namespace weft
