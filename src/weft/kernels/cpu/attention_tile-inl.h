// Small products of tiles that lie in the cache, and rows in and out of them. Compiled once a target.
#if defined(WEFT_ATTENTION_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_ATTENTION_TILE_INL_H_
#undef WEFT_ATTENTION_TILE_INL_H_
#else
#define WEFT_ATTENTION_TILE_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "weft/kernels/cpu/attention_tiles.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = HWY_CAPPED(float, 16);
using Floats = hn::Vec<Lanes>;

/// What a causal tile (keys and queries numbered alike, a query sees no later key) leaves out of a product.
enum class Skip : uint8_t {
  nothing,
  early_columns,  ///< out[key, query]: queries before the key
  late_terms,     ///< out[query, .]: keys after the query
  early_terms,    ///< out[key, .]: queries before the key
};

/// A factor read element by element: element (row, term) is at data[row * row_step + term * term_step].
struct Factor {
  const float* data;
  int64_t row_step;
  int64_t term_step;
};

template <int kRows, int kVectors>
HWY_INLINE void micro_tile(Factor a, const float* HWY_RESTRICT b, int64_t ldb, float* HWY_RESTRICT out,
                           int64_t ldo, int64_t terms, bool accumulate) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  Floats sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      sums[r][v] = accumulate ? hn::LoadU(d, out + r * ldo + v * lanes) : hn::Zero(d);
    }
  }
  for (int64_t t = 0; t < terms; ++t) {
    Floats right[kVectors];
    for (int v = 0; v < kVectors; ++v) right[v] = hn::LoadU(d, b + t * ldb + v * lanes);
    for (int r = 0; r < kRows; ++r) {
      const Floats left = hn::Set(d, a.data[r * a.row_step + t * a.term_step]);
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(left, right[v], sums[r][v]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sums[r][v], d, out + r * ldo + v * lanes);
  }
}

/// kRows rows of out, columns from `begin`; b and out are readable and writable to a multiple of 16 columns.
template <int kRows>
HWY_INLINE void row_group(Factor a, const float* b, int64_t ldb, float* out, int64_t ldo, int64_t begin,
                          int64_t columns, int64_t terms, bool accumulate) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(Lanes()));
  int64_t c = begin / lanes * lanes;
  while (c < columns) {
    const int64_t vectors = (columns - c + lanes - 1) / lanes;
    if (vectors >= 4) {
      micro_tile<kRows, 4>(a, b + c, ldb, out + c, ldo, terms, accumulate);
      c += 4 * lanes;
    } else if (vectors == 3) {
      micro_tile<kRows, 3>(a, b + c, ldb, out + c, ldo, terms, accumulate);
      c += 3 * lanes;
    } else if (vectors == 2) {
      micro_tile<kRows, 2>(a, b + c, ldb, out + c, ldo, terms, accumulate);
      c += 2 * lanes;
    } else {
      micro_tile<kRows, 1>(a, b + c, ldb, out + c, ldo, terms, accumulate);
      c += lanes;
    }
  }
}

/// out[rows, columns] (+)= a[rows, terms] * b[terms, columns]; `skip` says what of it is not computed. A
/// group of four rows skips only what all four do, so the tile of probabilities must hold zeros where a query
/// sees no key.
inline void tile_product(int64_t rows, int64_t columns, int64_t terms, Factor a, const float* b, int64_t ldb,
                         float* out, int64_t ldo, bool accumulate, Skip skip) {
  for (int64_t row = 0; row < rows;) {
    const int64_t group = rows - row >= 4 ? 4 : 1;
    const int64_t first_column = skip == Skip::early_columns ? row : 0;
    const int64_t begin = skip == Skip::early_terms ? std::min(row, terms) : 0;
    const int64_t end = skip == Skip::late_terms ? std::min(row + group, terms) : terms;
    const Factor left{a.data + row * a.row_step + begin * a.term_step, a.row_step, a.term_step};
    const float* right = b + begin * ldb;
    float* target = out + row * ldo;
    if (group == 4) {
      row_group<4>(left, right, ldb, target, ldo, first_column, columns, end - begin, accumulate);
    } else {
      row_group<1>(left, right, ldb, target, ldo, first_column, columns, end - begin, accumulate);
    }
    row += group;
  }
}

