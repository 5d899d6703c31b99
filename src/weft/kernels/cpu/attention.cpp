#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/attention.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "weft/base/check.h"
#include "weft/base/stack.h"
#include "weft/base/threads.h"
#include "weft/kernels/attention.h"
#include "weft/kernels/cpu/attention_head.h"
#include "weft/kernels/cpu/attention_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {

constexpr int64_t kTile = kAttentionTile;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

/// What one tile of queries keeps while the tiles of keys go by.
struct QueryState {
  alignas(64) float queries[kTile * kAttentionMaxWidth];  // [padded, kTile], scaled
  alignas(64) float rows[kTile * kAttentionMaxWidth];     // keys, then values, of the current tile
  alignas(64) float scores[kTile * kTile];                // [key, query]
  alignas(64) float sums[kTile * kAttentionMaxWidth];     // [query, padded]
  alignas(64) float highest[kTile];
  alignas(64) float denominator[kTile];
  alignas(64) float correction[kTile];
};
static_assert(sizeof(QueryState) <= kMostOnStack);

/// Scores to probabilities relative to the highest score so far; 0 where a query does not see the key.
void soften(QueryState& state, int64_t keys, bool diagonal) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t c = 0; c < kTile; c += lanes) {
    const Floats query = hn::Iota(d, static_cast<float>(c));
    const int64_t seen = diagonal ? std::min(keys, c + lanes) : keys;
    const Floats old = hn::Load(d, state.highest + c);
    Floats highest = old;
    for (int64_t key = 0; key < seen; ++key) {
      float* at = state.scores + key * kTile + c;
      Floats score = hn::Load(d, at);
      if (diagonal && key > c) {
        const auto sees = hn::Ge(query, hn::Set(d, static_cast<float>(key)));
        score = hn::IfThenElse(sees, score, hn::Set(d, kMinusInfinity));
        hn::Store(score, d, at);
      }
      highest = hn::Max(highest, score);
    }
    const Floats correction = hn::Exp(d, hn::Sub(old, highest));
    Floats denominator = hn::Mul(hn::Load(d, state.denominator + c), correction);
    for (int64_t key = 0; key < seen; ++key) {
      float* at = state.scores + key * kTile + c;
      const Floats probability = hn::Exp(d, hn::Sub(hn::Load(d, at), highest));
      hn::Store(probability, d, at);
      denominator = hn::Add(denominator, probability);
    }
    hn::Store(highest, d, state.highest + c);
    hn::Store(denominator, d, state.denominator + c);
    hn::Store(correction, d, state.correction + c);
  }
}

void scale_rows(float* rows, const float* factors, int64_t count, int64_t padded) {
  const Lanes d;
  for (int64_t row = 0; row < count; ++row) {
    const Floats factor = hn::Set(d, factors[row]);
    for (int64_t i = 0; i < padded; i += static_cast<int64_t>(hn::Lanes(d))) {
      float* at = rows + row * padded + i;
      hn::Store(hn::Mul(hn::Load(d, at), factor), d, at);
    }
  }
}

