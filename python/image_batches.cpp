#include "python/image_batches.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/data/decode/image_placement.h"
#include "weft/data/decode/image_statistics.h"
#include "weft/data/inspect/check_samples.h"
#include "weft/data/load/image_form.h"
#include "weft/data/source/open_source.h"
#include "weft/data/verify/content_key.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

// Of the ring's slots, the batch that a loop works on and the one before it, which its variables still hold
// when it asks for the next; more than these get memory of their own.
constexpr int64_t kOut = 2;

constexpr int64_t kLooks = 16;  // at images, for their sizes

void check_colours(const char* name, const std::vector<double>& values, const char* expected,
                   bool (*is_good)(double)) {
  if (!values.empty() && values.size() != 3) {
    user_error("{}: expected three numbers, of red, green and blue", name);
  }
  if (std::ranges::all_of(values, is_good)) return;
  user_error("{} = [{}]: expected {}", name, fmt::join(values, ", "), expected);
}

void check(const ImageBatchesOptions& options) {
  if (options.batch < 1) user_error("batch_size = {}: expected at least 1", options.batch);
  if (options.workers < 1) user_error("num_workers = {}: expected at least 1", options.workers);
  if (options.size < 0) user_error("size = {}: expected a number of pixels, or 0", options.size);
  if (options.lookahead < 1) user_error("lookahead = {}: expected at least 1", options.lookahead);
  check_colours("mean", options.mean, "numbers from 0 to 1, as of pixels in [0, 1]",
                [](double value) { return value >= 0 && value <= 1; });
  check_colours("std", options.deviation, "finite numbers above 0",
                [](double value) { return value > 0 && std::isfinite(value); });
  if (options.ranks < 1 || options.rank < 0 || options.rank >= options.ranks) {
    user_error("rank = {}, world_size = {}: expected a rank below the size", options.rank, options.ranks);
  }
}

std::optional<ImageSize> size_if_readable(const Source& source, int64_t sample) {
  try {
    return size_of_image(source, sample);
  } catch (const UserError&) {  // loading says so, where the sample is asked for
    return std::nullopt;
  }
}

/// Looks at some images, spread over all, so that what a later batch would say is mostly said at once.
void expect_sizes(const Source& source, const ImageTransform& transform) {
  const int64_t some = std::min(kLooks, source.count());
  for (int64_t i = 0; i < some; ++i) {
    const int64_t sample = i * source.count() / some;
    const std::optional<ImageSize> size = size_if_readable(source, sample);
    if (size) place_image(transform, *size, {}, source.name(sample));
  }
}

}  // namespace

ImageBatches::ImageBatches(ImageBatchesOptions options, const std::atomic<bool>* stop)
    : options_(std::move(options)) {
  check(options_);
  OpenedSource opened =
      open_source({.path = options_.path, .fields = {}, .split = options_.split, .images = true});
  if (!opened.source->encoded_images()) {
    user_error(
        "path: {} ({}): the Python loader has images only; expected a folder tree or tar shards of JPEG, "
        "PNG, "
        "WebP or BMP",
        options_.path, opened.format);
  }
  source_ = std::move(opened.source);
  const Communicator world = Communicator::world();
  const bool mpi = world.size() > 1;
  rank_ = mpi ? world.rank() : options_.rank;
  ranks_ = mpi ? world.size() : options_.ranks;
  streaming_ = streaming(world, stop);
  begin_anew();
}

void ImageBatches::begin_anew() {
  images_ = nullptr;  // its directories are free then
  images_ = std::make_unique<StreamedBatches>(streaming_);
  next_ = -1;
  out_ = 0;
}

std::unique_ptr<ImageBatches> ImageBatches::another() const {
  std::unique_ptr<ImageBatches> other(new ImageBatches);  // NOLINT: the constructor is private
  other->options_ = options_;
  other->source_ = source_;
  other->rank_ = rank_;
  other->ranks_ = ranks_;
  other->streaming_ = streaming_;
  other->streaming_.world.reset();
  other->streaming_.share = false;
  other->streaming_.memory_bytes = 0;
  other->streaming_.directories.clear();
  other->begin_anew();
  return other;
}

StreamedBatchesOptions ImageBatches::streaming(const Communicator& world,
                                               const std::atomic<bool>* stop) const {
  StreamedBatchesOptions streaming;
  streaming.source = source_;
  const int64_t skipped = options_.on_bad == OnBadSample::fail ? 0 : options_.bad_limit;
  ImageTransform transform = usual_transform(size_of_first_image(*source_, skipped), options_.size);
  if (options_.augment) add_random_crop(transform);
  if (options_.size == 0 && options_.on_bad == OnBadSample::fail) {
    expect_sizes(*source_, transform);
  }
  ImageStatistics statistics;
  if (options_.mean.empty() || options_.deviation.empty()) {
    statistics = image_statistics(*source_, options_.seed, world, stop);
  }
  std::ranges::copy(options_.mean, statistics.mean.begin());
  std::ranges::copy(options_.deviation, statistics.deviation.begin());
  transform.mean = statistics.mean;
  transform.deviation = statistics.deviation;
  streaming.form = std::make_shared<ImageForm>(source_, transform, options_.seed);
  streaming.batch = options_.batch * ranks_;
  streaming.seed = options_.seed;
  streaming.shuffle = options_.shuffle;
  streaming.last = options_.drop_last ? LastBatch::drop : LastBatch::redistribute;
  if (world.size() > 1) streaming.world = world;
  streaming.data_ranks = ranks_;
  streaming.rank = rank_;
  streaming.share = true;
  streaming.memory_bytes = options_.memory_bytes;
  for (const auto& [path, bytes] : options_.cache) streaming.directories.push_back({path, bytes, rank_});
  streaming.workers = options_.workers;
  streaming.lookahead = options_.lookahead;
  streaming.on_bad = options_.on_bad;
  streaming.bad_limit = options_.bad_limit;
  streaming.pages = RingPages::as_written;
  return streaming;
}

std::vector<std::string> ImageBatches::classes() const {
  const std::span<const std::string> names = source_->classes();
  return {names.begin(), names.end()};
}

uint64_t data_key(const Source& source) {
  uint64_t key = source_key(source) ^ content_key(source);
  for (const std::string& name : source.classes()) {
    key = record_checksum(std::as_bytes(std::span(name)), key);
  }
  return key;
}

HeldBatch ImageBatches::take(int64_t number) {
  if (number != next_) out_ = 0;  // a new loader begins
  for (; out_ >= kOut; --out_) images_->give_back();
  const Batch& batch = [&]() -> const Batch& {
    try {
      return images_->take(number, options_.dtype);
    } catch (...) {
      begin_anew();  // what has failed would fail again, also where the file has been mended since
      throw;
    }
  }();
  ++out_;
  next_ = number + 1;
  HeldBatch held{batch.memory, batch.tensors[0], batch.tensors[1], 0};
  const std::span labels(held.labels.as<int32_t>(), static_cast<size_t>(held.labels.elems()));
  // Empty rows are the last: of a batch that the epoch did not fill. Bad samples leave holes, which stay.
  held.rows = std::ssize(labels);
  while (held.rows > 0 && labels[static_cast<size_t>(held.rows - 1)] < 0) --held.rows;
  return held;
}

}  // namespace weft
