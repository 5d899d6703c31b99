#pragma once
// The course of one task, whoever makes the system calls: which bytes to ask for next, and what their result
// means.
#include <chrono>
#include <cstdlib>
#include <memory>

#include "weft/data/read/async_reader.h"

namespace weft {

class TaskCourse {
 public:
  using Clock = std::chrono::steady_clock;

  /// What to ask of the kernel.
  struct Piece {
    std::byte* memory = nullptr;
    int64_t offset = 0;
    int64_t bytes = 0;
  };

  void begin(const ReadTask& task, Clock::time_point submitted);
  const ReadTask& task() const { return task_; }

  /// Descriptor in use; -1: a path task that is not open yet.
  int file() const { return file_; }
  int open_flags() const;
  /// The result of open: a descriptor, or -errno. False: the task is over. True with file() = -1: open again.
  bool opened(int result);

  Piece next();
  /// The result of reading or writing next(): bytes, or -errno. False: the task is over.
  bool advance(int64_t result);

  /// Closes what the task opened.
  ReadResult finish();

 private:
  bool fail(int error);

  ReadTask task_;
  Clock::time_point submitted_;
  int file_ = -1;
  int64_t done_ = 0;
  int error_ = 0;
  /// O_DIRECT reads land here, aligned; made when first needed, then kept.
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> bounce_;
};

}  // namespace weft
