// The fetcher's transfers: reads of files, questions to peers, and what happens when they end.
#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "weft/base/check.h"
#include "weft/data/load/fetcher.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

constexpr double kReadWaitMs = 0.5;  // peers are looked after as often
constexpr double kReadings = 4;      // times that a peer may take as long as a reading of this rank's
constexpr int kAttempts = 3;         // at the source, before a sample is called bad

constexpr int kEndOfFile = -1;  // beside the values of errno
constexpr int kOtherBytes = -2;

std::string reason(int error) {
  if (error == kEndOfFile) return "it ends too early";
  if (error == kOtherBytes) return "its bytes are not those that data.checksums has";
  return std::strerror(error);
}

}  // namespace

void Fetcher::drop_corrupt(RecordId record) {
  replicas_.forget(record);
  for (Tier* tier : world_.tiers) {
    if (tier->holds(record)) tier->drop(record);
  }
  world_.counters->change([](LoadStats& stats) { ++stats.corrupt; });
}

void Fetcher::read_source(const FetchPtr& fetch) {
  ++fetch->attempts;
  fetch->origin = Origin::source;
  fetch->error = 0;
  if (!fetch->buffer) fetch->buffer = std::make_shared<RecordBuffer>(fetch->bytes, memory_);
  locate(fetch->record);
  fetch->extents_left = std::ssize(extents_);
  fetch->bytes_left = fetch->bytes;
  fetch->under_way = ++requests_[static_cast<size_t>(Origin::source)];
  std::byte* into = fetch->buffer->bytes().data();
  for (const Extent& extent : extents_) {
    ReadTask task;
    task.id = next_read_++;
    task.path = world_.source->files()[static_cast<size_t>(extent.file)].c_str();
    if (!open_files_.empty()) {
      int& file = open_files_[static_cast<size_t>(extent.file)];
      if (file < 0) file = open(task.path, O_RDONLY | O_CLOEXEC);
      if (file >= 0) task.path = nullptr;  // else the read fails with the reason
      task.file = file;
    }
    task.offset = extent.offset;
    task.bytes = extent.bytes;
    task.into = into;
    into += extent.bytes;
    reads_.emplace(task.id, fetch);
    world_.reader->submit(task);
  }
  if (extents_.empty()) read_ended(fetch);
}

void Fetcher::read_disk(const FetchPtr& fetch, const Tier::Stored& stored) {
  fetch->origin = Origin::disk;
  fetch->error = 0;
  fetch->bytes = stored.bytes;
  fetch->expected_checksum = stored.checksum;
  fetch->extents_left = 1;
  fetch->bytes_left = stored.bytes;
  fetch->under_way = ++requests_[static_cast<size_t>(Origin::disk)];
  fetch->buffer = std::make_shared<RecordBuffer>(stored.bytes, memory_);
  ReadTask task = stored.read;
  task.id = next_read_++;
  task.bytes = stored.bytes;
  task.into = fetch->buffer->bytes().data();
  reads_.emplace(task.id, fetch);
  world_.reader->submit(task);
}

void Fetcher::ask_peer(const FetchPtr& fetch, int peer) {
  fetch->origin = Origin::peer;
  fetch->peer = peer;
  fetch->under_way = ++requests_[static_cast<size_t>(Origin::peer)];
  fetch->buffer = std::make_shared<RecordBuffer>(fetch->bytes, memory_);
  fetch->link_id = world_.link->ask(peer, fetch->record, options_.patience_ms, fetch->buffer->bytes().data(),
                                    fetch->bytes);
  asked_.emplace(fetch->link_id, fetch);
  // The peer may have to read it first, as slowly as this rank does.
  const double reading = speeds_[static_cast<size_t>(Origin::source)].estimate_ms(
      fetch->bytes, requests_[static_cast<size_t>(Origin::source)]);
  deadlines_.emplace(now_ms() + options_.patience_ms + kReadings * reading, fetch->link_id);
}

bool Fetcher::collect_reads() {
  if (reads_.empty()) return false;
  read_results_.clear();
  world_.reader->collect(read_results_, world_.link != nullptr ? kReadWaitMs : 4 * kReadWaitMs);
  for (const ReadResult& result : read_results_) {
    const auto found = reads_.find(result.id);
    const FetchPtr fetch = found->second;
    reads_.erase(found);
    if (result.error != 0) fetch->error = result.error;
    fetch->bytes_left -= result.bytes;
    if (--fetch->extents_left == 0) read_ended(fetch);
  }
  return !read_results_.empty();
}

