#include "weft/data/read/task_course.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "weft/base/check.h"
#include "weft/store/direct_io.h"

namespace weft {

namespace {

/// Long direct reads go through the bounce buffer in pieces of this size.
constexpr int64_t kBounceBytes = int64_t{1} << 20;
/// Others that have all of the process's descriptors may give one back in this time.
constexpr std::chrono::seconds kPatience(5);
/// Linux transfers less than 2 GiB in one call.
constexpr int64_t kMostBytes = int64_t{1} << 30;

int64_t round_down(int64_t value) { return value & -kDirectIoAlignment; }

bool is_aligned(const ReadTask& task) {
  const auto address = reinterpret_cast<uintptr_t>(task.into);
  return ((static_cast<uintptr_t>(task.offset | task.bytes) | address) & (kDirectIoAlignment - 1)) == 0;
}

}  // namespace

void TaskCourse::begin(const ReadTask& task, Clock::time_point submitted) {
  WEFT_CHECK(task.offset >= 0 && task.bytes >= 0, "a read of {} bytes at {}", task.bytes, task.offset);
  WEFT_CHECK(!task.write || (task.path == nullptr && (!task.direct || is_aligned(task))),
             "a write needs an open file, and a direct one aligned memory");
  task_ = task;
  submitted_ = submitted;
  file_ = task.path == nullptr ? task.file : -1;
  done_ = 0;
  error_ = 0;
}

int TaskCourse::open_flags() const { return O_RDONLY | O_CLOEXEC | (task_.direct ? O_DIRECT : 0); }

bool TaskCourse::opened(int result) {
  if (result >= 0) {
    file_ = result;
    return true;
  }
  if (result == -EINTR || result == -EAGAIN) return true;
  if ((result == -EMFILE || result == -ENFILE) && Clock::now() - submitted_ < kPatience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return true;
  }
  if (result == -EINVAL && task_.direct) {
    // This file system knows no O_DIRECT.
    task_.direct = false;
    return true;
  }
  return fail(-result);
}

TaskCourse::Piece TaskCourse::next() {
  const int64_t from = task_.offset + done_;
  const int64_t left = task_.bytes - done_;
  if (!task_.direct || task_.write || is_aligned(task_)) {
    return {task_.into + done_, from, std::min(left, kMostBytes)};
  }
  if (!bounce_) {
    bounce_.reset(
        static_cast<std::byte*>(std::aligned_alloc(static_cast<size_t>(kDirectIoAlignment), kBounceBytes)));
    WEFT_CHECK(bounce_ != nullptr, "no memory for a read of {} bytes", kBounceBytes);
  }
  const int64_t begin = round_down(from);
  const int64_t end = round_down(from + left + kDirectIoAlignment - 1);
  return {bounce_.get(), begin, std::min(end - begin, kBounceBytes)};
}

bool TaskCourse::advance(int64_t result) {
  if (result == -EINTR || result == -EAGAIN) return true;
  if (result == -EINVAL && task_.direct && task_.path != nullptr) {
    // O_DIRECT was accepted by open but not by read, or wants more than our alignment.
    task_.direct = false;
    const int flags = ::fcntl(file_, F_GETFL);
    if (flags >= 0 && ::fcntl(file_, F_SETFL, flags & ~O_DIRECT) == 0) return true;
  }
  if (result < 0) return fail(static_cast<int>(-result));
  if (task_.write && result == 0) return fail(EIO);
  int64_t got = result;
  if (task_.direct && !task_.write && !is_aligned(task_)) {
    const int64_t from = task_.offset + done_;
    const int64_t skip = from - round_down(from);
    got = std::clamp<int64_t>(result - skip, 0, task_.bytes - done_);
    if (got > 0) std::memcpy(task_.into + done_, bounce_.get() + skip, static_cast<size_t>(got));
  } else if (task_.direct && !task_.write && result % kDirectIoAlignment != 0) {
    // The end of the file; another try from here would not be aligned.
    done_ += got;
    return false;
  }
  done_ += got;
  return got > 0 && done_ < task_.bytes;
}

bool TaskCourse::fail(int error) {
  error_ = error;
  return false;
}

ReadResult TaskCourse::finish() {
  if (task_.path != nullptr && file_ >= 0) ::close(file_);
  file_ = -1;
  const std::chrono::duration<double, std::milli> ms = Clock::now() - submitted_;
  return {task_.id, done_, error_, ms.count()};
}

}  // namespace weft
