#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/attention_backward.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/base/stack.h"
#include "weft/base/threads.h"
#include "weft/kernels/attention.h"
#include "weft/kernels/cpu/attention_keep-inl.h"
#include "weft/kernels/cpu/attention_tile-inl.h"

// Once, not once a target.
#ifndef WEFT_ATTENTION_BACKWARD_ARGUMENTS_
#define WEFT_ATTENTION_BACKWARD_ARGUMENTS_
namespace weft::kernels {

/// Everything that the backward pass reads and writes.
struct BackwardWork {
  const AttentionShape& shape;
  const AttentionInputs& in;
  const AttentionHeads& out;
  const float* lse;
  const AttentionHeads& dout;
  const AttentionGradients& gradients;
};

/// Which gradients a walk over pairs of tiles takes.
enum class Wanted : uint8_t { all, of_queries, of_keys };

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
  alignas(64) float keep[kTile * kTile];  // what dropout multiplies with
  alignas(64) float lse[kTile];
  alignas(64) float row_products[kTile];  // dout . out
};
static_assert(sizeof(Tiles) <= kMostOnStack);

/// scores, dout . v -> probabilities = keep * exp(score - lse), dscores = p * (keep * dout . v - dout . out).
void differentiate_softmax(Tiles& tiles, const KeyTile& tile, bool drops) {
  const Lanes d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t c = 0; c < kTile; c += lanes) {
    const Floats query = hn::Iota(d, static_cast<float>(c));
    const Floats lse = hn::Load(d, tiles.lse + c), row_product = hn::Load(d, tiles.row_products + c);
    const int64_t seen = seen_of_tile(tile, c + lanes);
    for (int64_t key = 0; key < seen; ++key) {
      float* p_at = tiles.probabilities + key * kTile + c;
      float* ds_at = tiles.dscores + key * kTile + c;
      Floats p = hn::Exp(d, hn::Sub(hn::Load(d, p_at), lse));
      if (tile.is_cut && key + tile.ahead > c) {
        p = hn::IfThenElseZero(hn::Ge(query, hn::Set(d, static_cast<float>(key + tile.ahead))), p);
      }
      Floats weight = p, dweight = hn::Load(d, ds_at);
      if (drops) {
        const Floats kept = hn::Load(d, tiles.keep + key * kTile + c);
        weight = hn::Mul(weight, kept);
        dweight = hn::Mul(dweight, kept);
      }
      hn::Store(weight, d, p_at);
      hn::Store(hn::Mul(p, hn::Sub(dweight, row_product)), d, ds_at);
    }
    // The products of a diagonal tile leave these out.
    for (int64_t key = tile.is_diagonal() ? tile.keys : seen; key < tile.keys; ++key) {
      hn::Store(hn::Zero(d), d, tiles.probabilities + key * kTile + c);
      hn::Store(hn::Zero(d), d, tiles.dscores + key * kTile + c);
    }
  }
}

/// Loads the tile of queries, and all that goes with it.
template <class T>
void load_queries(const BackwardWork& w, const QueryTile& q, Tiles& tiles) {
  const AttentionShape& s = w.shape;
  const int64_t padded = padded_width(s), missing = (kTile - q.queries) * padded;
  std::fill_n(tiles.queries + q.queries * padded, missing, 0.0F);
  std::fill_n(tiles.douts + q.queries * padded, missing, 0.0F);
  std::fill_n(tiles.lse, kTile, 0.0F);
  std::fill_n(tiles.row_products, kTile, 0.0F);
  load_rows(row_of<const T>(w.in.q, s, q.batch, q.head, q.first), w.in.q.token_step, q.queries, s.width,
            static_cast<float>(s.scale), tiles.queries, padded);
  load_rows(row_of<const T>(w.dout, s, q.batch, q.head, q.first), w.dout.token_step, q.queries, s.width, 1.0F,
            tiles.douts, padded);
  transpose_tile(tiles.queries, padded, kTile, padded, tiles.queries_across, kTile);
  transpose_tile(tiles.douts, padded, kTile, padded, tiles.douts_across, kTile);
  const Lanes d;
  float* row = tiles.keys;  // not yet in use
  for (int64_t i = 0; i < q.queries; ++i) {
    load_rows(row_of<const T>(w.out, s, q.batch, q.head, q.first + i), 0, 1, s.width, 1.0F, row, padded);
    Floats sum = hn::Zero(d);
    for (int64_t j = 0; j < padded; j += static_cast<int64_t>(hn::Lanes(d))) {
      sum = hn::MulAdd(hn::Load(d, row + j), hn::Load(d, tiles.douts + i * padded + j), sum);
    }
    tiles.row_products[i] = hn::GetLane(hn::SumOfLanes(d, sum));
    tiles.lse[i] = w.lse[q.number_of_head(s) * s.queries + q.first + i];
  }
}

