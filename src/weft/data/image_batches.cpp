#include "weft/data/image_batches.h"

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/data/stream/permutation.h"

namespace weft {

namespace {

constexpr int64_t kPadding = 4;
constexpr uint64_t kOrderStream = 0x6f72'6465;    // "orde"
constexpr uint64_t kAugmentStream = 0x6175'676d;  // "augm"

/// How one image is looked at: shifted, and perhaps mirrored.
struct Placement {
  int64_t image = -1;  ///< -1: no image
  int64_t down = 0;
  int64_t right = 0;
  bool mirrored = false;
};

template <class T>
T element(double value) {
  return T(static_cast<float>(value));
}
template <>
double element<double>(double value) {
  return value;
}

/// The part of a row of the batch that `region` asks for.
template <class T>
void write_row(const ImageFolder& images, const ImageFolder::Statistics& statistics, const Placement& place,
               const Region& region, T* out) {
  const uint8_t* pixels = place.image < 0 ? nullptr : images.pixels(place.image);
  for (int64_t y = region.ranges[1].begin; y < region.ranges[1].end; ++y) {
    for (int64_t x = region.ranges[2].begin; x < region.ranges[2].end; ++x) {
      const int64_t column = place.mirrored ? images.width() - 1 - x : x;
      const int64_t from_y = y + place.down;
      const int64_t from_x = column + place.right;
      const bool inside = from_y >= 0 && from_y < images.height() && from_x >= 0 && from_x < images.width();
      for (int64_t c = region.ranges[3].begin; c < region.ranges[3].end; ++c) {
        const auto channel = static_cast<size_t>(c);
        const double value =
            inside && pixels != nullptr ? pixels[(from_y * images.width() + from_x) * 3 + c] / 255.0 : 0;
        *out++ = element<T>(
            pixels == nullptr ? 0 : (value - statistics.mean[channel]) / statistics.deviation[channel]);
      }
    }
  }
}

template <class PlaceOf>
void write_pixels(const ImageFolder& images, const ImageFolder::Statistics& statistics, const View& output,
                  const Region& region, const PlaceOf& place_of) {
  if (region.empty()) return;
  const Range rows = region.ranges[0];
  const int64_t row_elems = region.elems() / rows.size();
  parallel_for(rows.size(), 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Placement place = place_of(rows.begin + i);
      switch (output.type.dtype) {
        case DType::f64:
          write_row(images, statistics, place, region, output.as<double>() + i * row_elems);
          break;
        case DType::f32:
          write_row(images, statistics, place, region, output.as<float>() + i * row_elems);
          break;
        case DType::bf16:
          write_row(images, statistics, place, region, output.as<BFloat16>() + i * row_elems);
          break;
        case DType::i64:
        case DType::i32:
        case DType::u8:
          break;
      }
    }
  });
}

template <class PlaceOf>
void write_batch(const ImageFolder& images, const ImageFolder::Statistics& statistics,
                 std::span<const View> outputs, std::span<const Region> regions, const PlaceOf& place_of) {
  WEFT_CHECK(outputs.size() == 2 && is_floating(outputs[0].type.dtype),
             "an image batch has pixels and labels");
  write_pixels(images, statistics, outputs[0], regions[0], place_of);
  const Range rows = regions[1].ranges[0];
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    const int64_t image = place_of(row).image;
    outputs[1].as<int32_t>()[row - rows.begin] = image < 0 ? -1 : images.label(image);
  }
}

}  // namespace

ImageBatches::ImageBatches(std::shared_ptr<const ImageFolder> images, ImageOptions options)
    : images_(std::move(images)), options_(options) {
  if (images_->count() < options_.batch) {
    user_error("data.batch={}: there are only {} training images", options_.batch, images_->count());
  }
}

void ImageBatches::fill(int64_t number, std::span<const View> outputs,
                        std::span<const Region> regions) const {
  const int64_t batches = images_->count() / options_.batch;
  const auto epoch = static_cast<uint64_t>(number / batches);
  const int64_t first = number % batches * options_.batch;
  const Permutation order(images_->count(), {options_.seed, kOrderStream, epoch});
  const RandomStream augment{options_.seed, kAugmentStream, epoch};
  write_batch(*images_, options_.statistics, outputs, regions, [&](int64_t row) {
    Placement place;
    place.image = options_.shuffle ? order.at(first + row) : first + row;
    if (!options_.augment) return place;
    const auto draw = [&](uint64_t which, uint64_t bound) {
      return static_cast<int64_t>(augment.below(static_cast<uint64_t>(place.image) * 4 + which, bound));
    };
    place.down = draw(0, 2 * kPadding + 1) - kPadding;
    place.right = draw(1, 2 * kPadding + 1) - kPadding;
    place.mirrored = draw(2, 2) == 1;
    return place;
  });
}

ImageEvaluation::ImageEvaluation(std::shared_ptr<const ImageFolder> images, ImageOptions options)
    : images_(std::move(images)), options_(options) {}

int64_t ImageEvaluation::batches() const { return (images_->count() + options_.batch - 1) / options_.batch; }

void ImageEvaluation::fill(int64_t number, std::span<const View> outputs,
                           std::span<const Region> regions) const {
  write_batch(*images_, options_.statistics, outputs, regions, [&](int64_t row) {
    const int64_t image = number * options_.batch + row;
    return Placement{image < images_->count() ? image : -1, 0, 0, false};
  });
}

}  // namespace weft
