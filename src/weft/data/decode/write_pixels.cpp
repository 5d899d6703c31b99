#include "weft/data/decode/write_pixels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/data/decode/write_pixels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "weft/base/check.h"
#include "weft/tensor/with_dtype.h"

HWY_BEFORE_NAMESPACE();
namespace weft {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

// No vectors: the plain loop does everything.
int64_t write_f32(const uint8_t*, bool, int64_t, const float*, const float*, float*) { return 0; }
int64_t write_bf16(const uint8_t*, bool, int64_t, const float*, const float*, BFloat16*) { return 0; }

#else

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::FixedTag<float, 4>;
using Ints = hn::FixedTag<int32_t, 4>;
using Bytes = hn::FixedTag<uint8_t, 16>;
using Halves = hn::FixedTag<uint16_t, 4>;

constexpr int64_t kPixelsAtOnce = 4;

HWY_INLINE void store(hn::Vec<Floats> values, float* out) { hn::StoreU(values, Floats(), out); }

/// To nearest, ties to even; pixels are never NaN.
HWY_INLINE void store(hn::Vec<Floats> values, BFloat16* out) {
  const Ints ints;
  const auto word = hn::BitCast(ints, values);
  const auto odd = hn::And(hn::ShiftRight<16>(word), hn::Set(ints, 1));
  const auto rounded = hn::Add(hn::Add(word, hn::Set(ints, 0x7fff)), odd);
  const auto upper = hn::And(hn::ShiftRight<16>(rounded), hn::Set(ints, 0xffff));
  hn::StoreU(hn::DemoteTo(Halves(), upper), Halves(), reinterpret_cast<uint16_t*>(out));
}

/// Four pixels hold twelve values: three vectors of four, each with its bytes and its constants.
struct Third {
  hn::Vec<Bytes> places;
  hn::Vec<Floats> offset;
  hn::Vec<Floats> factor;
};

HWY_INLINE Third make_third(int64_t third, bool mirrored, const float* offset, const float* factor) {
  alignas(16) uint8_t places[16];
  alignas(16) float offsets[4];
  alignas(16) float factors[4];
  for (int64_t lane = 0; lane < 4; ++lane) {
    const int64_t value = third * 4 + lane;
    const int64_t pixel = mirrored ? kPixelsAtOnce - 1 - value / 3 : value / 3;
    offsets[lane] = offset[value % 3];
    factors[lane] = factor[value % 3];
    places[lane * 4] = static_cast<uint8_t>(pixel * kPixelBytes + value % 3);
    for (int64_t i = 1; i < 4; ++i) places[lane * 4 + i] = 0x80;  // zero
  }
  return {hn::Load(Bytes(), places), hn::Load(Floats(), offsets), hn::Load(Floats(), factors)};
}

/// Subtracts, then multiplies: a fused product-sum would round otherwise where a machine has it.
template <class T>
HWY_INLINE void write_third(hn::Vec<Bytes> pixels, const Third& third, T* out) {
  const auto bytes = hn::TableLookupBytesOr0(pixels, third.places);
  const auto values = hn::ConvertTo(Floats(), hn::BitCast(Ints(), bytes));
  store(hn::Mul(hn::Sub(values, third.offset), third.factor), out);
}

/// Pixels from `pixel` on (or backwards, with `mirrored`) to three values each. Returns how many it did: all
/// of `count` unless they are too few for one vector.
template <class T>
HWY_INLINE int64_t write_some(const uint8_t* pixel, bool mirrored, int64_t count, const float* offset,
                              const float* factor, T* out) {
  if (count < kPixelsAtOnce) return 0;
  const Third a = make_third(0, mirrored, offset, factor);
  const Third b = make_third(1, mirrored, offset, factor);
  const Third c = make_third(2, mirrored, offset, factor);
  for (int64_t i = 0; i < count; i += kPixelsAtOnce) {
    // The last ones overlap those before them.
    const int64_t first = std::min(i, count - kPixelsAtOnce);
    const int64_t at = mirrored ? -(first + kPixelsAtOnce - 1) : first;
    const auto pixels = hn::LoadU(Bytes(), pixel + at * kPixelBytes);
    write_third(pixels, a, out + first * 3);
    write_third(pixels, b, out + first * 3 + 4);
    write_third(pixels, c, out + first * 3 + 8);
  }
  return count;
}

int64_t write_f32(const uint8_t* pixel, bool mirrored, int64_t count, const float* offset,
                  const float* factor, float* out) {
  return write_some(pixel, mirrored, count, offset, factor, out);
}
int64_t write_bf16(const uint8_t* pixel, bool mirrored, int64_t count, const float* offset,
                   const float* factor, BFloat16* out) {
  return write_some(pixel, mirrored, count, offset, factor, out);
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft {
HWY_EXPORT(write_f32);
HWY_EXPORT(write_bf16);

namespace {

/// (byte - offset) * factor, the same as (byte / 255 - mean) / deviation.
template <class Real>
struct Scaling {
  std::array<Real, 3> offset{};
  std::array<Real, 3> factor{};

  explicit Scaling(const ImageTransform& transform) {
    for (size_t c = 0; c < 3; ++c) {
      offset[c] = static_cast<Real>(transform.mean[c] * 255);
      factor[c] = static_cast<Real>(1 / (255 * transform.deviation[c]));
    }
  }
};

template <class T>
struct RealOf {
  using Real = float;
};
template <>
struct RealOf<double> {
  using Real = double;
};

template <class T>
T value_of(uint8_t byte, const Scaling<typename RealOf<T>::Real>& scaling, size_t channel) {
  return T((static_cast<typename RealOf<T>::Real>(byte) - scaling.offset[channel]) * scaling.factor[channel]);
}
template <>
uint8_t value_of<uint8_t>(uint8_t byte, const Scaling<float>&, size_t) {
  return byte;
}

/// By vectors; returns how many pixels it did, all or none.
template <class T>
int64_t write_vectors(const uint8_t* pixel, bool mirrored, int64_t count, const Scaling<float>& scaling,
                      T* out) {
  if constexpr (std::is_same_v<T, float>) {
    return HWY_DYNAMIC_DISPATCH(write_f32)(pixel, mirrored, count, scaling.offset.data(),
                                           scaling.factor.data(), out);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return HWY_DYNAMIC_DISPATCH(write_bf16)(pixel, mirrored, count, scaling.offset.data(),
                                            scaling.factor.data(), out);
  }
  return 0;
}

/// Writes one output image's part, row by row.
template <class T>
class RowWriter {
 public:
  RowWriter(const PixelView& pixels, const ImageTransform& transform, const ImagePlacement& place,
            const Region& part)
      : pixels_(pixels),
        place_(place),
        part_(part),
        width_(transform.width),
        scaling_(transform),
        channels_(part.ranges[2].size()) {
    // Columns of the output that have pixels.
    filled_ =
        place.mirrored ? Range{width_ - pixels.columns.end, width_ - pixels.columns.begin} : pixels.columns;
    filled_.begin = std::clamp(filled_.begin, part.ranges[1].begin, part.ranges[1].end);
    filled_.end = std::clamp(filled_.end, filled_.begin, part.ranges[1].end);
  }

  void write(int64_t y, T* out) const {
    const Range columns = part_.ranges[1];
    if (y < pixels_.rows.begin || y >= pixels_.rows.end || filled_.size() == 0) {
      write_black(columns.size(), out);
    } else {
      write_black(filled_.begin - columns.begin, out);
      write_filled(y, out + (filled_.begin - columns.begin) * channels_);
      write_black(columns.end - filled_.end, out + (filled_.end - columns.begin) * channels_);
    }
  }

 private:
  void write_filled(int64_t y, T* out) const {
    const int64_t first = place_.mirrored ? width_ - 1 - filled_.begin : filled_.begin;
    write_run(pixels_.at(y, first), place_.mirrored, filled_.size(), out);
  }
  void write_run(const uint8_t* pixel, bool mirrored, int64_t count, T* out) const {
    int64_t done = 0;
    if constexpr (std::is_same_v<typename RealOf<T>::Real, float>) {
      if (channels_ == 3) done = write_vectors(pixel, mirrored, count, scaling_, out);
    }
    const int64_t step = mirrored ? -kPixelBytes : kPixelBytes;
    out += done * channels_;
    for (pixel += done * step; done < count; ++done, pixel += step) out = write_one(pixel, out);
  }
  T* write_one(const uint8_t* pixel, T* out) const {
    for (int64_t c = part_.ranges[2].begin; c < part_.ranges[2].end; ++c) {
      *out++ = value_of<T>(pixel[c], scaling_, static_cast<size_t>(c));
    }
    return out;
  }
  void write_black(int64_t count, T* out) const {
    constexpr int64_t kPixels = 64;
    static constexpr std::array<uint8_t, kPixels * kPixelBytes> kBlack{};
    for (; count > 0; count -= kPixels, out += kPixels * channels_) {
      write_run(kBlack.data(), false, std::min(count, kPixels), out);
    }
  }

  const PixelView& pixels_;
  const ImagePlacement& place_;
  const Region& part_;
  int64_t width_;
  Scaling<typename RealOf<T>::Real> scaling_;
  int64_t channels_;
  Range filled_;
};

template <class T>
void write_all(const PixelView& pixels, const ImageTransform& transform, const ImagePlacement& place,
               const Region& part, T* out) {
  const RowWriter<T> writer(pixels, transform, place, part);
  const int64_t row_elems = part.ranges[1].size() * part.ranges[2].size();
  for (int64_t y = part.ranges[0].begin; y < part.ranges[0].end; ++y, out += row_elems) writer.write(y, out);
}

}  // namespace

void write_pixels(const PixelView& pixels, const ImageTransform& transform, const ImagePlacement& place,
                  const Region& part, const View& output) {
  with_dtype(output.type.dtype, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>) {
      internal_error(__FILE__, __LINE__, "an image is written as u8, bf16, f32 or f64, not {}",
                     name_of(output.type.dtype));
    } else {
      write_all(pixels, transform, place, part, output.as<T>());
    }
  });
}

}  // namespace weft
#endif
