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
#include "weft/kernels/cpu/attention_keep-inl.h"
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
  alignas(64) float keep[kTile * kTile];                  // likewise: what dropout multiplies with
  alignas(64) float sums[kTile * kAttentionMaxWidth];     // [query, padded]
  alignas(64) float highest[kTile];
  alignas(64) float denominator[kTile];
  alignas(64) float correction[kTile];
};
static_assert(sizeof(QueryState) <= kMostOnStack);

/// Scores to probabilities relative to the highest score so far; 0 where a query does not see the key.
void soften(QueryState& state, const KeyTile& tile, bool drops) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t c = 0; c < kTile; c += lanes) {
    const Floats query = hn::Iota(d, static_cast<float>(c));
    const int64_t seen = seen_of_tile(tile, c + lanes);
    const Floats old = hn::Load(d, state.highest + c);
    Floats highest = old;
    for (int64_t key = 0; key < seen; ++key) {
      float* at = state.scores + key * kTile + c;
      Floats score = hn::Load(d, at);
      if (tile.is_cut && key + tile.ahead > c) {
        const auto sees = hn::Ge(query, hn::Set(d, static_cast<float>(key + tile.ahead)));
        score = hn::IfThenElse(sees, score, hn::Set(d, kMinusInfinity));
        hn::Store(score, d, at);
      }
      highest = hn::Max(highest, score);
    }
    // A query that has seen no key yet is shifted by nothing.
    const Floats shift = hn::IfThenElse(hn::Gt(highest, hn::Set(d, kMinusInfinity)), highest, hn::Zero(d));
    const Floats correction = hn::Exp(d, hn::Sub(old, shift));
    Floats denominator = hn::Mul(hn::Load(d, state.denominator + c), correction);
    for (int64_t key = 0; key < seen; ++key) {
      float* at = state.scores + key * kTile + c;
      const Floats probability = hn::Exp(d, hn::Sub(hn::Load(d, at), shift));
      denominator = hn::Add(denominator, probability);
      const Floats kept =
          drops ? hn::Mul(probability, hn::Load(d, state.keep + key * kTile + c)) : probability;
      hn::Store(kept, d, at);
    }
    // The product of a diagonal tile leaves these out.
    for (int64_t key = tile.is_diagonal() ? tile.keys : seen; key < tile.keys; ++key) {
      hn::Store(hn::Zero(d), d, state.scores + key * kTile + c);
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

/// What all tiles share.
struct ForwardWork {
  const AttentionShape& shape;
  const AttentionInputs& in;
  const AttentionHeads& out;
  float* lse;
  DropoutStream stream;
};

template <class T>
void add_key_tile(const ForwardWork& w, const QueryTile& queries, const KeyTile& tile, QueryState& state) {
  const AttentionShape& s = w.shape;
  const int64_t padded = padded_width(s), group = queries.head / s.heads_of_group();
  const bool drops = s.dropout.rate > 0;
  load_rows(row_of<const T>(w.in.k, s, queries.batch, group, tile.first), w.in.k.token_step, tile.keys,
            s.width, 1.0F, state.rows, padded);
  tile_product(tile.keys, kTile, s.width, {state.rows, padded, 1}, state.queries, kTile, state.scores, kTile,
               false, tile.is_diagonal() ? Skip::early_columns : Skip::nothing);
  if (drops) fill_keep(s, w.stream, queries, tile, state.keep);
  soften(state, tile, drops);
  if (tile.first > 0) scale_rows(state.sums, state.correction, queries.queries, padded);
  load_rows(row_of<const T>(w.in.v, s, queries.batch, group, tile.first), w.in.v.token_step, tile.keys,
            s.width, 1.0F, state.rows, padded);
  tile_product(queries.queries, padded, tile.keys, {state.scores, 1, kTile}, state.rows, padded, state.sums,
               padded, tile.first > 0, tile.is_diagonal() ? Skip::late_terms : Skip::nothing);
}

template <class T>
void query_tile(const ForwardWork& w, const QueryTile& queries) {
  const AttentionShape& s = w.shape;
  const int64_t padded = padded_width(s), keys = keys_of(s, w.in, queries.batch);
  QueryState state;
  std::fill_n(state.highest, kTile, kMinusInfinity);
  std::fill_n(state.denominator, kTile, 0.0F);
  std::fill_n(state.sums, queries.queries * padded, 0.0F);
  std::fill_n(state.rows + queries.queries * padded, (kTile - queries.queries) * padded, 0.0F);
  load_rows(row_of<const T>(w.in.q, s, queries.batch, queries.head, queries.first), w.in.q.token_step,
            queries.queries, s.width, static_cast<float>(s.scale), state.rows, padded);
  transpose_tile(state.rows, padded, kTile, padded, state.queries, kTile);
  const int64_t tiles = key_tiles(s, queries, keys);
  for (int64_t k = 0; k < tiles; ++k) add_key_tile<T>(w, queries, KeyTile(s, queries, k, keys), state);
  float* lse = w.lse + queries.number_of_head(s) * s.queries + queries.first;
  for (int64_t i = 0; i < queries.queries; ++i) {
    const bool sees = state.denominator[i] != 0;  // NaN stays
    store_row(state.sums + i * padded, sees ? 1.0F / state.denominator[i] : 0.0F, s.width,
              row_of<T>(w.out, s, queries.batch, queries.head, queries.first + i));
    lse[i] = sees ? state.highest[i] + std::log(state.denominator[i]) : 0;
  }
}

void query_tiles(const AttentionShape& s, const AttentionInputs& in, const AttentionHeads& out, float* lse,
                 int64_t begin, int64_t end) {
  const ForwardWork work{s, in, out, lse, dropout_stream(s, in)};
  const int64_t tiles = tiles_of(s.queries);
  for (int64_t i = begin; i < end; ++i) {
    const int64_t head = i / tiles;
    const QueryTile queries(s, head / s.heads, head % s.heads, i % tiles);
    if (s.dtype == DType::bf16) {
      query_tile<BFloat16>(work, queries);
    } else {
      query_tile<float>(work, queries);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

HWY_EXPORT(query_tiles);

void attention_forward(const AttentionShape& s, const AttentionInputs& in, const AttentionHeads& out,
                       void* lse) {
  if (s.dtype == DType::f64) return naive_attention_forward(s, in, out, lse);
  WEFT_CHECK(s.width <= kAttentionMaxWidth, "attention heads of {} elements, more than {}", s.width,
             kAttentionMaxWidth);
  parallel_for(s.batch * s.heads * tiles_of(s.queries), 1, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(query_tiles)(s, in, out, static_cast<float*>(lse), begin, end);
  });
}

}  // namespace weft::kernels
#endif
