#include "weft/data/load/loader.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "weft/base/check.h"
#include "weft/data/load/batch_ring.h"
#include "weft/data/load/decode_pool.h"
#include "weft/data/load/fetcher.h"
#include "weft/data/place/homes.h"
#include "weft/data/read/async_reader.h"
#include "weft/data/read/descriptor_share.h"

namespace weft {

namespace {

/// Room that the record of every sample takes in a tier: that of the largest part, so that all ranks place
/// samples alike.
std::vector<int64_t> record_sizes(const Source& source, const SampleParts& parts) {
  std::vector<int64_t> sizes(static_cast<size_t>(source.count()));
  std::vector<Extent> extents;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    int64_t& size = sizes[static_cast<size_t>(sample)];
    for (int part = 0; part < parts.count(); ++part) {
      extents.clear();
      source.locate(sample, parts.regions(part), extents);
      int64_t bytes = 0;
      for (const Extent& extent : extents) bytes += extent.bytes;
      size = std::max(size, tier_footprint(bytes));
    }
  }
  return sizes;
}

/// Bytes that each of the stream's ranks can keep, by tier, told once at the start: from here on no rank asks
/// another.
std::vector<std::vector<int64_t>> all_capacities(const LoaderOptions& options, int ranks) {
  std::vector<int64_t> own;
  for (const Tier* tier : options.tiers) own.push_back(tier->capacity());
  std::vector<std::vector<int64_t>> all(static_cast<size_t>(ranks), std::vector<int64_t>(own.size(), 0));
  if (!options.peers) {
    all[static_cast<size_t>(options.rank)] = own;
    return all;
  }
  int64_t most = std::ssize(own);
  options.peers->all_reduce(&most, 1, Element::i64, Reduce::max).wait();
  own.resize(static_cast<size_t>(most), 0);
  const int everybody = options.peers->size();
  std::vector<int64_t> flat(static_cast<size_t>(most * everybody));
  const std::vector<int64_t> counts(static_cast<size_t>(everybody), most);
  options.peers->all_gather(own.data(), flat.data(), counts, Element::i64).wait();
  const int group = options.parts.group();
  const int sharers = options.parts.sharers();
  for (int rank = 0; rank < ranks; ++rank) {
    std::vector<int64_t>& tiers = all[static_cast<size_t>(rank)];
    tiers.resize(static_cast<size_t>(most));
    for (int64_t tier = 0; tier < most; ++tier) {
      int64_t least = flat[static_cast<size_t>(int64_t{rank} * group * most + tier)];
      for (int member = 1; member < group; ++member) {
        least = std::min(least, flat[static_cast<size_t>((int64_t{rank} * group + member) * most + tier)]);
      }
      // Records that ranks share are dealt out by number, and so not to the last byte alike.
      tiers[static_cast<size_t>(tier)] = sharers > 1 ? least / 100 * 97 * sharers : least;
    }
  }
  return all;
}

}  // namespace

// Members end in the reverse order: the workers before the fetcher that they tell of broken rows, the reader
// before the memory that it reads into.
struct Loader::Parts {
  LoaderOptions options;
  LoadCounters counters;
  BadSamples bad;
  std::unique_ptr<Homes> homes;
  std::unique_ptr<PeerLink> link;
  std::unique_ptr<PeerTransport> peers;  ///< over `link`
  std::unique_ptr<BatchRing> ring;
  std::unique_ptr<Fetcher> fetcher;
  std::unique_ptr<AsyncReader> reader;
  std::unique_ptr<DecodePool> pool;

  explicit Parts(LoaderOptions o) : options(std::move(o)), bad(options.on_bad, options.bad_limit) {}
  ~Parts() {
    if (fetcher) fetcher->stop();
  }
};

