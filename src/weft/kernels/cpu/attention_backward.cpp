#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/attention_backward.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "weft/base/check.h"
#include "weft/base/stack.h"
#include "weft/base/threads.h"
#include "weft/kernels/attention.h"
#include "weft/kernels/cpu/attention_head.h"
#include "weft/kernels/cpu/attention_tile-inl.h"

// Once, not once a target.
#ifndef WEFT_ATTENTION_BACKWARD_ARGUMENTS_
#define WEFT_ATTENTION_BACKWARD_ARGUMENTS_
namespace weft::kernels {

/// Everything that one head's backward pass reads and writes.
struct AttentionBackward {
  AttentionShape shape;
  const std::byte* qkv;
  const std::byte* out;
  const std::byte* dout;
  std::byte* dqkv;
  const float* lse;
  bool causal;
  float scale;
};

}  // namespace weft::kernels
#endif

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {

constexpr int64_t kTile = kAttentionTile;

/// Tiles of the current queries and keys; rows `[kTile, padded]`, their transposes `[padded, kTile]`, and
/// `[key, query]` for what relates the two.
struct Tiles {
  alignas(64) float queries[kTile * kAttentionMaxWidth];  // scaled
  alignas(64) float queries_across[kTile * kAttentionMaxWidth];
  alignas(64) float douts[kTile * kAttentionMaxWidth];
  alignas(64) float douts_across[kTile * kAttentionMaxWidth];
  alignas(64) float keys[kTile * kAttentionMaxWidth];
  alignas(64) float values[kTile * kAttentionMaxWidth];
  alignas(64) float dqueries[kTile * kAttentionMaxWidth];
  alignas(64) float probabilities[kTile * kTile];
  alignas(64) float dscores[kTile * kTile];
  alignas(64) float lse[kTile];
  alignas(64) float row_products[kTile];  // dout . out
};
static_assert(sizeof(Tiles) <= kMostOnStack);

/// scores, dprobabilities -> probabilities = exp(score - lse), dscores = p * (dp - dout . out).
void differentiate_softmax(Tiles& tiles, int64_t keys, bool diagonal) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t c = 0; c < kTile; c += lanes) {
    const Floats query = hn::Iota(d, static_cast<float>(c));
    const Floats lse = hn::Load(d, tiles.lse + c), row_product = hn::Load(d, tiles.row_products + c);
    const int64_t seen = diagonal ? std::min(keys, c + lanes) : keys;
    for (int64_t key = 0; key < seen; ++key) {
      float* p_at = tiles.probabilities + key * kTile + c;
      float* ds_at = tiles.dscores + key * kTile + c;
      Floats p = hn::Exp(d, hn::Sub(hn::Load(d, p_at), lse));
      if (diagonal && key > c) {
        p = hn::IfThenElseZero(hn::Ge(query, hn::Set(d, static_cast<float>(key))), p);
      }
      hn::Store(p, d, p_at);
      hn::Store(hn::Mul(p, hn::Sub(hn::Load(d, ds_at), row_product)), d, ds_at);
    }
  }
}

/// Loads the tile of queries that starts at `first`, and all that goes with it.
template <class T>
void load_queries(const AttentionBackward& w, int64_t bh, int64_t first, int64_t queries, Tiles& tiles) {
  const AttentionShape& s = w.shape;
  const T* q = reinterpret_cast<const T*>(w.qkv) + s.qkv_at(bh, 0) + first * s.qkv_step();
  const T* dout = reinterpret_cast<const T*>(w.dout) + s.out_at(bh) + first * s.out_step();
  const T* out = reinterpret_cast<const T*>(w.out) + s.out_at(bh) + first * s.out_step();
  const int64_t missing = (kTile - queries) * s.padded;
  std::fill_n(tiles.queries + queries * s.padded, missing, 0.0F);
  std::fill_n(tiles.douts + queries * s.padded, missing, 0.0F);
  std::fill_n(tiles.lse, kTile, 0.0F);
  std::fill_n(tiles.row_products, kTile, 0.0F);
  load_rows(q, s.qkv_step(), queries, s.width, w.scale, tiles.queries, s.padded);
  load_rows(dout, s.out_step(), queries, s.width, 1.0F, tiles.douts, s.padded);
  transpose_tile(tiles.queries, s.padded, kTile, s.padded, tiles.queries_across, kTile);
  transpose_tile(tiles.douts, s.padded, kTile, s.padded, tiles.douts_across, kTile);
  const Lanes d;
  float* row = tiles.dqueries;  // not yet in use
  for (int64_t i = 0; i < queries; ++i) {
    load_rows(out + i * s.out_step(), 0, 1, s.width, 1.0F, row, s.padded);
    Floats sum = hn::Zero(d);
    for (int64_t j = 0; j < s.padded; j += static_cast<int64_t>(hn::Lanes(d))) {
      sum = hn::MulAdd(hn::Load(d, row + j), hn::Load(d, tiles.douts + i * s.padded + j), sum);
    }
    tiles.row_products[i] = hn::GetLane(hn::SumOfLanes(d, sum));
    tiles.lse[i] = w.lse[bh * s.length + first + i];
  }
}