/// One tile of queries with one of keys: adds to dkeys, dvalues `[keys, padded]` and to the tile's dqueries,
/// as far as they are wanted. In which order tiles come decides no sum: queries ascend for a key, and keys
/// for a query, whatever is wanted.
template <class T>
void tile_pair(const BackwardWork& w, const DropoutStream& stream, const QueryTile& q, const KeyTile& k,
               Wanted wanted, Tiles& tiles, float* dkeys, float* dvalues) {
  const AttentionShape& s = w.shape;
  const int64_t padded = padded_width(s), group = q.head / s.heads_of_group();
  const bool drops = s.dropout.rate > 0;
  load_rows(row_of<const T>(w.in.k, s, q.batch, group, k.first), w.in.k.token_step, k.keys, s.width, 1.0F,
            tiles.keys, padded);
  load_rows(row_of<const T>(w.in.v, s, q.batch, group, k.first), w.in.v.token_step, k.keys, s.width, 1.0F,
            tiles.values, padded);
  const Skip columns = k.is_diagonal() ? Skip::early_columns : Skip::nothing;
  tile_product(k.keys, kTile, s.width, {tiles.keys, padded, 1}, tiles.queries_across, kTile,
               tiles.probabilities, kTile, false, columns);
  tile_product(k.keys, kTile, s.width, {tiles.values, padded, 1}, tiles.douts_across, kTile, tiles.dscores,
               kTile, false, columns);
  if (drops) fill_keep(s, stream, q, k, tiles.keep);
  differentiate_softmax(tiles, k, drops);
  if (wanted != Wanted::of_queries) {
    const Skip terms = k.is_diagonal() ? Skip::early_terms : Skip::nothing;
    tile_product(k.keys, padded, q.queries, {tiles.probabilities, kTile, 1}, tiles.douts, padded, dvalues,
                 padded, true, terms);
    tile_product(k.keys, padded, q.queries, {tiles.dscores, kTile, 1}, tiles.queries, padded, dkeys, padded,
                 true, terms);
  }
  if (wanted != Wanted::of_keys) {
    tile_product(q.queries, padded, k.keys, {tiles.dscores, 1, kTile}, tiles.keys, padded, tiles.dqueries,
                 padded, k.first > 0, k.is_diagonal() ? Skip::late_terms : Skip::nothing);
  }
}

template <class T>
void store_rows(const float* rows, const AttentionShape& s, float scale, const AttentionHeads& to,
                int64_t batch, int64_t head, int64_t first, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    store_row(rows + i * padded_width(s), scale, s.width, row_of<T>(to, s, batch, head, first + i));
  }
}

/// dq of a tile, and what it adds to dk and dv of its group where they are wanted: `sums` is dkeys, then
/// dvalues, `[keys, padded]` each.
template <class T>
void walk_keys(const BackwardWork& w, const DropoutStream& stream, const QueryTile& q, Wanted wanted,
               Tiles& tiles, float* sums) {
  const AttentionShape& s = w.shape;
  const int64_t padded = padded_width(s), keys = keys_of(s, w.in, q.batch);
  load_queries<T>(w, q, tiles);
  const int64_t count = key_tiles(s, q, keys);
  if (count == 0) std::fill_n(tiles.dqueries, q.queries * padded, 0.0F);
  for (int64_t k = 0; k < count; ++k) {
    float* dkeys = sums == nullptr ? nullptr : sums + k * kTile * padded;
    float* dvalues = sums == nullptr ? nullptr : dkeys + s.keys * padded;
    tile_pair<T>(w, stream, q, KeyTile(s, q, k, keys), wanted, tiles, dkeys, dvalues);
  }
  store_rows<T>(tiles.dqueries, s, static_cast<float>(s.scale), w.gradients.dq, q.batch, q.head, q.first,
                q.queries);
}

/// All gradients of a group of keys.
template <class T>
void whole_group(const BackwardWork& w, int64_t number, float* sums) {
  const AttentionShape& s = w.shape;
  const int64_t batch = number / s.groups, group = number % s.groups, padded = padded_width(s);
  const DropoutStream stream = dropout_stream(s, w.in);
  Tiles tiles;
  std::fill_n(sums, 2 * s.keys * padded, 0.0F);
  for (int64_t head = group * s.heads_of_group(); head < (group + 1) * s.heads_of_group(); ++head) {
    for (int64_t tile = 0; tile < tiles_of(s.queries); ++tile) {
      walk_keys<T>(w, stream, QueryTile(s, batch, head, tile), Wanted::all, tiles, sums);
    }
  }
  store_rows<T>(sums, s, 1.0F, w.gradients.dk, batch, group, 0, s.keys);
  store_rows<T>(sums + s.keys * padded, s, 1.0F, w.gradients.dv, batch, group, 0, s.keys);
}

