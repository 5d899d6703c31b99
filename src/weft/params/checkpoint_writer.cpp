#include "weft/params/checkpoint_writer.h"

#include <fmt/format.h>

#include <chrono>
#include <random>
#include <utility>

#include "weft/base/check.h"
#include "weft/base/patience.h"
#include "weft/base/threads.h"
#include "weft/params/checkpoint_hand_in.h"

namespace weft {

namespace {

constexpr std::chrono::milliseconds kRescueIsLookedAt{20};
constexpr std::chrono::seconds kPatience{60};
/// A launcher that ends the job does not wait; and where one rank alone is asked to end, the others write
/// nothing.
constexpr std::chrono::seconds kRescuePatience{2};

}  // namespace

CheckpointWriter::CheckpointWriter(const StateStore& store, const Communicator& world, Options options)
    : options_(std::move(options)),
      world_(world),
      rank_(world.rank()),
      ranks_(world.size()),
      attempt_(world.all_gather_text(fmt::format("{:08x}", std::random_device()()))[0]),
      snapshot_(store, options_.copies),
      pace_(options_.share, [this] { return waiting_ > 0 || (options_.rescue && options_.rescue()); }),
      thread_([this] { run(); }) {}

CheckpointWriter::~CheckpointWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  const Patience patience;
  ++waiting_;
  changed_.notify_all();
  thread_.join();
}

std::unique_lock<std::mutex> CheckpointWriter::wait_until_idle() {
  const Patience patience;
  ++waiting_;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !writing_ && !asked_; });
  --waiting_;
  return lock;
}

void CheckpointWriter::take() {
  {
    const std::unique_lock lock = wait_until_idle();
    taken_.step = -1;  // nobody begins to write it
  }
  snapshot_.take();
}

void CheckpointWriter::copy(int64_t step, std::string extra_json) {
  take();
  const std::lock_guard lock(mutex_);
  taken_ = {step, std::move(extra_json), {}};
}

void CheckpointWriter::write(int64_t step, std::string extra_json, std::optional<BestCheckpoint> best) {
  take();
  {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    interval_ = now - std::exchange(asked_at_, now);
    taken_ = {step, std::move(extra_json), std::move(best)};
    asked_ = true;
  }
  changed_.notify_all();
}

bool CheckpointWriter::is_writing() const {
  const std::lock_guard lock(mutex_);
  return writing_ || asked_;
}

void CheckpointWriter::rethrow() {
  std::exception_ptr error;
  {
    const std::lock_guard lock(mutex_);
    error = std::exchange(error_, nullptr);
  }
  if (error) std::rethrow_exception(error);
}

void CheckpointWriter::finish() {
  const Patience patience;  // other ranks may have more to write
  static_cast<void>(wait_until_idle());
  std::string failed;
  try {
    rethrow();
  } catch (const std::exception& error) {
    failed = error.what();
  }
  for (const std::string& why : world_.all_gather_text(failed)) {
    if (why.empty()) continue;
    // Nobody writes or reads there any more.
    if (rank_ == 0) remove_unfinished_checkpoints(options_.folder);
    throw UserError(why);
  }
}

/// Under the lock.
bool CheckpointWriter::is_due() const {
  return asked_ || (taken_.step >= 0 && taken_.step != written_ && options_.rescue && options_.rescue());
}

void CheckpointWriter::run() {
  unpin_this_thread();
  std::unique_lock lock(mutex_);
  while (true) {
    if (options_.rescue) {
      changed_.wait_for(lock, kRescueIsLookedAt, [&] { return stopping_ || is_due(); });
    } else {
      changed_.wait(lock, [&] { return stopping_ || is_due(); });
    }
    if (!is_due()) {
      if (stopping_) return;
      continue;
    }
    const bool is_rescue = !std::exchange(asked_, false);
    writing_ = true;
    lock.unlock();
    std::exception_ptr error;
    try {
      write_copy(is_rescue ? kRescuePatience : kPatience);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    writing_ = false;
    written_ = taken_.step;
    if (error && !is_rescue) error_ = error;
    changed_.notify_all();
  }
}

void CheckpointWriter::write_copy(std::chrono::seconds patience) {
  const std::filesystem::path temporary = temporary_checkpoint(options_.folder, taken_.step);
  HandIn desk(temporary, attempt_, rank_, ranks_, patience);
  // What took so long the last time is to be done in half of the time that there was.
  pace_.begin(work_ / (interval_ / 2));
  try {
    desk.hand_in(write_shard(temporary, rank_, ranks_, snapshot_.shards(), &pace_));
    desk.check_neighbour(&pace_);
    work_ = pace_.worked();
    if (rank_ == 0) commit_checkpoint(options_.folder, taken_.step, desk.collect(), taken_.extra_json);
  } catch (const std::exception& error) {
    desk.fail(error.what());
    throw;
  }
  if (rank_ != 0) {
    desk.wait_for_commit();
    return;
  }
  if (taken_.best) write_best(options_.folder, *taken_.best);
  if (options_.keep > 0) prune_checkpoints(options_.folder, options_.keep);
}

}  // namespace weft
