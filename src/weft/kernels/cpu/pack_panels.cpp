#include "weft/kernels/cpu/panels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/pack_panels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <bit>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

using Words = hn::RebindToUnsigned<Lanes>;

/// Rows of words that are packed at a time: of a transposed source in f32, a line of the cache.
constexpr int64_t kTileRows = 16;

/// What is packed at a time, in words: rows [row, row + rows) of the panel that begins at `column`.
struct PanelTile {
  int64_t row = 0, rows = 0;
  int64_t column = 0;
};

/// Tiles at the edges, with zeros for what lies outside the matrix.
void fill_edge(const PlainMatrix& from, const Panels& to, const PanelTile& at, uint32_t* words) {
  const auto element = [&](int64_t k, int64_t n) {
    if (k >= to.k || n >= to.n) return 0.0F;
    return from.data[from.transposed ? n * from.stride + k : k * from.stride + n];
  };
  for (int64_t r = 0; r < at.rows; ++r) {
    for (int64_t j = 0; j < to.width; ++j) {
      const int64_t k = (at.row + r) * to.group;
      const int64_t n = at.column + j;
      uint32_t& word = words[r * to.width + j];
      if (to.group == 1) {
        word = std::bit_cast<uint32_t>(element(k, n));
      } else {
        word = BFloat16(element(k, n)).bits | (uint32_t{BFloat16(element(k + 1, n)).bits} << 16);
      }
    }
  }
}

/// Rows of the source lie along the panel's rows.
HWY_INLINE void fill_straight(const PlainMatrix& from, const Panels& to, const PanelTile& at,
                              uint32_t* words) {
  const Words d;
  for (int64_t r = 0; r < at.rows; ++r) {
    const float* row = from.data + (at.row + r) * to.group * from.stride + at.column;
    uint32_t* out = words + r * to.width;
    if (to.group == 1) {
      for (int64_t j = 0; j < to.width; j += lane_count()) {
        hn::Store(hn::BitCast(d, load_floats(row + j)), d, out + j);
      }
    } else {
      for (int64_t j = 0; j < to.width; j += lane_count()) {
        const auto second = hn::ShiftLeft<16>(bf16_bits(load_floats(row + from.stride + j)));
        hn::Store(hn::Or(bf16_bits(load_floats(row + j)), second), d, out + j);
      }
    }
  }
}

/// words[r, j] = from[j * stride + r] for kTileRows rows and `width` columns: squares of four by four.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void transpose_words(const uint32_t* from, int64_t stride, int64_t width, uint32_t* words) {
  for (int64_t j = 0; j < width; ++j) {
    for (int64_t r = 0; r < kTileRows; ++r) words[r * width + j] = from[j * stride + r];
  }
}
#else
HWY_INLINE void transpose_words(const uint32_t* from, int64_t stride, int64_t width, uint32_t* words) {
  const hn::Full128<uint32_t> d;
  const hn::Full128<uint64_t> pair;
  for (int64_t j = 0; j < width; j += 4) {
    for (int64_t r = 0; r < kTileRows; r += 4) {
      const uint32_t* corner = from + j * stride + r;
      const auto a = hn::LoadU(d, corner);
      const auto b = hn::LoadU(d, corner + stride);
      const auto e = hn::LoadU(d, corner + 2 * stride);
      const auto f = hn::LoadU(d, corner + 3 * stride);
      const auto ab_low = hn::BitCast(pair, hn::InterleaveLower(d, a, b));
      const auto ab_high = hn::BitCast(pair, hn::InterleaveUpper(d, a, b));
      const auto ef_low = hn::BitCast(pair, hn::InterleaveLower(d, e, f));
      const auto ef_high = hn::BitCast(pair, hn::InterleaveUpper(d, e, f));
      uint32_t* out = words + r * width + j;
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pair, ab_low, ef_low)), d, out);
      hn::Store(hn::BitCast(d, hn::InterleaveUpper(pair, ab_low, ef_low)), d, out + width);
      hn::Store(hn::BitCast(d, hn::InterleaveLower(pair, ab_high, ef_high)), d, out + 2 * width);
      hn::Store(hn::BitCast(d, hn::InterleaveUpper(pair, ab_high, ef_high)), d, out + 3 * width);
    }
  }
}

#endif