HWY_INLINE Floats load_vector(const float* source) { return hn::LoadU(Lanes(), source); }
HWY_INLINE Floats load_vector(const BFloat16* source) {
  const hn::Rebind<uint32_t, Lanes> wide;
  const hn::Rebind<uint16_t, Lanes> narrow;
  const auto bits = hn::LoadU(narrow, reinterpret_cast<const uint16_t*>(source));
  return hn::BitCast(Lanes(), hn::ShiftLeft<16>(hn::PromoteTo(wide, bits)));
}

HWY_INLINE void store_vector(Floats value, float* target) { hn::StoreU(value, Lanes(), target); }
/// Rounds as BFloat16 does.
HWY_INLINE void store_vector(Floats value, BFloat16* target) {
  const hn::Rebind<uint32_t, Lanes> wide;
  const hn::Rebind<int32_t, Lanes> signed_wide;
  const hn::Rebind<uint16_t, Lanes> narrow;
  const auto bits = hn::BitCast(wide, value);
  const auto even = hn::And(hn::ShiftRight<16>(bits), hn::Set(wide, 1));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(even, hn::Set(wide, 0x7fff))));
  const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(wide, 0x40));
  const auto is_nan = hn::RebindMask(wide, hn::IsNaN(value));
  const auto half = hn::BitCast(signed_wide, hn::IfThenElse(is_nan, quiet, rounded));
  hn::StoreU(hn::DemoteTo(narrow, half), narrow, reinterpret_cast<uint16_t*>(target));
}

/// `rows` rows of `width` elements, `step` apart, times `scale`, into rows of `padded` floats; zeros behind.
template <class T>
void load_rows(const T* source, int64_t step, int64_t rows, int64_t width, float scale, float* target,
               int64_t padded) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const Floats factor = hn::Set(d, scale);
  for (int64_t row = 0; row < rows; ++row) {
    const T* from = source + row * step;
    float* to = target + row * padded;
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes) hn::StoreU(hn::Mul(load_vector(from + i), factor), d, to + i);
    for (; i < width; ++i) to[i] = static_cast<float>(from[i]) * scale;
    for (; i < padded; ++i) to[i] = 0;
  }
}

/// The way back: each row times `scale`.
template <class T>
void store_row(const float* source, float scale, int64_t width, T* target) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const Floats factor = hn::Set(d, scale);
  int64_t i = 0;
  for (; i + lanes <= width; i += lanes) store_vector(hn::Mul(hn::LoadU(d, source + i), factor), target + i);
  for (; i < width; ++i) target[i] = T(source[i] * scale);
}

/// target[c][r] = source[r][c] for `rows` x `columns` (both multiples of 4).
inline void transpose_tile(const float* source, int64_t source_step, int64_t rows, int64_t columns,
                           float* target, int64_t target_step) {
#if HWY_TARGET == HWY_SCALAR
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) target[c * target_step + r] = source[r * source_step + c];
  }
#else
  const HWY_CAPPED(float, 4) four;
  const hn::Repartition<uint64_t, decltype(four)> pairs;
  for (int64_t r = 0; r < rows; r += 4) {
    for (int64_t c = 0; c < columns; c += 4) {
      const float* from = source + r * source_step + c;
      const auto r0 = hn::LoadU(four, from), r1 = hn::LoadU(four, from + source_step);
      const auto r2 = hn::LoadU(four, from + 2 * source_step), r3 = hn::LoadU(four, from + 3 * source_step);
      const auto low01 = hn::BitCast(pairs, hn::InterleaveLower(four, r0, r1));
      const auto low23 = hn::BitCast(pairs, hn::InterleaveLower(four, r2, r3));
      const auto high01 = hn::BitCast(pairs, hn::InterleaveUpper(four, r0, r1));
      const auto high23 = hn::BitCast(pairs, hn::InterleaveUpper(four, r2, r3));
      float* to = target + c * target_step + r;
      hn::StoreU(hn::BitCast(four, hn::InterleaveLower(pairs, low01, low23)), four, to);
      hn::StoreU(hn::BitCast(four, hn::InterleaveUpper(pairs, low01, low23)), four, to + target_step);
      hn::StoreU(hn::BitCast(four, hn::InterleaveLower(pairs, high01, high23)), four, to + 2 * target_step);
      hn::StoreU(hn::BitCast(four, hn::InterleaveUpper(pairs, high01, high23)), four, to + 3 * target_step);
    }
  }
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