/// One tile of queries with one of keys: adds to dkeys, dvalues `[keys, padded]` and to the tile's dqueries.
template <class T>
void tile_pair(const AttentionBackward& w, int64_t bh, int64_t queries, int64_t at, bool diagonal,
               Tiles& tiles, float* dkeys, float* dvalues) {
  const AttentionShape& s = w.shape;
  const int64_t keys = std::min(kTile, s.length - at);
  const T* qkv = reinterpret_cast<const T*>(w.qkv) + at * s.qkv_step();
  load_rows(qkv + s.qkv_at(bh, 1), s.qkv_step(), keys, s.width, 1.0F, tiles.keys, s.padded);
  load_rows(qkv + s.qkv_at(bh, 2), s.qkv_step(), keys, s.width, 1.0F, tiles.values, s.padded);
  const Skip columns = diagonal ? Skip::early_columns : Skip::nothing;
  tile_product(keys, kTile, s.width, {tiles.keys, s.padded, 1}, tiles.queries_across, kTile,
               tiles.probabilities, kTile, false, columns);
  tile_product(keys, kTile, s.width, {tiles.values, s.padded, 1}, tiles.douts_across, kTile, tiles.dscores,
               kTile, false, columns);
  differentiate_softmax(tiles, keys, diagonal);
  const Skip terms = diagonal ? Skip::early_terms : Skip::nothing;
  tile_product(keys, s.padded, queries, {tiles.probabilities, kTile, 1}, tiles.douts, s.padded, dvalues,
               s.padded, true, terms);
  tile_product(keys, s.padded, queries, {tiles.dscores, kTile, 1}, tiles.queries, s.padded, dkeys, s.padded,
               true, terms);
  tile_product(queries, s.padded, keys, {tiles.dscores, 1, kTile}, tiles.keys, s.padded, tiles.dqueries,
               s.padded, at > 0, diagonal ? Skip::late_terms : Skip::nothing);
}

/// `sums`: dkeys, then dvalues, `[length, padded]` each.
template <class T>
void head_backward(const AttentionBackward& w, int64_t bh, float* sums) {
  const AttentionShape& s = w.shape;
  Tiles tiles;
  float* dkeys = sums;
  float* dvalues = sums + s.length * s.padded;
  std::fill_n(sums, 2 * s.length * s.padded, 0.0F);
  T* dqkv = reinterpret_cast<T*>(w.dqkv);
  for (int64_t tile = 0; tile < s.tiles; ++tile) {
    const int64_t first = tile * kTile, queries = std::min(kTile, s.length - first);
    load_queries<T>(w, bh, first, queries, tiles);
    const int64_t last = w.causal ? tile + 1 : s.tiles;
    for (int64_t k = 0; k < last; ++k) {
      const int64_t offset = k * kTile * s.padded;
      tile_pair<T>(w, bh, queries, k * kTile, w.causal && k == tile, tiles, dkeys + offset, dvalues + offset);
    }
    for (int64_t i = 0; i < queries; ++i) {
      store_row(tiles.dqueries + i * s.padded, w.scale, s.width,
                dqkv + s.qkv_at(bh, 0) + (first + i) * s.qkv_step());
    }
  }
  for (int64_t i = 0; i < s.length; ++i) {
    store_row(dkeys + i * s.padded, 1.0F, s.width, dqkv + s.qkv_at(bh, 1) + i * s.qkv_step());
    store_row(dvalues + i * s.padded, 1.0F, s.width, dqkv + s.qkv_at(bh, 2) + i * s.qkv_step());
  }
}

void heads_backward(const AttentionBackward& w, DType dtype, Range heads, float* sums) {
  for (int64_t bh = heads.begin; bh < heads.end; ++bh) {
    if (dtype == DType::bf16) {
      head_backward<BFloat16>(w, bh, sums);
    } else {
      head_backward<float>(w, bh, sums);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {
namespace {

/// Heads are dealt to this many places of scratch, whatever the number of threads.
int64_t places(const AttentionShape& s) { return std::min<int64_t>(s.batch_heads(), 32); }
int64_t place_bytes(const AttentionShape& s) { return 2 * s.length * s.padded * bytes_of(DType::f32); }

}  // namespace

HWY_EXPORT(heads_backward);

int64_t attention_backward_scratch_bytes(const TensorType& qkv) {
  if (qkv.dtype == DType::f64) return 0;
  const AttentionShape s = attention_shape(qkv);
  return places(s) * place_bytes(s);
}

void attention_backward(const View& qkv, const View& out, const View& lse, const View& dout, const View& dqkv,
                        std::byte* scratch, bool causal, double scale) {
  const AttentionShape s = attention_shape(qkv, out, lse);
  WEFT_CHECK(dout.type == out.type && dqkv.type == qkv.type, "attention over {} with dout {}, dqkv {}",
             to_string(qkv.type), to_string(dout.type), to_string(dqkv.type));
  if (qkv.type.dtype == DType::f64) {
    naive_attention_backward(qkv, out, lse, dout, dqkv, causal, scale);
    return;
  }
  const AttentionBackward work{s,         qkv.data,        out.data, dout.data,
                               dqkv.data, lse.as<float>(), causal,   static_cast<float>(scale)};
  parallel_for(places(s), 1, [&](int64_t begin, int64_t end) {
    for (int64_t place = begin; place < end; ++place) {
      HWY_DYNAMIC_DISPATCH(heads_backward)
      (work, qkv.type.dtype, split_range(s.batch_heads(), places(s), place),
       reinterpret_cast<float*>(scratch + place * place_bytes(s)));
    }
  });
}

}  // namespace weft::kernels
#endif
