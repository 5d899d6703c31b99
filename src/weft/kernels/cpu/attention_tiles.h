#pragma once
// How the cpu cuts attention. Internal.
#include <algorithm>

#include "weft/kernels/attention_head.h"

namespace weft::kernels {

/// Queries and keys come in tiles of this many: tile x tile scores and the rows they need stay in the L2
/// cache.
constexpr int64_t kAttentionTile = 64;

inline int64_t tiles_of(int64_t tokens) { return (tokens + kAttentionTile - 1) / kAttentionTile; }
/// A head's width rounded up to whole vectors.
inline int64_t padded_width(const AttentionShape& s) { return (s.width + 15) / 16 * 16; }

/// A tile of queries of one head.
struct QueryTile {
  int64_t batch = 0;
  int64_t head = 0;
  int64_t first = 0;
  int64_t queries = 0;

  QueryTile(const AttentionShape& s, int64_t batch_entry, int64_t head_of_batch, int64_t tile)
      : batch(batch_entry),
        head(head_of_batch),
        first(tile * kAttentionTile),
        queries(std::min(kAttentionTile, s.queries - first)) {}
  int64_t number_of_head(const AttentionShape& s) const { return batch * s.heads + head; }
};

/// A tile of keys, beside one of queries.
struct KeyTile {
  int64_t first = 0;
  int64_t keys = 0;
  /// The position of key 0 among the queries, as position 0 is query 0; a query sees the keys up to it.
  int64_t ahead = 0;
  /// Whether some query of the tile does not see some key of it.
  bool is_cut = false;

  KeyTile(const AttentionShape& s, const QueryTile& queries, int64_t tile, int64_t keys_of_batch)
      : first(tile * kAttentionTile),
        keys(std::min(kAttentionTile, keys_of_batch - first)),
        ahead(first - s.first_query - queries.first),
        is_cut(s.causal && ahead + keys > 1) {}
  /// Whether a query sees just the keys of its own number and before: what products leave out is then known.
  bool is_diagonal() const { return is_cut && ahead == 0; }
};

/// Tiles of keys that some query of the tile sees.
inline int64_t key_tiles(const AttentionShape& s, const QueryTile& queries, int64_t keys_of_batch) {
  return tiles_of(seen_by(s, queries.first + queries.queries - 1, keys_of_batch));
}

}  // namespace weft::kernels
