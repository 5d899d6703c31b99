// Reads by a pool of threads that wait for the kernel.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "weft/base/check.h"
#include "weft/data/read/async_reader.h"
#include "weft/data/read/task_course.h"

namespace weft {

namespace {

constexpr double kGraceMs = 10'000;

struct Waiting {
  ReadTask task;
  TaskCourse::Clock::time_point submitted;
};

/// What the threads share with the reader, and keep when it has given up on them.
struct Shared {
  std::mutex mutex;
  std::condition_variable work;      ///< waiting grew, or ending
  std::condition_variable finished;  ///< done grew, or under_way fell
  std::deque<Waiting> waiting;
  std::vector<ReadResult> done;
  int under_way = 0;
  bool cancelled = false;  ///< no further system call for what is under way
  bool ending = false;
};

bool is_cancelled(Shared& shared) {
  const std::lock_guard lock(shared.mutex);
  return shared.cancelled;
}

int64_t transfer_piece(const TaskCourse& course, const TaskCourse::Piece& piece) {
  const auto bytes = static_cast<size_t>(piece.bytes);
  const int64_t result = course.task().write ? ::pwrite(course.file(), piece.memory, bytes, piece.offset)
                                             : ::pread(course.file(), piece.memory, bytes, piece.offset);
  return result < 0 ? -errno : result;
}

void run_task(TaskCourse& course, Shared& shared) {
  while (course.file() < 0 && course.task().path != nullptr) {
    const int file = ::open(course.task().path, course.open_flags());
    if (!course.opened(file < 0 ? -errno : file)) return;
  }
  if (course.task().bytes == 0) return;
  while (!is_cancelled(shared) && course.advance(transfer_piece(course, course.next()))) {
  }
}

// shared_ptr: a thread that the kernel does not let go outlives the reader.
void serve(const std::shared_ptr<Shared>& shared) {
  TaskCourse course;
  std::unique_lock lock(shared->mutex);
  while (true) {
    shared->work.wait(lock, [&] { return shared->ending || !shared->waiting.empty(); });
    if (shared->ending) return;
    const Waiting next = shared->waiting.front();
    shared->waiting.pop_front();
    ++shared->under_way;
    lock.unlock();
    course.begin(next.task, next.submitted);
    run_task(course, *shared);
    const ReadResult result = course.finish();
    lock.lock();
    --shared->under_way;
    if (!shared->cancelled) shared->done.push_back(result);
    shared->finished.notify_one();
  }
}

class ThreadReader final : public AsyncReader {
 public:
  explicit ThreadReader(int threads) : shared_(std::make_shared<Shared>()) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back(serve, shared_);
  }

  ThreadReader(const ThreadReader&) = delete;
  ThreadReader& operator=(const ThreadReader&) = delete;

  ~ThreadReader() override {
    const bool free = stop(gave_up_ ? 0 : kGraceMs);
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->ending = true;
    }
    shared_->work.notify_all();
    for (std::thread& thread : threads_) {
      if (free) {
        thread.join();
      } else {
        thread.detach();
      }
    }
  }

  std::string name() const override { return "threads"; }
  int depth() const override { return static_cast<int>(threads_.size()); }
  int64_t pending() const override { return pending_; }

  void submit(const ReadTask& task) override {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->waiting.push_back({task, TaskCourse::Clock::now()});
    }
    ++pending_;
    shared_->work.notify_one();
  }

  void collect(std::vector<ReadResult>& done, double ms) override {
    if (pending_ == 0) return;
    std::unique_lock lock(shared_->mutex);
    shared_->finished.wait_for(lock, std::chrono::duration<double, std::milli>(ms),
                               [&] { return !shared_->done.empty(); });
    pending_ -= static_cast<int64_t>(shared_->done.size());
    done.insert(done.end(), shared_->done.begin(), shared_->done.end());
    shared_->done.clear();
  }

  bool stop(double ms) override {
    std::unique_lock lock(shared_->mutex);
    shared_->waiting.clear();
    shared_->cancelled = true;
    const bool free = shared_->finished.wait_for(lock, std::chrono::duration<double, std::milli>(ms),
                                                 [&] { return shared_->under_way == 0; });
    shared_->done.clear();
    pending_ = 0;
    // Otherwise a thread that comes back must go on finding this set.
    if (free) shared_->cancelled = false;
    gave_up_ = !free;
    return free;
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::vector<std::thread> threads_;
  int64_t pending_ = 0;
  bool gave_up_ = false;  ///< stop() has waited in vain
};

}  // namespace

std::unique_ptr<AsyncReader> make_thread_reader(int depth, int threads) {
  WEFT_CHECK(depth >= 1 && threads >= 0, "a reader of depth {} with {} threads", depth, threads);
  constexpr int kMostThreads = 64;
  return std::make_unique<ThreadReader>(threads == 0 ? std::min(depth, kMostThreads)
                                                     : std::min(depth, threads));
}

}  // namespace weft