Loader::Loader(const Source& source, Assembler& assembler, LoaderOptions options)
    : parts_(std::make_unique<Parts>(std::move(options))), next_step_(parts_->options.first_step) {
  Parts& p = *parts_;
  const LoaderOptions& o = p.options;
  const AccessStream& stream = *o.stream;
  const int everybody = stream.ranks() * o.parts.group();
  WEFT_CHECK(!o.peers || o.peers->size() == everybody, "{} peers where the stream has {} ranks",
             o.peers ? o.peers->size() : 0, everybody);
  p.ring = std::make_unique<BatchRing>(assembler.row_types(), stream.rows(o.rank).size(), o.slots,
                                       o.first_step, o.pages);
  FetchWorld world;
  const std::vector<std::vector<int64_t>> capacity = all_capacities(o, stream.ranks());
  world.tiers = o.tiers;
  if (!capacity.front().empty()) {
    HomesOptions placing;
    const std::vector<int64_t> sizes = record_sizes(source, o.parts);
    placing.record_bytes = sizes;
    placing.capacity = capacity;
    p.homes = std::make_unique<Homes>(stream, placing);
    if (o.peers && o.peers->size() > 1) {
      p.link = std::make_unique<PeerLink>(*o.peers);
      p.peers = std::make_unique<PeerLinkTransport>(*p.link);
    }
  }
  p.reader = make_async_reader(reads_at_once(o.read_depth));
  world.stream = &stream;
  world.source = &source;
  world.homes = p.homes.get();
  world.peers = p.peers.get();
  world.reader = p.reader.get();
  world.bad = &p.bad;
  world.counters = &p.counters;
  WEFT_CHECK(!o.known || (o.parts.count() == 1 && o.parts.regions(0).empty()),
             "checksums of whole records for parts");
  world.known = o.known.get();
  FetchOptions fetching;
  fetching.rank = o.rank;
  fetching.parts = o.parts;
  fetching.seed = o.seed;
  fetching.first_step = o.first_step;
  fetching.end_step = stream.steps();
  fetching.lookahead = o.lookahead;
  fetching.budget_bytes = o.budget_bytes;
  fetching.patience_ms = o.patience_ms;
  fetching.peers_first = o.peers_first;
  fetching.machine = o.machine;
  fetching.network_budget = o.network_budget;
  p.fetcher = std::make_unique<Fetcher>(std::move(world), std::move(fetching));
  p.pool = std::make_unique<DecodePool>(
      assembler, *p.ring, o.workers,
      [&p](const DecodePool::Row& row, const std::string& why) { return p.fetcher->broken(row, why); });
  p.ring->on_release([&p] { p.pool->wake(); });
  p.fetcher->start(*p.pool, *p.ring);
}

Loader::~Loader() = default;

void Loader::give_back() {
  WEFT_CHECK(held_ > 0, "no batch is out");
  const int64_t step = next_step_ - held_--;
  if (batch_.step == step) batch_.memory = nullptr;
  parts_->ring->release(step);
  parts_->fetcher->released(step);
}

void Loader::release() {
  while (held_ > 0) give_back();
}

const Batch* Loader::next() {
  release();
  return take();
}

bool Loader::wait_for(double ms) {
  return next_step_ >= parts_->options.stream->steps() || parts_->ring->wait_for(next_step_, ms);
}

const Batch* Loader::take() {
  const AccessStream& stream = *parts_->options.stream;
  if (next_step_ >= stream.steps()) return nullptr;
  WEFT_CHECK(held_ < parts_->options.slots, "{} batches are out already", held_);
  if (held_ > 0) parts_->fetcher->released(next_step_ - 1);  // what is fetched first is what is waited for
  const auto start = std::chrono::steady_clock::now();
  batch_.tensors = parts_->ring->wait(next_step_);
  batch_.step = next_step_;
  batch_.samples = parts_->ring->samples(next_step_);
  batch_.epoch = stream.epoch_of(batch_.step);
  batch_.memory = parts_->ring->memory(batch_.step);
  ++next_step_;
  ++held_;
  batch_.stall_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  parts_->counters.change([&](LoadStats& stats) { stats.stall_ms += batch_.stall_ms; });
  return &batch_;
}

LoadStats Loader::stats() const {
  LoadStats stats = parts_->counters.snapshot();
  stats.decode_ms = parts_->pool->busy_ms();
  return stats;
}

void Loader::remember_fetches(size_t capacity) { parts_->counters.remember(capacity); }

std::vector<FetchEvent> Loader::take_fetches() { return parts_->counters.take(); }

std::vector<BadSamples::Entry> Loader::bad_samples() const { return parts_->bad.list(); }

int64_t Loader::covered() const { return parts_->homes ? parts_->homes->covered() : 0; }

std::vector<std::string> Loader::troubles() { return parts_->fetcher->troubles(); }

}  // namespace weft
