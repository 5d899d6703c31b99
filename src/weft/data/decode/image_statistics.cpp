#include "weft/data/decode/image_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/data/read/read_record.h"
#include "weft/data/stream/permutation.h"

namespace weft {

namespace {

constexpr int64_t kImages = 1000;
constexpr int64_t kSizes = 200;
constexpr uint64_t kStatisticsStream = 0x7374'6174;  // "stat"

struct Sums {
  std::array<int64_t, 3> sum{};
  std::array<int64_t, 3> squares{};
  int64_t pixels = 0;

  void add(const Sums& other) {
    for (size_t c = 0; c < 3; ++c) {
      sum[c] += other.sum[c];
      squares[c] += other.squares[c];
    }
    pixels += other.pixels;
  }

  /// The sums of all ranks.
  void share(const Communicator& world) {
    std::array<int64_t, 7> numbers{sum[0], sum[1], sum[2], squares[0], squares[1], squares[2], pixels};
    world.all_reduce(numbers.data(), std::ssize(numbers), Element::i64, Reduce::sum).wait();
    for (size_t c = 0; c < 3; ++c) {
      sum[c] = numbers[c];
      squares[c] = numbers[3 + c];
    }
    pixels = numbers[6];
  }
};

Sums sums_of(ImageDecoder& decoder, const Source& source, int64_t sample) {
  const std::vector<std::byte> file = read_record(source, sample);
  const ImageSize size = decoder.size(file, source.name(sample));
  ImageTransform as_it_is;
  as_it_is.height = size.height;
  as_it_is.width = size.width;
  const Dims shape{size.height, size.width, 3};
  std::vector<std::byte> pixels(static_cast<size_t>(elems_of(shape)));
  decoder.decode(file, source.name(sample), as_it_is, {}, Region::all(shape),
                 {pixels.data(), {DType::u8, shape}});
  Sums sums;
  for (size_t i = 0; i < pixels.size(); ++i) {
    const auto value = static_cast<int64_t>(pixels[i]);
    sums.sum[i % 3] += value;
    sums.squares[i % 3] += value * value;
  }
  sums.pixels = size.height * size.width;
  return sums;
}

}  // namespace

ImageStatistics image_statistics(const Source& source, uint64_t seed, const Communicator& world,
                                 const std::atomic<bool>* stop) {
  const Permutation order(source.count(), {seed, kStatisticsStream, 0});
  std::mutex mutex;
  Sums all;
  std::string failure;
  const Range own = split_range(std::min(kImages, source.count()), world.size(), world.rank());
  parallel_for(own.size(), 8, [&](int64_t begin, int64_t end) {
    ImageDecoder decoder;
    for (int64_t i = begin; i < end && (stop == nullptr || !*stop); ++i) {
      // Integers: the sum does not depend on the order.
      try {
        const Sums sums = sums_of(decoder, source, order.at(own.begin + i));
        const std::lock_guard lock(mutex);
        all.add(sums);
      } catch (const UserError& error) {
        const std::lock_guard lock(mutex);
        if (failure.empty()) failure = error.what();
      }
    }
  });
  all.share(world);
  if (all.pixels == 0) {
    if (failure.empty()) failure = "data.path: no image can be read; another rank says more";
    throw UserError(failure);
  }
  ImageStatistics result;
  for (size_t c = 0; c < 3; ++c) {
    const auto count = static_cast<double>(all.pixels);
    result.mean[c] = static_cast<double>(all.sum[c]) / count / 255;
    const double variance =
        static_cast<double>(all.squares[c]) / count / (255 * 255) - result.mean[c] * result.mean[c];
    // Images of one colour have none: any divisor does then.
    result.deviation[c] = variance > 1e-12 ? std::sqrt(variance) : 1;
  }
  return result;
}

ImageSizes image_sizes(const Source& source, uint64_t seed, const Communicator& world) {
  const Permutation order(source.count(), {seed, kStatisticsStream, 0});
  std::mutex mutex;
  std::array<int64_t, 4> most;  // height and width, and both below zero
  most.fill(std::numeric_limits<int64_t>::min());
  const Range own = split_range(std::min(kSizes, source.count()), world.size(), world.rank());
  parallel_for(own.size(), 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      try {
        const ImageSize size = size_of_image(source, order.at(own.begin + i));
        const std::lock_guard lock(mutex);
        const std::array<int64_t, 4> sizes{size.height, size.width, -size.height, -size.width};
        for (size_t s = 0; s < most.size(); ++s) most[s] = std::max(most[s], sizes[s]);
      } catch (const UserError&) {  // which reading it says
      }
    }
  });
  world.all_reduce(most.data(), std::ssize(most), Element::i64, Reduce::max).wait();
  if (most[0] < 0) return {};
  return {{-most[2], -most[3]}, {most[0], most[1]}};
}

ImageSize size_of_image(const Source& source, int64_t sample) {
  return ImageDecoder().size(read_record(source, sample), source.name(sample));
}

ImageSize size_of_first_image(const Source& source, int64_t skipped) {
  std::string failure;
  for (int64_t sample = 0; sample < std::min(source.count(), skipped + 1); ++sample) {
    try {
      return size_of_image(source, sample);
    } catch (const UserError& error) {
      if (failure.empty()) failure = error.what();
    }
  }
  throw UserError(failure);
}

}  // namespace weft
