#include "weft/data/load/streamed_images.h"

#include <cstring>

#include "weft/base/check.h"
#include "weft/data/stream/shuffle_sampler.h"
#include "weft/data/tier/memory_tier.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

// Longer than any run: an epoch that is never reached costs nothing.
constexpr int64_t kEpochs = int64_t{1} << 30;

// That are remembered from one step to the next.
constexpr size_t kFetches = 10'000;

std::shared_ptr<const Sampler> sampler_for(const StreamedImagesOptions& options) {
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

/// Names the data set, so that copies of another are not taken for it.
uint64_t key_of(const Source& source) {
  uint64_t key = static_cast<uint64_t>(source.count());
  std::vector<Extent> extents;
  for (int64_t sample = 0; sample < source.count(); ++sample) {
    extents.clear();
    source.locate(sample, {}, extents);
    const std::string text = fmt::format("{} {}", source.name(sample), bytes_of(extents));
    key = record_checksum(std::as_bytes(std::span(text)), key);
  }
  return key;
}

}  // namespace

StreamedImages::StreamedImages(StreamedImagesOptions options) : options_(std::move(options)) {
  stream_ = std::make_shared<AccessStream>(AccessStream::Options{
      sampler_for(options_), options_.batch, kEpochs, options_.data_ranks, options_.last});
  const int64_t needed = all_bytes(*options_.source);
  const int64_t bytes = std::min(options_.memory_bytes, needed + needed / 8 + (1 << 20));
  if (bytes > 0) tiers_.push_back(make_memory_tier(bytes));
  for (DirectoryTierOptions directory : options_.directories) {
    directory.key = key_of(*options_.source);
    tiers_.push_back(make_directory_tier(directory));
  }
}

StreamedImages::~StreamedImages() = default;

int StreamedImages::rank() const {
  if (!options_.world) return options_.rank;
  return options_.world->rank() / (options_.world->size() / options_.data_ranks);
}

void StreamedImages::begin(int64_t number, DType dtype, const Region& part) {
  loader_ = nullptr;
  ImageAssembler::Options assembling;
  assembling.transform = options_.transform;
  assembling.seed = options_.seed;
  assembling.dtype = dtype;
  assembling.part = part;
  assembling.workers = options_.workers;
  assembler_ = std::make_unique<ImageAssembler>(*options_.source, assembling);
  LoaderOptions loading;
  loading.stream = stream_;
  const int ranks = options_.world ? options_.world->size() : options_.data_ranks;
  loading.group = ranks / options_.data_ranks;
  loading.rank = rank();  // data is the mesh's outermost axis
  loading.member = options_.world ? options_.world->rank() % loading.group : 0;
  for (const auto& tier : tiers_) loading.tiers.push_back(tier.get());
  if (options_.share && options_.world && ranks > 1 && CommSession::threads_may_communicate())
    loading.peers = options_.world;
  loading.seed = options_.seed;
  loading.first_step = number;
  loading.workers = options_.workers;
  loading.lookahead = options_.lookahead;
  loading.known = options_.known;
  loading.network_budget = options_.network_budget;
  loading.on_bad = options_.on_bad;
  loading.bad_limit = options_.bad_limit;
  loader_ = std::make_unique<Loader>(*options_.source, *assembler_, std::move(loading));
  if (remembers_) loader_->remember_fetches(kFetches);
  next_ = number;
  bad_told_ = 0;
}

const Batch& StreamedImages::next(int64_t number, std::span<const View> wanted,
                                  std::span<const Region> regions) {
  if (number != next_) {
    begin(number, wanted[0].type.dtype, Region{{regions[0].ranges.begin() + 1, regions[0].ranges.end()}});
  }
  const Batch* batch = loader_->next();
  WEFT_CHECK(batch != nullptr && batch->step == number, "batch {} of a stream that has none", number);
  ++next_;
  for (size_t i = 0; i < 2; ++i) {
    WEFT_CHECK(batch->tensors[i].bytes() == wanted[i].bytes(), "a batch of {} where {} is wanted",
               to_string(batch->tensors[i].type), to_string(wanted[i].type));
  }
  return *batch;
}

void StreamedImages::fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) {
  WEFT_CHECK(outputs.size() == 2 && outputs[1].type.dtype == DType::i32,
             "an image batch has pixels and class ids");
  if (outputs[0].data == nullptr) return fill_labels(number, outputs[1], regions[1].ranges[0]);
  const Batch& batch = next(number, outputs, regions);
  for (size_t i = 0; i < 2; ++i) {
    std::memcpy(outputs[i].data, batch.tensors[i].data, static_cast<size_t>(outputs[i].bytes()));
  }
  loader_->release();
}

bool StreamedImages::lend(int64_t number, std::span<View> views, std::span<const Region> regions) {
  if (views.size() != 2 || views[0].bytes() == 0) return false;
  const Batch& batch = next(number, views, regions);
  for (size_t i = 0; i < 2; ++i) views[i].data = batch.tensors[i].data;
  return true;
}

void StreamedImages::fill_labels(int64_t number, const View& labels, Range rows) const {
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const int64_t sample = stream_->sample(number, row);
    labels.as<int32_t>()[row - rows.begin] = sample < 0 ? -1 : options_.source->label(sample);
  }
}

bool StreamedImages::wait_for(int64_t number, DType dtype, double ms) {
  if (number != next_) begin(number, dtype, {});
  return loader_->wait_for(ms);
}

const Batch& StreamedImages::take(int64_t number, DType dtype) {
  if (number != next_) begin(number, dtype, {});
  const Batch* batch = loader_->take();
  WEFT_CHECK(batch != nullptr && batch->step == number, "batch {} of a stream that has none", number);
  ++next_;
  return *batch;
}

std::optional<LoadStats> StreamedImages::stats() const {
  return loader_ ? std::optional(loader_->stats()) : std::optional(LoadStats{});
}

std::vector<FetchEvent> StreamedImages::fetches() {
  if (!remembers_ && loader_) loader_->remember_fetches(kFetches);
  remembers_ = true;
  return loader_ ? loader_->take_fetches() : std::vector<FetchEvent>();
}

std::vector<std::string> StreamedImages::notices() {
  if (!loader_) return {};
  std::vector<std::string> sentences = loader_->troubles();
  const std::vector<BadSamples::Entry> bad = loader_->bad_samples();
  for (; bad_told_ < bad.size(); ++bad_told_) sentences.push_back("left out: " + bad[bad_told_].why);
  return sentences;
}

}  // namespace weft