/// dk and dv of one tile of keys of a group: `sums` is dkeys, then dvalues, `[kTile, padded]` each.
template <class T>
void walk_queries(const BackwardWork& w, int64_t number, float* sums) {
  const AttentionShape& s = w.shape;
  const int64_t tile = number % tiles_of(s.keys), padded = padded_width(s);
  const int64_t batch = number / tiles_of(s.keys) / s.groups, group = number / tiles_of(s.keys) % s.groups;
  const DropoutStream stream = dropout_stream(s, w.in);
  const int64_t first = tile * kTile, keys = keys_of(s, w.in, batch);
  Tiles tiles;
  float* dvalues = sums + kTile * padded;
  std::fill_n(sums, 2 * kTile * padded, 0.0F);
  for (int64_t head = group * s.heads_of_group(); head < (group + 1) * s.heads_of_group(); ++head) {
    for (int64_t t = 0; t < tiles_of(s.queries); ++t) {
      const QueryTile q(s, batch, head, t);
      if (tile >= key_tiles(s, q, keys)) continue;
      load_queries<T>(w, q, tiles);
      tile_pair<T>(w, stream, q, KeyTile(s, q, tile, keys), Wanted::of_keys, tiles, sums, dvalues);
    }
  }
  const int64_t count = std::min(kTile, s.keys - first);
  store_rows<T>(sums, s, 1.0F, w.gradients.dk, batch, group, first, count);
  store_rows<T>(dvalues, s, 1.0F, w.gradients.dv, batch, group, first, count);
}

/// dq of one tile of queries.
template <class T>
void tile_of_queries(const BackwardWork& w, int64_t number) {
  const AttentionShape& s = w.shape;
  const int64_t head = number / tiles_of(s.queries);
  Tiles tiles;
  walk_keys<T>(w, dropout_stream(s, w.in),
               QueryTile(s, head / s.heads, head % s.heads, number % tiles_of(s.queries)), Wanted::of_queries,
               tiles, nullptr);
}

/// Items [begin, end) of what is wanted: groups, tiles of queries, or tiles of keys.
void backward_items(const BackwardWork& w, Wanted wanted, int64_t begin, int64_t end, float* sums) {
  const auto one = [&]<class T>(T, int64_t number) {
    if (wanted == Wanted::all) return whole_group<T>(w, number, sums);
    if (wanted == Wanted::of_keys) return walk_queries<T>(w, number, sums);
    tile_of_queries<T>(w, number);
  };
  for (int64_t number = begin; number < end; ++number) {
    if (w.shape.dtype == DType::bf16) {
      one(BFloat16(), number);
    } else {
      one(float(), number);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {
namespace {

HWY_EXPORT(backward_items);

/// Items are dealt to this many places of scratch, whatever the number of threads.
constexpr int64_t kPlaces = 32;

int64_t all_groups(const AttentionShape& s) { return s.batch * s.groups; }
int64_t all_key_tiles(const AttentionShape& s) { return all_groups(s) * tiles_of(s.keys); }
/// Of a place: a group's sums, or a tile's.
int64_t group_bytes(const AttentionShape& s) {
  return aligned(2 * s.keys * padded_width(s) * bytes_of(DType::f32));
}
int64_t tile_bytes(const AttentionShape& s) {
  return aligned(2 * kAttentionTile * padded_width(s) * bytes_of(DType::f32));
}

/// Whether threads divide tiles and not groups, which costs seven products in place of five: where groups
/// would leave them idle for longer.
bool divides_tiles(const AttentionShape& s) {
  const int64_t groups = all_groups(s), workers = threads();
  const int64_t most = (groups + workers - 1) / workers;  // of one thread
  return 5 * most * workers > 7 * groups;
}

void run_items(const BackwardWork& work, Wanted wanted, int64_t items, int64_t place_bytes,
               std::byte* scratch) {
  const int64_t places = std::min(items, kPlaces);
  parallel_for(places, 1, [&](int64_t begin, int64_t end) {
    for (int64_t place = begin; place < end; ++place) {
      const Range part = split_range(items, places, place);
      HWY_DYNAMIC_DISPATCH(backward_items)
      (work, wanted, part.begin, part.end, reinterpret_cast<float*>(scratch + place * place_bytes));
    }
  });
}

}  // namespace

int64_t attention_backward_scratch_bytes(const AttentionShape& s) {
  if (s.dtype == DType::f64) return 0;
  return std::max(std::min(all_groups(s), kPlaces) * group_bytes(s),
                  std::min(all_key_tiles(s), kPlaces) * tile_bytes(s));
}

void attention_backward(const AttentionShape& s, const AttentionInputs& in, const AttentionHeads& out,
                        const void* lse, const AttentionHeads& dout, const AttentionGradients& gradients,
                        std::byte* scratch) {
  if (s.dtype == DType::f64) return naive_attention_backward(s, in, out, lse, dout, gradients);
  const BackwardWork work{s, in, out, static_cast<const float*>(lse), dout, gradients};
  if (!divides_tiles(s)) return run_items(work, Wanted::all, all_groups(s), group_bytes(s), scratch);
  run_items(work, Wanted::of_keys, all_key_tiles(s), tile_bytes(s), scratch);
  run_items(work, Wanted::of_queries, s.batch * s.heads * tiles_of(s.queries), 0, scratch);
}

}  // namespace weft::kernels
#endif