void Fetcher::read_ended(const FetchPtr& fetch) {
  --requests_[static_cast<size_t>(fetch->origin)];
  if (fetch->error == 0 && fetch->bytes_left != 0) fetch->error = kEndOfFile;
  const uint64_t checksum = fetch->error == 0 ? record_checksum(fetch->buffer->bytes()) : 0;
  if (fetch->origin == Origin::disk) {
    if (fetch->error == 0 && checksum == fetch->expected_checksum) return arrived(fetch, checksum);
    drop_corrupt(fetch->record);
    fetch->buffer = nullptr;
    return choose_origin(*fetch, fetch);
  }
  if (fetch->error == 0 && !is_as_known(*fetch, checksum)) fetch->error = kOtherBytes;
  if (fetch->error == 0) return arrived(fetch, checksum);
  if (fetch->attempts < kAttempts && fetch->error != ENOENT && fetch->error != EACCES)
    return read_source(fetch);
  failed(fetch, fmt::format("data.path: {} cannot be read ({})", world_.source->name(fetch->sample),
                            reason(fetch->error)));
}

bool Fetcher::is_as_known(const Fetch& fetch, uint64_t checksum) const {
  if (world_.known == nullptr) return true;
  const auto known = world_.known->find(fetch.sample);
  return !known || *known == ChecksumIndex::Known{fetch.bytes, checksum};
}

bool Fetcher::collect_peers() {
  std::vector<PeerLink::Question> questions;
  world_.link->take_questions(questions);
  unanswered_.insert(unanswered_.end(), questions.begin(), questions.end());
  while (!unanswered_.empty() && budget_.allows(now_ms())) {
    answer(unanswered_.front());
    unanswered_.pop_front();
  }
  std::vector<PeerLink::Answer> answers;
  std::vector<uint64_t> sent;
  world_.link->collect(answers, sent);
  for (const uint64_t id : sent) sending_.erase(id);
  for (const PeerLink::Answer& come : answers) {
    const auto found = asked_.find(come.id);
    const FetchPtr fetch = found->second;
    asked_.erase(found);
    silent_.erase(fetch->peer);
    if (fetch->link_id != come.id) continue;  // given up before
    --requests_[static_cast<size_t>(Origin::peer)];
    fetch->link_id = 0;
    fetch->prepared_ms = come.prepared_ms;
    const bool whole = come.bytes == fetch->bytes;
    if (whole && record_checksum(fetch->buffer->bytes()) == come.checksum) {
      arrived(fetch, come.checksum);
      continue;
    }
    if (whole) world_.counters->change([](LoadStats& stats) { ++stats.corrupt; });
    read_source(fetch);
  }
  give_up_late_peers();
  return !questions.empty() || !answers.empty() || !sent.empty();
}

void Fetcher::give_up_late_peers() {
  const double now = now_ms();
  while (!deadlines_.empty() && deadlines_.begin()->first < now) {
    const uint64_t id = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    const auto found = asked_.find(id);
    if (found == asked_.end() || found->second->link_id != id) continue;
    const FetchPtr fetch = found->second;
    // The answer may still be written to this memory: it stays until then.
    auto abandoned = std::make_shared<Fetch>();
    abandoned->buffer = std::move(fetch->buffer);
    abandoned->peer = fetch->peer;
    // Not asked again before it answers: a rank that stands still is waited for once.
    silent_.insert(fetch->peer);
    found->second = std::move(abandoned);
    fetch->link_id = 0;
    fetch->buffer = nullptr;
    --requests_[static_cast<size_t>(Origin::peer)];
    speeds_[static_cast<size_t>(Origin::peer)].observe(fetch->bytes, options_.patience_ms, fetch->under_way);
    world_.counters->change([](LoadStats& stats) { ++stats.late_peers; });
    read_source(fetch);
  }
}

void Fetcher::answer(const PeerLink::Question& question) {
  for (const Tier* tier : world_.tiers) {
    const std::optional<Tier::Stored> stored = tier->find(question.record);
    if (!stored || stored->memory == nullptr) continue;
    return send(question, {stored->memory, static_cast<size_t>(stored->bytes)}, stored->checksum, nullptr);
  }
  if (const auto found = under_way_.find(question.record); found != under_way_.end()) {
    // Two ranks that wait for each other would wait for ever.
    if (found->second->origin == Origin::peer) {
      world_.link->refuse(question);
      return;
    }
    found->second->questions.push_back(question);
    return;
  }
  // Not here yet: this rank is the home, so that it reads the record, once for all.
  Fetch& fetch = begin(question.record);
  fetch.questions.push_back(question);
  const FetchPtr pointer = under_way_.at(question.record);
  for (const Tier* tier : world_.tiers) {
    if (const std::optional<Tier::Stored> stored = tier->find(question.record))
      return read_disk(pointer, *stored);
  }
  read_source(pointer);
}

