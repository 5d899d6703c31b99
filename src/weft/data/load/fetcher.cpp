#include "weft/data/load/fetcher.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "weft/base/check.h"
#include "weft/base/philox.h"
#include "weft/base/threads.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

constexpr double kIdleMs = 0.5;      // between two looks at peers' messages
constexpr double kLeaveMs = 10'000;  // for peers that still read from this rank, once it has all it wants
constexpr double kAbortMs = 2'000;   // the same when loading was stopped early
constexpr size_t kOpenFiles = 256;   // sources of more files have them opened and closed by each read
constexpr uint64_t kSubstituteStream = 0x7375'6273;  // "subs"

/// Bytes of each tier that no home takes.
std::vector<int64_t> spare_room(const FetchWorld& world, const FetchOptions& options) {
  std::vector<int64_t> room;
  for (size_t tier = 0; tier < world.tiers.size(); ++tier) {
    int64_t homes = 0;
    if (world.homes != nullptr) homes = world.homes->used(options.rank, static_cast<int>(tier));
    homes = homes / options.parts.sharers() + 1;  // dealt out among those that read the same
    room.push_back(std::max<int64_t>(0, world.tiers[tier]->capacity() - homes));
  }
  return room;
}

}  // namespace

Fetcher::Fetcher(FetchWorld world, FetchOptions options)
    : world_(std::move(world)),
      options_(std::move(options)),
      replicas_(world_.tiers, spare_room(world_, options_)),
      budget_(options_.network_budget),
      next_step_(options_.first_step),
      consumer_step_(options_.first_step) {
  if (world_.source->files().size() <= kOpenFiles) open_files_.assign(world_.source->files().size(), -1);
  const ExpectedSpeeds expected = expected_speeds(options_.machine, world_.stream->ranks());
  if (expected.peer_ms_per_byte)
    speeds_[static_cast<size_t>(Origin::peer)].expect(*expected.peer_ms_per_byte);
  if (expected.source_ms_per_byte)
    speeds_[static_cast<size_t>(Origin::source)].expect(*expected.source_ms_per_byte);
  adopt_copies();
}

Fetcher::~Fetcher() {
  stop();
  for (const int file : open_files_) {
    if (file >= 0) close(file);
  }
}

// What the tiers hold from before may be at home elsewhere now (other ranks, another capacity): it must not
// take the room of what is at home here.
void Fetcher::adopt_copies() {
  if (world_.homes == nullptr) return;
  const int64_t records = world_.source->count() * options_.parts.count();
  for (size_t i = 0; i < world_.tiers.size(); ++i) {
    Tier& tier = *world_.tiers[i];
    if (tier.used() == 0) continue;
    for (RecordId record = 0; record < records; ++record) {
      if (!tier.holds(record)) continue;
      const int64_t sample = options_.parts.sample_of(record);
      if (is_home(record) && world_.homes->home(sample).tier == static_cast<int>(i)) continue;
      const auto next = world_.stream->next(sample, options_.first_step, options_.rank, kEpochsAhead);
      replicas_.adopt(i, record, next ? next->step : -1);
    }
  }
}

void Fetcher::start(DecodePool& pool, BatchRing& ring) {
  pool_ = &pool;
  ring_ = &ring;
  thread_ = std::thread([this] { run(); });
}

