#include "weft/data/load/record_broker.h"

#include <algorithm>
#include <utility>

#include "weft/base/check.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

using State = RecordFetch::State;

constexpr double kReadWaitMs = 0.5;  // peers are looked after as often
constexpr double kReadings = 4;      // times that a peer may take as long as a reading of this rank's
constexpr int kAttempts = 3;         // at the source, before a sample is called bad
constexpr int kRowsARound = 64;

}  // namespace

RecordBroker::RecordBroker(FetchWorld world, FetchOptions options, Deliver deliver)
    : world_(std::move(world)),
      options_(std::move(options)),
      deliver_(std::move(deliver)),
      ledger_(*world_.counters, {world_.tiers.begin(), world_.tiers.end()}),
      copies_({world_.stream, world_.homes, world_.tiers, options_.parts, options_.rank},
              world_.source->count() * options_.parts.count(), options_.first_step),
      choice_(expected_speeds(options_.machine, world_.stream->ranks()),
              options_.peers_first ? OriginChoice::Policy::peers_first : OriginChoice::Policy::fastest),
      reads_(*world_.reader, *world_.source),
      consumer_step_(options_.first_step),
      cursor_(*world_.stream, options_.rank, options_.first_step, options_.end_step) {
  if (world_.peers != nullptr)
    dialogue_.emplace(*world_.peers, options_.patience_ms, options_.network_budget);
}

double RecordBroker::now_ms() const {
  return std::chrono::duration<double, std::milli>(world_.clock().time_since_epoch()).count();
}

void RecordBroker::released(int64_t step) { consumer_step_ = std::max(consumer_step_.load(), step + 1); }

std::vector<std::string> RecordBroker::take_troubles() { return std::exchange(troubles_, {}); }

RecordBroker::Did RecordBroker::work(Round round) {
  bool busy = round == Round::everything && issue();
  busy = collect_reads() || busy;
  if (dialogue_) busy = talk() || busy;
  copies_.progress(troubles_);
  return busy ? Did::something : Did::nothing;
}

// --- rows ---

bool RecordBroker::may_issue() const {
  if (cursor_.is_at_end() || cursor_.step() >= consumer_step_ + options_.lookahead) return false;
  // The step that the trainer waits for is fetched whatever the budget says: a small budget slows, and never
  // blocks.
  if (cursor_.step() == consumer_step_) return true;
  return memory_.used() < options_.budget_bytes && std::ssize(under_way_) < options_.requests;
}

bool RecordBroker::issue() {
  bool any = false;
  for (int i = 0; i < kRowsARound && may_issue(); ++i) {
    any = true;
    if (std::optional<DecodePool::Row> row = cursor_.take()) want(std::move(*row));
  }
  return any;
}

void RecordBroker::want(DecodePool::Row row) {
  if (row.sample < 0) return deliver_(std::move(row));
  const RecordId record = options_.parts.record(row.sample, options_.parts.wanted(row.epoch, row.sample));
  if (const auto found = under_way_.find(record); found != under_way_.end()) {
    found->second->rows.push_back(std::move(row));
    return;
  }
  if (take_from_memory(row, record)) return;
  const FetchPtr fetch = begin(record);
  fetch->rows.push_back(std::move(row));
  choose_origin(fetch);
}

bool RecordBroker::take_from_memory(DecodePool::Row& row, RecordId record) {
  const std::optional<Tier::Stored> stored = copies_.find_in_memory(record);
  if (!stored) return false;
  row.record.bytes = {stored->memory, static_cast<size_t>(stored->bytes)};
  if (record_checksum(row.record.bytes) != stored->checksum) {
    drop_bad_copy(record);
    return false;
  }
  if (!copies_.is_home(record)) {
    // A second copy may be given up while a worker still reads it.
    row.record.buffer = new_buffer(stored->bytes);
    std::copy(row.record.bytes.begin(), row.record.bytes.end(), row.record.buffer->bytes().begin());
    row.record.bytes = row.record.buffer->bytes();
    copies_.used(record, row.record.bytes, stored->checksum, row.step);
  }
  ledger_.found_in_memory(1, stored->bytes);
  deliver_(std::move(row));
  return true;
}

void RecordBroker::replace(DecodePool::Row row, const std::string& why) {
  const int64_t samples = world_.source->count();
  if (row.drawn < 0) row.drawn = row.sample;
  row.sample = substitute_for(row.sample, samples, options_.seed, row.epoch);
  if (row.sample == row.drawn) {
    user_error("data.on_bad = \"substitute\": none of the {} samples can be used; of the last: {}", samples,
               why);
  }
  row.record = {};
  want(std::move(row));
}