template <class T>
void query_tile(const AttentionShape& s, const T* qkv, T* out, float* lse, int64_t bh, int64_t tile,
                bool causal, float scale) {
  QueryState state;
  const int64_t first = tile * kTile, queries = std::min(kTile, s.length - first);
  std::fill_n(state.highest, kTile, kMinusInfinity);
  std::fill_n(state.denominator, kTile, 0.0F);
  std::fill_n(state.rows + queries * s.padded, (kTile - queries) * s.padded, 0.0F);
  load_rows(qkv + s.qkv_at(bh, 0) + first * s.qkv_step(), s.qkv_step(), queries, s.width, scale, state.rows,
            s.padded);
  transpose_tile(state.rows, s.padded, kTile, s.padded, state.queries, kTile);
  const int64_t last = causal ? tile + 1 : s.tiles;
  for (int64_t k = 0; k < last; ++k) {
    const bool diagonal = causal && k == tile;
    const int64_t at = k * kTile, keys = std::min(kTile, s.length - at);
    load_rows(qkv + s.qkv_at(bh, 1) + at * s.qkv_step(), s.qkv_step(), keys, s.width, 1.0F, state.rows,
              s.padded);
    tile_product(keys, kTile, s.width, {state.rows, s.padded, 1}, state.queries, kTile, state.scores, kTile,
                 false, diagonal ? Skip::early_columns : Skip::nothing);
    soften(state, keys, diagonal);
    if (k > 0) scale_rows(state.sums, state.correction, queries, s.padded);
    load_rows(qkv + s.qkv_at(bh, 2) + at * s.qkv_step(), s.qkv_step(), keys, s.width, 1.0F, state.rows,
              s.padded);
    tile_product(queries, s.padded, keys, {state.scores, 1, kTile}, state.rows, s.padded, state.sums,
                 s.padded, k > 0, diagonal ? Skip::late_terms : Skip::nothing);
  }
  for (int64_t i = 0; i < queries; ++i) {
    store_row(state.sums + i * s.padded, 1.0F / state.denominator[i], s.width,
              out + s.out_at(bh) + (first + i) * s.out_step());
    lse[bh * s.length + first + i] = state.highest[i] + std::log(state.denominator[i]);
  }
}

void query_tiles(const AttentionShape& s, const View& qkv, const View& out, float* lse, bool causal,
                 float scale, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    const int64_t bh = i / s.tiles, tile = i % s.tiles;
    if (qkv.type.dtype == DType::bf16) {
      query_tile(s, qkv.as<BFloat16>(), out.as<BFloat16>(), lse, bh, tile, causal, scale);
    } else {
      query_tile(s, qkv.as<float>(), out.as<float>(), lse, bh, tile, causal, scale);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

HWY_EXPORT(query_tiles);

AttentionShape attention_shape(const TensorType& qkv) {
  const Dims& shape = qkv.shape;
  WEFT_CHECK(shape.size() == 5 && shape[2] == 3, "attention over qkv {}", to_string(qkv));
  const int64_t width = shape[4];
  WEFT_CHECK(qkv.dtype == DType::f64 || qkv.dtype == DType::f32 || qkv.dtype == DType::bf16,
             "attention in {}", name_of(qkv.dtype));
  WEFT_CHECK(qkv.dtype == DType::f64 || width <= kAttentionMaxWidth,
             "attention heads of {} elements, more than {}", width, kAttentionMaxWidth);
  return {shape[0],
          shape[1],
          shape[3],
          width,
          (width + 15) / 16 * 16,
          (shape[1] + kAttentionTile - 1) / kAttentionTile};
}

AttentionShape attention_shape(const View& qkv, const View& out, const View& lse) {
  const AttentionShape s = attention_shape(qkv.type);
  const DType statistics = qkv.type.dtype == DType::f64 ? DType::f64 : DType::f32;
  const Dims& o = out.type.shape;
  const Dims& l = lse.type.shape;
  const bool fits = o.size() == 4 && o[0] == s.batch && o[1] == s.length && o[2] == s.heads &&
                    o[3] == s.width && l.size() == 3 && l[0] == s.batch && l[1] == s.heads &&
                    l[2] == s.length;
  WEFT_CHECK(fits && out.type.dtype == qkv.type.dtype && lse.type.dtype == statistics,
             "attention over qkv {} with out {}, lse {}", to_string(qkv.type), to_string(out.type),
             to_string(lse.type));
  return s;
}

void attention_forward(const View& qkv, const View& out, const View& lse, bool causal, double scale) {
  const AttentionShape s = attention_shape(qkv, out, lse);
  if (qkv.type.dtype == DType::f64) {
    naive_attention_forward(qkv, out, lse, causal, scale);
    return;
  }
  parallel_for(s.batch_heads() * s.tiles, 1, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(query_tiles)
    (s, qkv, out, lse.as<float>(), causal, static_cast<float>(scale), begin, end);
  });
}

}  // namespace weft::kernels
#endif
