#include "python/interruptible.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "python/others_may_run.h"
#include "python/own_process.h"

namespace weft {

namespace {

constexpr std::chrono::milliseconds kLook(50);

/// What the thread shares with the caller, and keeps where the caller has left.
struct Work {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_done = false;
  std::exception_ptr error;
  std::atomic<bool> stop{false};

  bool wait() {
    const OthersMayRun without_lock;
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kLook, [&] { return is_done; });
  }
};

/// How many threads there are, which share it: one that is not waited for may outlive what is static.
using Count = std::shared_ptr<std::atomic<int>>;

Count under_way_here() {
  const auto make = [] { return OwnProcess(std::make_unique<Count>(std::make_shared<std::atomic<int>>(0))); };
  static OwnProcess<Count> count = make();
  if (!count.is_here()) count = make();
  return *count;
}

void run(const std::shared_ptr<Work>& work, std::function<void(const std::atomic<bool>&)> body,
         const Count& under_way) {
  std::exception_ptr error;
  try {
    body(work->stop);
  } catch (...) {
    error = std::current_exception();
  }
  body = nullptr;  // what it holds ends here, before anybody thinks that all has ended
  {
    const std::lock_guard lock(work->mutex);
    work->error = error;
    work->is_done = true;
  }
  work->changed.notify_all();
  under_way->fetch_sub(1);
}

}  // namespace

void interruptible(std::function<void(const std::atomic<bool>& stop)> body) {
  const auto work = std::make_shared<Work>();
  const Count under_way = under_way_here();
  under_way->fetch_add(1);
  std::thread(run, work, std::move(body), under_way).detach();
  while (!work->wait()) {
    try {
      look_at_interrupts();
    } catch (const nanobind::python_error&) {
      work->stop = true;
      throw;
    }
  }
  if (work->error) std::rethrow_exception(work->error);
}

void wait_for_interrupted_work() {
  while (*under_way_here() > 0) {
    {
      const OthersMayRun without_lock;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    look_at_interrupts();
  }
}

}  // namespace weft
