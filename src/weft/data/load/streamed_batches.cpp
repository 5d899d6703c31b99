#include "weft/data/load/streamed_batches.h"

#include <chrono>
#include <cstring>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/data/read/read_record.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/tier/memory_tier.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

// Longer than any run: an epoch that is never reached costs nothing.
constexpr int64_t kEpochs = int64_t{1} << 30;

// That are remembered from one step to the next.
constexpr size_t kFetches = 10'000;

std::shared_ptr<const Sampler> sampler_for(const StreamedBatchesOptions& options) {
  if (options.sampler) return options.sampler;
  const int64_t count = options.source->count();
  if (options.shuffle) return std::make_shared<ShuffleSampler>(count, options.seed);
  return std::make_shared<SequentialSampler>(count);
}

int64_t bytes_of(std::span<const Extent> extents) {
  int64_t bytes = 0;
  for (const Extent& extent : extents) bytes += extent.bytes;
  return bytes;
}

/// Of records that are whole samples, as a tier holds them.
int64_t all_bytes(const Source& source) {
  int64_t bytes = 0;
  std::vector<Extent> extents;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    extents.clear();
    source.locate(sample, {}, extents);
    bytes += tier_footprint(bytes_of(extents));
  }
  return bytes;
}

/// Names the data set and how it is cut into records, so that copies of another are not taken for it.
uint64_t key_of(const Source& source, const SampleParts& parts) {
  uint64_t key = static_cast<uint64_t>(source.count());
  const auto add = [&](const std::string& text) {
    key = record_checksum(std::as_bytes(std::span(text)), key);
  };
  std::vector<Extent> extents;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    extents.clear();
    source.locate(sample, {}, extents);
    add(fmt::format("{} {}", source.name(sample), bytes_of(extents)));
  }
  for (int part = 0; part < parts.count(); ++part) {
    const std::vector<Region>& regions = parts.regions(part);
    for (size_t i = 0; i < regions.size(); ++i)
      add(fmt::format("{} {} {}", part, source.fields()[i].name, to_string(regions[i])));
  }
  return key;
}

/// What every rank of `world` reads of each field.
std::vector<std::vector<Region>> regions_of_all(const std::vector<Region>& own, const Communicator& world) {
  std::vector<int64_t> flat;
  for (const Region& region : own) {
    for (const Range& range : region.ranges) flat.insert(flat.end(), {range.begin, range.end});
  }
  const std::vector<int64_t> counts(static_cast<size_t>(world.size()), std::ssize(flat));
  std::vector<int64_t> all(flat.size() * counts.size());
  world.all_gather(flat.data(), all.data(), counts, Element::i64).wait();
  std::vector<std::vector<Region>> regions(counts.size(), own);
  auto at = all.begin();
  for (std::vector<Region>& of_rank : regions) {
    for (Region& region : of_rank) {
      for (Range& range : region.ranges) {
        range = {at[0], at[1]};
        at += 2;
      }
    }
  }
  return regions;
}

}  // namespace

StreamedBatches::StreamedBatches(StreamedBatchesOptions options) : options_(std::move(options)) {
  stream_ = std::make_shared<AccessStream>(AccessStream::Options{
      sampler_for(options_), options_.batch, kEpochs, options_.data_ranks, options_.last, options_.group});
}

void StreamedBatches::make_tiers(const SampleParts& parts) {
  const int64_t needed = all_bytes(*options_.source);
  const int64_t bytes = std::min(options_.memory_bytes, needed + needed / 8 + (1 << 20));
  if (bytes > 0) tiers_.push_back(make_memory_tier(bytes));
  for (DirectoryTierOptions directory : options_.directories) {
    directory.key = key_of(*options_.source, parts);
    tiers_.push_back(make_directory_tier(directory));
  }
}

StreamedBatches::~StreamedBatches() = default;

int StreamedBatches::rank() const {
  if (!options_.world) return options_.rank;
  return options_.world->rank() / (options_.world->size() / options_.data_ranks);
}

SampleParts StreamedBatches::parts_of(const std::vector<Region>& rows) const {
  const int ranks = options_.world ? options_.world->size() : options_.data_ranks;
  const int group = ranks / options_.data_ranks;
  const int member = options_.world ? options_.world->rank() % group : 0;
  const std::vector<Region> own = options_.form->to_read(rows);
  if (own.empty()) return SampleParts(group, member);
  std::vector<std::vector<Region>> regions{own};
  if (group > 1) {
    regions = regions_of_all(own, *options_.world);
    // Every group is split alike; data is the mesh's outermost axis.
    const auto first = regions.begin() + options_.world->rank() / group * group;
    regions = {first, first + group};
  }
  SampleParts parts(regions, member);
  parts.choose(options_.form->choice(parts));
  return parts;
}