/// Rows of the source lie along the panel's columns; the tile has kTileRows.
HWY_INLINE void fill_transposed(const PlainMatrix& from, const Panels& to, const PanelTile& at,
                                uint32_t* words) {
  const float* corner = from.data + at.column * from.stride + at.row * to.group;
  if (to.group == 1) {
    return transpose_words(reinterpret_cast<const uint32_t*>(corner), from.stride, to.width, words);
  }
  HWY_ALIGN uint32_t narrow[kMostPanelWidth * kTileRows];
  for (int64_t j = 0; j < to.width; ++j) {
    auto* out = reinterpret_cast<BFloat16*>(narrow + j * kTileRows);
    for (int64_t k = 0; k < 2 * kTileRows; k += lane_count()) {
      store_floats(load_floats(corner + j * from.stride + k), out + k);
    }
  }
  transpose_words(narrow, kTileRows, to.width, words);
}

/// Asks for the lines of the source that the tile after the next one reads, which may lie past the end: a
/// tile's rows are far apart, and no hardware foresees where they go on.
HWY_INLINE void fetch_tile_ahead(const PlainMatrix& from, const Panels& to, const PanelTile& at) {
  constexpr int64_t kLine = 64 / sizeof(float);
  const int64_t rows = at.rows * to.group;
  const int64_t height = from.transposed ? to.width : rows;
  const int64_t length = from.transposed ? rows : to.width;
  const int64_t corner = from.transposed ? at.column * from.stride + at.row * to.group
                                         : at.row * to.group * from.stride + at.column;
  auto address = reinterpret_cast<uintptr_t>(from.data + corner + 2 * length);
  for (int64_t r = 0; r < height; ++r, address += static_cast<uintptr_t>(from.stride) * sizeof(float)) {
    for (int64_t j = 0; j < length; j += kLine) {
      hwy::Prefetch(reinterpret_cast<const std::byte*>(address + static_cast<uintptr_t>(j) * sizeof(float)));
    }
  }
}

void pack_tile(const PlainMatrix& from, const Panels& to, const PanelTile& at, uint32_t* out) {
  HWY_ALIGN uint32_t words[kMostPanelWidth * kTileRows];
  fetch_tile_ahead(from, to, at);
  const bool inside = (at.row + at.rows) * to.group <= to.k && at.column + to.width <= to.n;
  if (!inside || (from.transposed && at.rows < kTileRows)) {
    fill_edge(from, to, at, words);
  } else if (from.transposed) {
    fill_transposed(from, to, at, words);
  } else {
    fill_straight(from, to, at, words);
  }
  // Past the caches: a packed weight is read only once it has left them.
  const Words d;
  uint32_t* begin = out + at.column * (to.padded_k / to.group) + at.row * to.width;
  for (int64_t i = 0; i < at.rows * to.width; i += lane_count()) {
    hn::Stream(hn::Load(d, words + i), d, begin + i);
  }
}

/// One row after another of tiles, or of panels where the source is transposed: reading is then as sequential
/// as it can be.
HWY_FLATTEN void pack_lines(const PlainMatrix& from, const Panels& to, uint32_t* out, int64_t begin,
                            int64_t end) {
  const int64_t rows = to.padded_k / to.group;
  for (int64_t line = begin; line < end; ++line) {
    if (from.transposed) {
      for (int64_t row = 0; row < rows; row += kTileRows) {
        pack_tile(from, to, {row, std::min(kTileRows, rows - row), line * to.width}, out);
      }
    } else {
      const int64_t row = line * kTileRows;
      for (int64_t column = 0; column < to.padded_n; column += to.width) {
        pack_tile(from, to, {row, std::min(kTileRows, rows - row), column}, out);
      }
    }
  }
  hwy::FlushStream();
}

/// How many of them there are.
int64_t count_lines(const PlainMatrix& from, const Panels& to) {
  if (from.transposed) return to.padded_n / to.width;
  return (to.padded_k / to.group + kTileRows - 1) / kTileRows;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {
HWY_EXPORT(count_lines);
HWY_EXPORT(pack_lines);
}  // namespace

void pack_panels(const PlainMatrix& from, const Panels& to, void* packed) {
  auto* out = static_cast<uint32_t*>(packed);
  parallel_for(HWY_DYNAMIC_DISPATCH(count_lines)(from, to), 1, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(pack_lines)(from, to, out, begin, end);
  });
}

}  // namespace weft::kernels
#endif
