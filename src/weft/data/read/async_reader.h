#pragma once
// Many reads of files at once, without a thread for each. The same engine writes, for the tiers that keep
// copies on a disk.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weft {

/// Reads bytes [offset, offset + bytes) of a file into memory. The memory, and the path, stay until the
/// result is collected.
struct ReadTask {
  uint64_t id = 0;             ///< the caller's; comes back with the result
  const char* path = nullptr;  ///< opened and closed by the read; null: `file` is an open descriptor
  int file = -1;
  int64_t offset = 0;
  int64_t bytes = 0;
  std::byte* into = nullptr;
  /// Past the page cache, where the file system can. Offset, bytes and memory need no alignment. A `file`
  /// must have been opened with O_DIRECT.
  bool direct = false;
  /// The other way: `into` is written to `file`. Not with `path`; with `direct`, all of offset, bytes and
  /// memory must be multiples of kDirectIoAlignment (store/direct_io.h).
  bool write = false;
};

struct ReadResult {
  uint64_t id = 0;
  int64_t bytes = 0;  ///< read; fewer than asked for, without an error: the file ends there
  int error = 0;      ///< errno; 0: none
  double ms = 0;      ///< from submit to the end of the read
};

/// Used by one thread at a time. Short reads are continued; EINTR and EAGAIN are tried again.
class AsyncReader {
 public:
  /// As stop(10 s).
  virtual ~AsyncReader() = default;
  /// "io_uring" or "threads".
  virtual std::string name() const = 0;
  /// Reads under way at once at most; further tasks wait their turn inside.
  virtual int depth() const = 0;
  /// The read begins at the latest in the next collect().
  virtual void submit(const ReadTask& task) = 0;
  /// Appends finished reads to `done`; waits up to `ms` for the first, unless nothing is pending.
  virtual void collect(std::vector<ReadResult>& done, double ms) = 0;
  /// Submitted and not yet collected.
  virtual int64_t pending() const = 0;
  /// Forgets all that is pending: drops tasks that have not begun and cancels those under way, waiting for
  /// them up to `ms`. True: nothing touches their memory any more, and the reader can be used again. False: a
  /// file system does not answer; the memory of those tasks must not be freed while the process lives, and
  /// the reader must only be destroyed.
  virtual bool stop(double ms) = 0;
};

/// io_uring where the kernel allows it, else a thread pool. `threads` of the latter; 0: as many as `depth`,
/// but at most 64 (they wait rather than compute).
std::unique_ptr<AsyncReader> make_async_reader(int depth, int threads = 0);
/// The fallback, for tests and for kernels without io_uring.
std::unique_ptr<AsyncReader> make_thread_reader(int depth, int threads);

}  // namespace weft
