#include "weft/data/decode/resample.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/data/decode/resample.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace weft {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int32_t kHalf = 1 << (AxisWeights::kWeightBits - 1);

#if HWY_TARGET == HWY_SCALAR

void mix_pixels(const uint8_t* pixel, const int32_t* weights, int32_t count, uint8_t* out) {
  for (int64_t c = 0; c < kPixelBytes; ++c) {
    int32_t sum = kHalf;
    for (int32_t i = 0; i < count; ++i) sum += pixel[i * kPixelBytes + c] * weights[i];
    out[c] = static_cast<uint8_t>(std::min(sum >> AxisWeights::kWeightBits, 255));
  }
}

#else

/// A pixel is four lanes.
HWY_INLINE void mix_pixels(const uint8_t* pixel, const int32_t* weights, int32_t count, uint8_t* out) {
  const hn::FixedTag<int32_t, 4> lanes;
  const hn::Rebind<uint8_t, decltype(lanes)> bytes;
  auto sum = hn::Set(lanes, kHalf);
  for (int32_t i = 0; i < count; ++i, pixel += kPixelBytes) {
    const auto value = hn::PromoteTo(lanes, hn::LoadU(bytes, pixel));
    sum = hn::Add(sum, hn::Mul(value, hn::Set(lanes, weights[i])));
  }
  hn::StoreU(hn::DemoteTo(bytes, hn::ShiftRight<AxisWeights::kWeightBits>(sum)), bytes, out);
}

#endif

/// One row: each position mixes neighbours.
void mix_columns(const uint8_t* row, const AxisWeights& columns, uint8_t* out) {
  const int64_t origin = columns.source().begin;
  for (int64_t x = columns.window().begin; x < columns.window().end; ++x, out += kPixelBytes) {
    mix_pixels(row + (columns.first(x) - origin) * kPixelBytes, columns.weights(x), columns.count(x), out);
  }
}

/// One position of the other axis: whole rows are mixed. Returns how many of `count` bytes it did.
int64_t mix_rows(const uint8_t* first, int64_t row_bytes, const int32_t* weights, int32_t rows, int64_t count,
                 uint8_t* out) {
  const hn::ScalableTag<int32_t> lanes;
  const hn::Rebind<uint8_t, decltype(lanes)> bytes;
  const auto step = static_cast<int64_t>(hn::Lanes(lanes));
  int64_t i = 0;
  for (; i + step <= count; i += step) {
    auto sum = hn::Set(lanes, kHalf);
    const uint8_t* value = first + i;
    for (int32_t row = 0; row < rows; ++row, value += row_bytes) {
      sum =
          hn::Add(sum, hn::Mul(hn::PromoteTo(lanes, hn::LoadU(bytes, value)), hn::Set(lanes, weights[row])));
    }
    hn::StoreU(hn::DemoteTo(bytes, hn::ShiftRight<AxisWeights::kWeightBits>(sum)), bytes, out + i);
  }
  return i;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft {
HWY_EXPORT(mix_columns);
HWY_EXPORT(mix_rows);

void AxisWeights::set(double from, double extent, Range limits, int64_t size, Range window) {
  window_ = window;
  const double scale = extent / static_cast<double>(size);
  const double reach = std::max(scale, 1.0);
  const double steepness = 1 / reach;
  most_ = static_cast<int64_t>(std::ceil(reach)) * 2 + 1;
  const auto positions = static_cast<size_t>(window.size());
  if (first_.size() < positions) first_.resize(positions);
  if (count_.size() < positions) count_.resize(positions);
  const auto weights = static_cast<size_t>(window.size() * most_);
  if (weights_.size() < weights) weights_.resize(weights);
  if (exact_.size() < static_cast<size_t>(most_)) exact_.resize(static_cast<size_t>(most_));
  source_ = {limits.end, limits.begin};
  for (size_t i = 0; i < positions; ++i) {
    const double middle = from + (static_cast<double>(window.begin) + static_cast<double>(i) + 0.5) * scale;
    const int64_t begin = std::max(limits.begin, static_cast<int64_t>(std::floor(middle - reach + 0.5)));
    const int64_t end = std::min(limits.end, static_cast<int64_t>(std::floor(middle + reach + 0.5)));
    double total = 0;
    for (int64_t pixel = begin; pixel < end; ++pixel) {
      const double distance = std::abs(static_cast<double>(pixel) - middle + 0.5) * steepness;
      exact_[static_cast<size_t>(pixel - begin)] = std::max(0.0, 1.0 - distance);
      total += exact_[static_cast<size_t>(pixel - begin)];
    }
    for (int64_t k = 0; k < end - begin; ++k) {
      weights_[i * static_cast<size_t>(most_) + static_cast<size_t>(k)] =
          static_cast<int32_t>(std::lround(exact_[static_cast<size_t>(k)] / total * (1 << kWeightBits)));
    }
    first_[i] = static_cast<int32_t>(begin);
    count_[i] = static_cast<int32_t>(end - begin);
    source_ = {std::min(source_.begin, begin), std::max(source_.end, end)};
  }
}

PixelView resample(const PixelView& source, const AxisWeights& rows, const AxisWeights& columns,
                   PixelBuffer& between, PixelBuffer& result) {
  const PixelView narrow = between.resize(rows.source(), columns.window());
  for (int64_t y = narrow.rows.begin; y < narrow.rows.end; ++y) {
    HWY_DYNAMIC_DISPATCH(mix_columns)
    (source.at(y, columns.source().begin), columns, narrow.at(y, narrow.columns.begin));
  }
  const PixelView out = result.resize(rows.window(), columns.window());
  for (int64_t y = out.rows.begin; y < out.rows.end; ++y) {
    const int32_t* weights = rows.weights(y);
    const uint8_t* first = narrow.at(rows.first(y), narrow.columns.begin);
    uint8_t* target = out.at(y, out.columns.begin);
    int64_t done = HWY_DYNAMIC_DISPATCH(mix_rows)(first, narrow.row_bytes, weights, rows.count(y),
                                                  out.row_bytes, target);
    for (; done < out.row_bytes; ++done) {
      int32_t sum = 1 << (AxisWeights::kWeightBits - 1);
      for (int32_t i = 0; i < rows.count(y); ++i) sum += first[done + i * narrow.row_bytes] * weights[i];
      target[done] = static_cast<uint8_t>(std::min(sum >> AxisWeights::kWeightBits, 255));
    }
  }
  return out;
}

}  // namespace weft
#endif
