// Reads by io_uring. Opening, reading and closing of one file are steps of their own: chains of linked
// requests (open into a fixed slot, read, close) cost the kernel more time and were no faster
// (bench/async_read.sh). No kernel thread polls: this runs beside training, which wants the cores.
#include "weft/data/read/uring_reader.h"

#ifdef WEFT_WITH_URING

#include <fcntl.h>
#include <liburing.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

#include "weft/base/check.h"
#include "weft/data/read/task_course.h"

namespace weft {

namespace {

constexpr double kGraceMs = 10'000;
constexpr uint64_t kCancel = UINT64_MAX;
/// Requests that are handed to the kernel at once when the caller only submits.
constexpr int kBatch = 16;

struct Waiting {
  ReadTask task;
  TaskCourse::Clock::time_point submitted;
};

struct Slot {
  TaskCourse course;
  bool busy = false;
};

__kernel_timespec timespec_of(double ms) {
  const auto ns = static_cast<int64_t>(std::clamp(ms, 0.0, 1e9) * 1e6);
  return {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
}

class UringReader final : public AsyncReader {
 public:
  explicit UringReader(int depth) : slots_(depth) {
    for (int i = depth; i > 0; --i) free_.push_back(i - 1);
  }

  UringReader(const UringReader&) = delete;
  UringReader& operator=(const UringReader&) = delete;

  ~UringReader() override {
    if (!has_ring_) return;
    stop(stopping_ ? 0 : kGraceMs);  // still stopping: the caller has waited already
    io_uring_queue_exit(&ring_);
  }

  bool make_ring();

  std::string name() const override { return "io_uring"; }
  int depth() const override { return static_cast<int>(slots_.size()); }
  int64_t pending() const override { return pending_; }
  void submit(const ReadTask& task) override;
  void collect(std::vector<ReadResult>& done, double ms) override;
  bool stop(double ms) override;

 private:
  bool try_ring(unsigned flags);
  io_uring_sqe* next_entry();
  void start_waiting();
  void ask(int slot);
  void reap();
  void proceed(int slot, int result);
  void finish(int slot);
  void enter(double ms);
  int64_t under_way() const { return static_cast<int64_t>(slots_.size() - free_.size()); }

  io_uring ring_{};
  bool has_ring_ = false;
  bool stopping_ = false;
  int unsubmitted_ = 0;
  std::vector<Slot> slots_;
  std::vector<int> free_;
  std::deque<Waiting> waiting_;
  std::vector<ReadResult> done_;
  int64_t pending_ = 0;
};

bool UringReader::try_ring(unsigned flags) {
  io_uring_params parameters{};
  parameters.flags = flags;
  if (io_uring_queue_init_params(static_cast<unsigned>(slots_.size()), &ring_, &parameters) != 0)
    return false;
  // Waiting with a time limit needs EXT_ARG (Linux 5.11); what is older gets the threads.
  if ((parameters.features & IORING_FEAT_EXT_ARG) != 0) return true;
  io_uring_queue_exit(&ring_);
  return false;
}

bool UringReader::make_ring() {
  // Without COOP_TASKRUN each completion interrupts whatever this thread does. SINGLE_ISSUER would forbid to
  // make the reader in one thread and use it in another.
  has_ring_ = try_ring(IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG) || try_ring(0);
  if (!has_ring_) return false;
  // Opening, and all of FUSE, happens in the kernel's worker threads: by default 4 a core, too few to hide
  // the latency of a network.
  const auto workers = static_cast<unsigned>(std::clamp(depth(), 4, 64));
  std::array<unsigned, 2> limits = {workers, workers};
  io_uring_register_iowq_max_workers(&ring_, limits.data());  // Linux 5.15; before, the default has to do
  return true;
}

io_uring_sqe* UringReader::next_entry() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  if (entry == nullptr) {
    io_uring_submit(&ring_);
    entry = io_uring_get_sqe(&ring_);
  }
  WEFT_CHECK(entry != nullptr, "io_uring: no room for a request");
  return entry;
}

void UringReader::submit(const ReadTask& task) {
  waiting_.push_back({task, TaskCourse::Clock::now()});
  ++pending_;
  start_waiting();
  if (unsubmitted_ >= kBatch) {
    io_uring_submit(&ring_);
    unsubmitted_ = 0;
  }
}

void UringReader::start_waiting() {
  while (!free_.empty() && !waiting_.empty()) {
    const int slot = free_.back();
    free_.pop_back();
    slots_[slot].course.begin(waiting_.front().task, waiting_.front().submitted);
    slots_[slot].busy = true;
    waiting_.pop_front();
    ask(slot);
  }
}

// Puts the next request of a slot's task in the queue.
void UringReader::ask(int slot) {
  TaskCourse& course = slots_[slot].course;
  const ReadTask& task = course.task();
  if (course.file() >= 0 && task.bytes == 0) return finish(slot);
  io_uring_sqe* entry = next_entry();
  if (course.file() < 0 && task.path != nullptr) {
    io_uring_prep_openat(entry, AT_FDCWD, task.path, course.open_flags(), 0);
  } else {
    const TaskCourse::Piece piece = course.next();
    const auto bytes = static_cast<unsigned>(piece.bytes);
    const auto offset = static_cast<uint64_t>(piece.offset);
    if (task.write) {
      io_uring_prep_write(entry, course.file(), piece.memory, bytes, offset);
    } else {
      io_uring_prep_read(entry, course.file(), piece.memory, bytes, offset);
    }
  }
  io_uring_sqe_set_data64(entry, static_cast<uint64_t>(slot));
  ++unsubmitted_;
}

void UringReader::proceed(int slot, int result) {
  TaskCourse& course = slots_[slot].course;
  const bool opening = course.file() < 0 && course.task().path != nullptr;
  const bool goes_on = opening ? course.opened(result) : course.advance(result);
  if (goes_on && !stopping_) {
    ask(slot);
  } else {
    finish(slot);
  }
}

void UringReader::finish(int slot) {
  done_.push_back(slots_[slot].course.finish());
  slots_[slot].busy = false;
  free_.push_back(slot);
}

void UringReader::reap() {
  io_uring_cqe* event = nullptr;
  while (io_uring_peek_cqe(&ring_, &event) == 0) {
    const uint64_t tag = io_uring_cqe_get_data64(event);
    const int result = event->res;
    io_uring_cqe_seen(&ring_, event);
    if (tag != kCancel) proceed(static_cast<int>(tag), result);
  }
}

// Hands over what is in the queue and waits up to `ms` for one event.
void UringReader::enter(double ms) {
  io_uring_cqe* event = nullptr;
  __kernel_timespec limit = timespec_of(ms);
  unsubmitted_ = 0;
  if (ms <= 0) {
    io_uring_submit(&ring_);
  } else {
    io_uring_submit_and_wait_timeout(&ring_, &event, 1, &limit, nullptr);
  }
}

void UringReader::collect(std::vector<ReadResult>& done, double ms) {
  const auto end = TaskCourse::Clock::now() + std::chrono::duration<double, std::milli>(ms);
  if (unsubmitted_ > 0) enter(0);
  while (true) {
    reap();
    start_waiting();
    const std::chrono::duration<double, std::milli> left = end - TaskCourse::Clock::now();
    const bool enough = !done_.empty() || pending_ == 0 || left.count() <= 0;
    if (enough && unsubmitted_ == 0) break;
    enter(enough ? 0 : left.count());
    if (enough) break;
  }
  pending_ -= static_cast<int64_t>(done_.size());
  done.insert(done.end(), done_.begin(), done_.end());
  done_.clear();
}

bool UringReader::stop(double ms) {
  const auto end = TaskCourse::Clock::now() + std::chrono::duration<double, std::milli>(ms);
  waiting_.clear();
  stopping_ = true;
  for (size_t slot = 0; slot < slots_.size(); ++slot) {
    if (!slots_[slot].busy) continue;
    io_uring_sqe* entry = next_entry();
    io_uring_prep_cancel64(entry, slot, 0);
    io_uring_sqe_set_data64(entry, kCancel);
  }
  enter(0);
  while (true) {
    reap();
    const std::chrono::duration<double, std::milli> left = end - TaskCourse::Clock::now();
    if (under_way() == 0 || left.count() <= 0) break;
    enter(left.count());
  }
  const bool free = under_way() == 0;
  done_.clear();
  pending_ = 0;
  stopping_ = !free;
  return free;
}

}  // namespace

std::unique_ptr<AsyncReader> make_uring_reader(int depth) {
  WEFT_CHECK(depth >= 1, "a reader of depth {}", depth);
  auto reader = std::make_unique<UringReader>(std::min(depth, 4096));
  return reader->make_ring() ? std::move(reader) : nullptr;
}

}  // namespace weft

#else

namespace weft {

std::unique_ptr<AsyncReader> make_uring_reader(int /*depth*/) { return nullptr; }

}  // namespace weft

#endif
