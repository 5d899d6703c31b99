#include "weft/data/load/fetcher.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "weft/base/threads.h"

namespace weft {

namespace {

constexpr double kIdleMs = 0.5;      // between two looks at peers' messages
constexpr double kLeaveMs = 10'000;  // for peers that still read from this rank, once it has all it wants
constexpr double kAbortMs = 2'000;   // the same when loading was stopped early

}  // namespace

Fetcher::Fetcher(FetchWorld world, FetchOptions options)
    : bad_(*world.bad),
      has_peers_(world.peers != nullptr),
      broker_(std::move(world), std::move(options),
              [this](DecodePool::Row row) { pool_->add(std::move(row)); }) {}

Fetcher::~Fetcher() { stop(); }

void Fetcher::start(DecodePool& pool, BatchRing& ring) {
  pool_ = &pool;
  ring_ = &ring;
  thread_ = std::thread([this] { run(); });
}

void Fetcher::stop() {
  stop_asked_ = true;
  if (!has_peers_) broker_.abandon();
  wake();
  if (thread_.joinable()) thread_.join();
}

void Fetcher::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

void Fetcher::released(int64_t step) {
  broker_.released(step);
  wake();
}

bool Fetcher::broken(const DecodePool::Row& row, const std::string& why) {
  broker_.call_bad(row.sample, why);
  if (bad_.policy() != OnBadSample::substitute) return false;
  {
    const std::lock_guard lock(mutex_);
    broken_.push_back({row, why});
  }
  wake();
  return true;
}

std::vector<std::string> Fetcher::troubles() {
  const std::lock_guard lock(mutex_);
  return std::exchange(troubles_, {});
}

void Fetcher::run() {
  unpin_this_thread();
  try {
    for (Phase phase = Phase::fetching; phase != Phase::ended;) {
      const RecordBroker::Did did = work();
      phase = phase_after(phase);
      if (phase != Phase::ended && did == RecordBroker::Did::nothing) rest();
    }
  } catch (...) {
    ring_->fail(std::current_exception());
  }
}

RecordBroker::Did Fetcher::work() {
  std::deque<BrokenRow> rows;
  {
    const std::lock_guard lock(mutex_);
    rows.swap(broken_);
  }
  for (BrokenRow& broken : rows) broker_.replace(std::move(broken.row), broken.why);
  const RecordBroker::Did did =
      broker_.work(stop_asked_ ? RecordBroker::Round::no_new_rows : RecordBroker::Round::everything);
  if (std::vector<std::string> told = broker_.take_troubles(); !told.empty()) {
    const std::lock_guard lock(mutex_);
    std::move(told.begin(), told.end(), std::back_inserter(troubles_));
  }
  return rows.empty() ? did : RecordBroker::Did::something;
}

Fetcher::Phase Fetcher::phase_after(Phase phase) {
  // Peers may still need this rank's tiers, however long they take: only a stop sets a limit.
  const bool left = (!has_peers_ || broker_.has_finished() || stop_asked_) && broker_.leave();
  if (!stop_asked_) return phase;
  if (!has_peers_) return Phase::ended;  // nobody needs what is being read
  if (phase == Phase::fetching)
    leave_by_ms_ = broker_.now_ms() + (broker_.has_finished() ? kLeaveMs : kAbortMs);
  const bool may_end = (left && broker_.is_quiet()) || broker_.now_ms() > leave_by_ms_;
  return may_end ? Phase::ended : Phase::leaving;
}

void Fetcher::rest() {
  // Reads are waited for where they are collected; peers cannot wake this thread, and are looked after every
  // now and then.
  if (broker_.is_reading()) return;
  const double ms = has_peers_ ? kIdleMs : 10 * kIdleMs;
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::duration<double, std::milli>(ms), [&] { return woken_; });
  woken_ = false;
}

}  // namespace weft