void Fetcher::stop() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Fetcher::released(int64_t step) {
  consumer_step_ = std::max(consumer_step_.load(), step + 1);
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

double Fetcher::now_ms() const {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool Fetcher::finished() const { return next_step_ >= options_.end_step && under_way_.empty(); }

void Fetcher::run() {
  unpin_this_thread();
  try {
    std::optional<double> leave_by;
    while (true) {
      const bool busy = work();
      const bool left = may_leave();
      if (stopping_) {
        if (!leave_by) leave_by = now_ms() + (finished() ? kLeaveMs : kAbortMs);
        if ((left && reads_.empty() && sending_.empty()) || now_ms() > *leave_by) return;
      }
      if (!busy) rest();
    }
  } catch (...) {
    ring_->fail(std::current_exception());
  }
}

bool Fetcher::may_leave() {
  if (world_.link == nullptr) return true;
  // Peers may still need this rank's tiers, however long they take: only a stop sets a limit.
  return (finished() || stopping_) && world_.link->waiting() == 0 && world_.link->leave();
}

void Fetcher::rest() {
  // Reads are waited for where they are collected; peers cannot wake this thread, and are looked after every
  // now and then.
  if (!reads_.empty()) return;
  const double ms = world_.link != nullptr ? kIdleMs : 10 * kIdleMs;
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, std::chrono::duration<double, std::milli>(ms), [&] { return woken_; });
  woken_ = false;
}

bool Fetcher::work() {
  bool busy = take_broken_rows();
  if (!stopping_) busy = issue() || busy;
  busy = collect_reads() || busy;
  if (world_.link != nullptr) busy = collect_peers() || busy;
  for (Tier* tier : world_.tiers) {
    tier->progress();
    std::string trouble = tier->trouble();
    if (trouble.empty()) continue;
    const std::lock_guard lock(mutex_);
    troubles_.push_back(std::move(trouble));
  }
  return busy;
}

std::vector<std::string> Fetcher::troubles() {
  const std::lock_guard lock(mutex_);
  return std::exchange(troubles_, {});
}

/// A record that several of a group read lives with one of them.
int Fetcher::home_of(RecordId record) const {
  if (world_.homes == nullptr) return -1;
  const int rank = world_.homes->home(options_.parts.sample_of(record)).rank;
  return rank < 0 ? -1 : rank * options_.parts.group() + options_.parts.keeper(record);
}

/// Puts where a record lies into extents_.
void Fetcher::locate(RecordId record) {
  extents_.clear();
  const SampleParts& parts = options_.parts;
  world_.source->locate(parts.sample_of(record), parts.regions(parts.part_of(record)), extents_);
}

bool Fetcher::may_issue() const {
  if (next_step_ >= options_.end_step || next_step_ >= consumer_step_ + options_.lookahead) return false;
  // The step that the trainer waits for is fetched whatever the budget says: a small budget slows, and never
  // blocks.
  if (next_step_ == consumer_step_) return true;
  return memory_.used() < options_.budget_bytes && std::ssize(under_way_) < options_.requests;
}

bool Fetcher::issue() {
  const Range rows = world_.stream->rows(options_.rank);
  bool any = false;
  for (int i = 0; i < 64 && may_issue(); ++i) {
    any = true;
    if (rows.size() > 0) {
      DecodePool::Row row;
      row.step = next_step_;
      row.row = next_row_;
      row.epoch = world_.stream->epoch_of(next_step_);
      row.sample = world_.stream->sample(next_step_, rows.begin + next_row_);
      want(std::move(row));
    }
    if (++next_row_ < rows.size()) continue;
    next_row_ = 0;
    ++next_step_;
  }
  return any;
}

void Fetcher::want(DecodePool::Row row) {
  if (row.sample < 0) return pool_->add(std::move(row));
  const RecordId record = options_.parts.record(row.sample, options_.parts.wanted(row.epoch, row.sample));
  if (const auto found = under_way_.find(record); found != under_way_.end()) {
    found->second->rows.push_back(std::move(row));
    return;
  }
  if (take_from_tiers(row, record)) return;
  Fetch& fetch = begin(record);
  fetch.rows.push_back(std::move(row));
  choose_origin(fetch, under_way_.at(record));
}

bool Fetcher::take_from_tiers(DecodePool::Row& row, RecordId record) {
  for (Tier* tier : world_.tiers) {
    const std::optional<Tier::Stored> stored = tier->find(record);
    if (!stored || stored->memory == nullptr) continue;
    row.record.bytes = {stored->memory, static_cast<size_t>(stored->bytes)};
    if (record_checksum(row.record.bytes) != stored->checksum) {
      drop_corrupt(record);
      return false;
    }
    if (!is_home(record)) {
      // A second copy may be given up while a worker still reads it.
      row.record.buffer = std::make_shared<RecordBuffer>(stored->bytes, memory_);
      std::copy(row.record.bytes.begin(), row.record.bytes.end(), row.record.buffer->bytes().begin());
      row.record.bytes = row.record.buffer->bytes();
      const auto next = world_.stream->next(row.sample, row.step + 1, options_.rank, kEpochsAhead);
      replicas_.used(record, row.record.bytes, stored->checksum, next ? next->step : -1);
    }
    count(Origin::memory, 1, stored->bytes, 0);
    pool_->add(std::move(row));
    return true;
  }
  return false;
}

Fetcher::Fetch& Fetcher::begin(RecordId record) {
  auto fetch = std::make_shared<Fetch>();
  fetch->sample = options_.parts.sample_of(record);
  fetch->record = record;
  fetch->started_ms = now_ms();
  locate(record);
  for (const Extent& extent : extents_) fetch->bytes += extent.bytes;
  return *(under_way_[record] = std::move(fetch));
}

void Fetcher::choose_origin(Fetch& fetch, const FetchPtr& pointer) {
  for (const Tier* tier : world_.tiers) {
    if (const std::optional<Tier::Stored> stored = tier->find(fetch.record))
      return read_disk(pointer, *stored);
  }
  const int home = home_of(fetch.record);
  if (world_.link != nullptr && home >= 0 && !is_home(fetch.record) && !silent_.contains(home) &&
      peer_is_best(fetch)) {
    return ask_peer(pointer, home);
  }
  read_source(pointer);
}

bool Fetcher::peer_is_best(const Fetch& fetch) const {
  const auto peer = static_cast<size_t>(Origin::peer);
  const auto source = static_cast<size_t>(Origin::source);
  if (options_.peers_first || !speeds_[peer].known() || !speeds_[source].known()) return true;
  // The source is everybody's, and what one rank takes from it slows all others: while there is time, a copy
  // is taken however slowly it comes.
  if (fetch.rows.empty() || fetch.rows.front().step > consumer_step_ + kUrgentSteps) return true;
  return speeds_[peer].estimate_ms(fetch.bytes, requests_[peer]) <
         kClearlyFaster * speeds_[source].estimate_ms(fetch.bytes, requests_[source]);
}

bool Fetcher::broken(const DecodePool::Row& row, const std::string& why) {
  world_.bad->add(row.sample, why);
  world_.counters->change([](LoadStats& stats) { ++stats.bad_samples; });
  if (world_.bad->policy() != OnBadSample::substitute) return false;
  {
    const std::lock_guard lock(mutex_);
    broken_.emplace_back(row, why);
    woken_ = true;
  }
  wake_.notify_all();
  return true;
}

bool Fetcher::take_broken_rows() {
  std::deque<std::pair<DecodePool::Row, std::string>> rows;
  {
    const std::lock_guard lock(mutex_);
    rows.swap(broken_);
  }
  for (auto& [row, why] : rows) replace_row(std::move(row), why);
  return !rows.empty();
}

void Fetcher::replace_row(DecodePool::Row row, const std::string& why) {
  // Drawn from the sample alone, so that every rank and every restart takes the same one.
  const auto bad = static_cast<uint64_t>(row.sample);
  const RandomStream draws{options_.seed, kSubstituteStream, static_cast<uint64_t>(row.epoch)};
  const int64_t samples = world_.source->count();
  if (samples < 2) throw UserError(why);
  const auto shift = static_cast<int64_t>(1 + draws.below(bad, static_cast<uint64_t>(samples - 1)));
  row.sample = (row.sample + shift) % samples;
  row.record = {};
  want(std::move(row));
}

void Fetcher::failed(const FetchPtr& fetch, const std::string& why) {
  under_way_.erase(fetch->record);
  for (const PeerLink::Question& question : fetch->questions) world_.link->refuse(question);
  for (DecodePool::Row& row : fetch->rows) {
    world_.bad->add(row.sample, why);
    world_.counters->change([](LoadStats& stats) { ++stats.bad_samples; });
    if (world_.bad->policy() == OnBadSample::substitute) {
      replace_row(std::move(row), why);
    } else {
      row.sample = -1;
      pool_->add(std::move(row));
    }
  }
}

}  // namespace weft