void RecordBroker::call_bad(int64_t sample, const std::string& why) {
  world_.bad->add(sample, why);
  ledger_.bad_sample();
}

// --- a record's way ---

/// Puts where a record lies into extents_.
void RecordBroker::locate(RecordId record) {
  extents_.clear();
  const SampleParts& parts = options_.parts;
  world_.source->locate(parts.sample_of(record), parts.regions(parts.part_of(record)), extents_);
}

FetchPtr RecordBroker::begin(RecordId record) {
  auto fetch = std::make_shared<RecordFetch>(options_.parts.sample_of(record), record, now_ms());
  locate(record);
  for (const Extent& extent : extents_) fetch->bytes += extent.bytes;
  under_way_[record] = fetch;
  return fetch;
}

void RecordBroker::choose_origin(const FetchPtr& fetch) {
  if (const std::optional<Tier::Stored> stored = copies_.find(fetch->record))
    return read_tier(fetch, *stored);
  const std::optional<int> home = copies_.home_of(fetch->record);
  if (dialogue_ && home && !copies_.is_home(fetch->record) && !dialogue_->is_silent(*home) &&
      choice_.peer_or_source(fetch->bytes, need_of(*fetch)) == Origin::peer) {
    return ask_peer(fetch, *home);
  }
  read_source(fetch);
}

OriginChoice::Need RecordBroker::need_of(const RecordFetch& fetch) const {
  const bool later = fetch.rows.empty() || fetch.rows.front().step > consumer_step_ + kUrgentSteps;
  return later ? OriginChoice::Need::later : OriginChoice::Need::soon;
}

void RecordBroker::read_tier(const FetchPtr& fetch, const Tier::Stored& stored) {
  fetch->enter(State::reading_tier);
  fetch->bytes = stored.bytes;
  fetch->expected_checksum = stored.checksum;
  fetch->under_way = choice_.began(Origin::disk);
  fetch->buffer = new_buffer(stored.bytes);
  reads_.read_tier(fetch, stored.read);
}

void RecordBroker::ask_peer(const FetchPtr& fetch, int peer) {
  fetch->enter(State::asking_peer);
  fetch->under_way = choice_.began(Origin::peer);
  fetch->buffer = new_buffer(fetch->bytes);
  // The peer may have to read it first, as slowly as this rank does.
  const double reading_ms = kReadings * choice_.estimate_ms(Origin::source, fetch->bytes);
  dialogue_->ask(fetch, peer, now_ms(), reading_ms);
}

void RecordBroker::read_source(const FetchPtr& fetch) {
  fetch->enter(State::reading_source);
  ++fetch->attempts;
  fetch->under_way = choice_.began(Origin::source);
  if (!fetch->buffer) fetch->buffer = new_buffer(fetch->bytes);
  locate(fetch->record);
  if (reads_.read_source(fetch, extents_) == RecordReads::Begun::nothing_to_read) source_was_read(fetch, {});
}

bool RecordBroker::collect_reads() {
  return reads_.collect(dialogue_ ? kReadWaitMs : 4 * kReadWaitMs,
                        [this](const FetchPtr& fetch, const ReadEnd& end) {
                          if (is_abandoned_) return;
                          if (fetch->state() == State::reading_tier) return tier_was_read(fetch, end);
                          source_was_read(fetch, end);
                        });
}

void RecordBroker::tier_was_read(const FetchPtr& fetch, const ReadEnd& end) {
  choice_.ended(Origin::disk);
  if (end.kind == ReadEnd::Kind::whole) {
    const uint64_t checksum = record_checksum(fetch->buffer->bytes());
    if (checksum == fetch->expected_checksum) return arrived(fetch, checksum);
  }
  drop_bad_copy(fetch->record);
  fetch->buffer = nullptr;
  fetch->enter(State::begun);
  choose_origin(fetch);
}

void RecordBroker::source_was_read(const FetchPtr& fetch, ReadEnd end) {
  choice_.ended(Origin::source);
  if (end.kind == ReadEnd::Kind::whole) {
    const uint64_t checksum = record_checksum(fetch->buffer->bytes());
    if (is_as_known(*fetch, checksum)) return arrived(fetch, checksum);
    end.kind = ReadEnd::Kind::other_bytes;
  }
  if (fetch->attempts < kAttempts && end.may_pass()) return read_source(fetch);
  failed(fetch,
         fmt::format("data.path: {} cannot be read ({})", world_.source->name(fetch->sample), end.why()));
}