void Fetcher::send(const PeerLink::Question& question, std::span<const std::byte> bytes, uint64_t checksum,
                   std::shared_ptr<RecordBuffer> buffer) {
  budget_.spend(std::ssize(bytes), now_ms());
  sending_.emplace(world_.link->answer(question, bytes, checksum), std::move(buffer));
  world_.counters->change([&](LoadStats& stats) {
    ++stats.served.records;
    stats.served.bytes += std::ssize(bytes);
  });
}

void Fetcher::count(Origin origin, int64_t records, int64_t bytes, double ms) {
  world_.counters->change([&](LoadStats& stats) {
    LoadStats::Traffic& traffic = stats.from[static_cast<size_t>(origin)];
    traffic.records += records;
    traffic.bytes += bytes;
    traffic.ms += ms;
    count_tiers(stats);
  });
}

void Fetcher::count_tiers(LoadStats& stats) const {
  stats.tiers.resize(world_.tiers.size());
  for (size_t i = 0; i < world_.tiers.size(); ++i) {
    if (stats.tiers[i].name.empty()) stats.tiers[i].name = world_.tiers[i]->name();
    stats.tiers[i].used = world_.tiers[i]->used();
    stats.tiers[i].capacity = world_.tiers[i]->capacity();
  }
}

void Fetcher::note(const Fetch& fetch) {
  const double ms = now_ms() - fetch.started_ms;
  const auto end = std::chrono::steady_clock::now();
  world_.counters->add({fetch.origin, fetch.sample, fetch.bytes,
                        end - std::chrono::nanoseconds(static_cast<int64_t>(ms * 1e6)), end});
  // A copy that the peer had to fetch first says nothing about the way from it.
  const double own_ms = fetch.origin == Origin::peer ? std::max(0.0, ms - fetch.prepared_ms) : ms;
  speeds_[static_cast<size_t>(fetch.origin)].observe(fetch.bytes, own_ms, fetch.under_way);
  if (fetch.rows.empty()) {
    if (fetch.origin != Origin::source) return;
    world_.counters->change([&](LoadStats& stats) {
      ++stats.read_for_peers.records;
      stats.read_for_peers.bytes += fetch.bytes;
      stats.read_for_peers.ms += ms;
      count_tiers(stats);
    });
    return;
  }
  count(fetch.origin, 1, fetch.bytes, ms);
  // Rows that waited for the same record found it in memory.
  const int64_t others = std::ssize(fetch.rows) - 1;
  if (others > 0) count(Origin::memory, others, others * fetch.bytes, 0);
}

void Fetcher::arrived(const FetchPtr& fetch, uint64_t checksum) {
  under_way_.erase(fetch->record);
  note(*fetch);
  for (const PeerLink::Question& question : fetch->questions) {
    send(question, fetch->buffer->bytes(), checksum, fetch->buffer);
  }
  keep(*fetch, checksum);
  for (DecodePool::Row& row : fetch->rows) {
    row.record = {fetch->buffer->bytes(), fetch->buffer};
    pool_->add(std::move(row));
  }
}

void Fetcher::keep(const Fetch& fetch, uint64_t checksum) {
  if (world_.homes == nullptr || world_.tiers.empty()) return;
  const std::span<const std::byte> bytes = fetch.buffer->bytes();
  if (is_home(fetch.record)) {
    if (fetch.origin == Origin::disk) return;
    // The tier of the placement first; another where that one has become too small.
    const auto tiers = static_cast<int>(world_.tiers.size());
    const int first = world_.homes->home(fetch.sample).tier;
    for (int i = 0; i < tiers; ++i) {
      Tier& tier = *world_.tiers[static_cast<size_t>((first + i) % tiers)];
      if (tier.holds(fetch.record) || tier.put(fetch.record, bytes, checksum)) return;
    }
    return;
  }
  if (fetch.rows.empty()) return;
  const auto next =
      world_.stream->next(fetch.sample, fetch.rows.front().step + 1, options_.rank, kEpochsAhead);
  replicas_.used(fetch.record, bytes, checksum, next ? next->step : -1);
}

}  // namespace weft