void StreamedBatches::begin(int64_t number, DType floating, const std::vector<Region>& rows) {
  if (loader_) before_.add(loader_->stats());
  loader_ = nullptr;
  rows_ = rows;
  floating_ = floating;
  assembler_ = options_.form->assembler(rows, floating, options_.workers);
  LoaderOptions loading;
  loading.stream = stream_;
  loading.rank = rank();
  loading.parts = parts_ = parts_of(rows);
  if (tiers_.empty()) make_tiers(loading.parts);
  for (const auto& tier : tiers_) loading.tiers.push_back(tier.get());
  const bool alone = !options_.world || options_.world->size() == 1;
  if (options_.share && !alone && CommSession::threads_may_communicate()) loading.peers = options_.world;
  loading.seed = options_.seed;
  loading.first_step = number;
  loading.workers = options_.workers;
  loading.lookahead = options_.lookahead;
  loading.pages = options_.pages;
  loading.known = options_.known;
  loading.network_budget = options_.network_budget;
  loading.machine = options_.machine;
  loading.on_bad = options_.on_bad;
  loading.bad_limit = options_.bad_limit;
  loader_ = std::make_unique<Loader>(*options_.source, *assembler_, std::move(loading));
  if (remembers_) loader_->remember_fetches(kFetches);
  next_ = number;
  bad_told_ = 0;
}

void StreamedBatches::begin_whole(int64_t number, DType floating) {
  std::vector<Region> rows;
  for (const TensorType& type : options_.form->row_types(floating)) rows.push_back(Region::all(type.shape));
  begin(number, floating, rows);
}

const Batch& StreamedBatches::next(int64_t number, std::span<const View> wanted,
                                   std::span<const Region> regions) {
  if (number != next_) {
    std::vector<Region> rows;
    for (const Region& region : regions) rows.push_back({{region.ranges.begin() + 1, region.ranges.end()}});
    begin(number, wanted[0].type.dtype, rows);
  }
  const Batch* batch = loader_->next();
  WEFT_CHECK(batch != nullptr && batch->step == number, "batch {} of a stream that has none", number);
  ++next_;
  samples_.assign(batch->samples.begin(), batch->samples.end());
  WEFT_CHECK(batch->tensors.size() == wanted.size(), "{} tensors where {} are wanted", batch->tensors.size(),
             wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    WEFT_CHECK(batch->tensors[i].bytes() == wanted[i].bytes(), "a batch of {} where {} is wanted",
               to_string(batch->tensors[i].type), to_string(wanted[i].type));
  }
  return *batch;
}

void StreamedBatches::fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) {
  const Batch& batch = next(number, outputs, regions);
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::memcpy(outputs[i].data, batch.tensors[i].data, static_cast<size_t>(outputs[i].bytes()));
  }
  loader_->release();
}

bool StreamedBatches::lend(int64_t number, std::span<View> views, std::span<const Region> regions) {
  const Batch& batch = next(number, views, regions);
  for (size_t i = 0; i < views.size(); ++i) views[i].data = batch.tensors[i].data;
  return true;
}

bool StreamedBatches::has_sample(int64_t row) const {
  return samples_[static_cast<size_t>(row - stream_->rows(rank()).begin)] != 0;
}

std::string StreamedBatches::name_of(int64_t row) const {
  const int64_t sample = stream_->sample(next_ - 1, row);
  return sample < 0 ? fmt::format("the empty row {}", row) : options_.source->name(sample);
}

bool StreamedBatches::wait_for(int64_t number, DType floating, double ms) {
  if (number != next_) begin_whole(number, floating);
  return loader_->wait_for(ms);
}

const Batch& StreamedBatches::take(int64_t number, DType floating) {
  if (number != next_) begin_whole(number, floating);
  const Batch* batch = loader_->take();
  WEFT_CHECK(batch != nullptr && batch->step == number, "batch {} of a stream that has none", number);
  ++next_;
  return *batch;
}

std::optional<double> StreamedBatches::naive_seconds(int64_t samples) {
  constexpr int64_t kEpoch = 1'000'000;  // whose order no run has seen
  WEFT_CHECK(assembler_ != nullptr, "no batch has been loaded");
  const int workers = threads();
  const auto assembler = options_.form->assembler(rows_, floating_, workers);
  const std::shared_ptr<const Sampler> sampler = sampler_for(options_);
  const int64_t first = rank() * samples;
  const auto start = std::chrono::steady_clock::now();
  parallel_for(workers, 1, [&](int64_t begin, int64_t end) {
    for (int64_t worker = begin; worker < end; ++worker) {
      std::vector<std::vector<std::byte>> memory;
      std::vector<View> row;
      for (const TensorType& type : assembler->row_types()) {
        memory.emplace_back(static_cast<size_t>(std::max<int64_t>(1, type.bytes())));
        row.push_back({memory.back().data(), type});
      }
      for (int64_t i = worker; i < samples; i += workers) {
        const int64_t sample = sampler->at(kEpoch, (first + i) % sampler->size());
        const int part = parts_.wanted(kEpoch, sample);
        const std::vector<std::byte> record = read_record(*options_.source, sample, parts_.regions(part));
        assembler->assemble(static_cast<int>(worker), kEpoch, sample, record, row);
      }
    }
  });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::optional<LoadStats> StreamedBatches::stats() const {
  LoadStats all = before_;
  if (loader_) all.add(loader_->stats());
  return all;
}

std::vector<FetchEvent> StreamedBatches::fetches() {
  if (!remembers_ && loader_) loader_->remember_fetches(kFetches);
  remembers_ = true;
  return loader_ ? loader_->take_fetches() : std::vector<FetchEvent>();
}

std::vector<std::string> StreamedBatches::notices() {
  if (!loader_) return {};
  std::vector<std::string> sentences = loader_->troubles();
  const std::vector<BadSamples::Entry> bad = loader_->bad_samples();
  for (; bad_told_ < bad.size(); ++bad_told_) sentences.push_back("left out: " + bad[bad_told_].why);
  return sentences;
}

}  // namespace weft