bool RecordBroker::is_as_known(const RecordFetch& fetch, uint64_t checksum) const {
  if (world_.known == nullptr) return true;
  const auto known = world_.known->find(fetch.sample);
  return !known || *known == ChecksumIndex::Known{fetch.bytes, checksum};
}

void RecordBroker::arrived(const FetchPtr& fetch, uint64_t checksum) {
  fetch->enter(State::here);
  under_way_.erase(fetch->record);
  note(*fetch);
  const std::span<const std::byte> bytes = fetch->buffer->bytes();
  for (const PeerLink::Question& question : fetch->questions) send(question, bytes, checksum, fetch->buffer);
  const auto used = fetch->rows.empty() ? std::nullopt : std::optional(fetch->rows.front().step);
  copies_.came(fetch->record, fetch->origin(), bytes, checksum, used);
  for (DecodePool::Row& row : fetch->rows) {
    row.record = {bytes, fetch->buffer};
    deliver_(std::move(row));
  }
}

void RecordBroker::note(const RecordFetch& fetch) {
  const auto now = world_.clock();
  const double ms = now_ms() - fetch.started_ms;
  ledger_.came(fetch, ms, now);
  // A copy that the peer had to fetch first says nothing about the way from it.
  const double own_ms = fetch.origin() == Origin::peer ? std::max(0.0, ms - fetch.prepared_ms) : ms;
  choice_.observe(fetch.origin(), fetch.bytes, own_ms, fetch.under_way);
}

void RecordBroker::failed(const FetchPtr& fetch, const std::string& why) {
  fetch->enter(State::failed);
  under_way_.erase(fetch->record);
  for (const PeerLink::Question& question : fetch->questions) dialogue_->refuse(question);
  for (DecodePool::Row& row : fetch->rows) {
    call_bad(row.sample, why);
    if (world_.bad->policy() == OnBadSample::substitute) {
      replace(std::move(row), why);
    } else {
      row.sample = -1;
      deliver_(std::move(row));
    }
  }
}

void RecordBroker::drop_bad_copy(RecordId record) {
  copies_.drop(record);
  ledger_.bad_copy();
}

// --- peers ---

bool RecordBroker::talk() {
  bool busy = dialogue_->take_questions();
  while (const std::optional<PeerLink::Question> question = dialogue_->next_question(now_ms()))
    answer(*question);
  busy = dialogue_->collect([this](const FetchPtr& fetch, const PeerDialogue::Reply& reply) {
    replied(fetch, reply);
  }) || busy;
  dialogue_->give_up(now_ms(), [this](const FetchPtr& fetch) { is_late(fetch); });
  return busy;
}

void RecordBroker::answer(const PeerLink::Question& question) {
  if (const std::optional<Tier::Stored> stored = copies_.find_in_memory(question.record)) {
    return send(question, {stored->memory, static_cast<size_t>(stored->bytes)}, stored->checksum, nullptr);
  }
  if (const auto found = under_way_.find(question.record); found != under_way_.end()) {
    // Two ranks that wait for each other would wait for ever.
    if (found->second->state() == State::asking_peer) return dialogue_->refuse(question);
    found->second->questions.push_back(question);
    return;
  }
  // Not here yet: this rank is the home, so that it reads the record, once for all.
  const FetchPtr fetch = begin(question.record);
  fetch->questions.push_back(question);
  if (const std::optional<Tier::Stored> stored = copies_.find(question.record))
    return read_tier(fetch, *stored);
  read_source(fetch);
}

void RecordBroker::send(const PeerLink::Question& question, std::span<const std::byte> bytes,
                        uint64_t checksum, std::shared_ptr<RecordBuffer> buffer) {
  dialogue_->answer(question, bytes, checksum, std::move(buffer), now_ms());
  ledger_.served(std::ssize(bytes));
}

void RecordBroker::replied(const FetchPtr& fetch, const PeerDialogue::Reply& reply) {
  choice_.ended(Origin::peer);
  fetch->prepared_ms = reply.prepared_ms;
  switch (reply.kind) {
    case PeerDialogue::Reply::Kind::record:
      return arrived(fetch, reply.checksum);
    case PeerDialogue::Reply::Kind::other_bytes:
      ledger_.bad_copy();
      break;
    case PeerDialogue::Reply::Kind::nothing:
      break;
  }
  read_source(fetch);
}

void RecordBroker::is_late(const FetchPtr& fetch) {
  choice_.ended(Origin::peer);
  choice_.observe(Origin::peer, fetch->bytes, options_.patience_ms, fetch->under_way);
  ledger_.late_peer();
  read_source(fetch);
}

}  // namespace weft
