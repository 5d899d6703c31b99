#pragma once
// One head of attention: where its rows lie, which keys it sees, which weights are dropped. Internal.
#include <algorithm>

#include "weft/kernels/attention.h"
#include "weft/kernels/dropout.h"

namespace weft::kernels {

/// Row of a token of a head.
template <class T>
T* row_of(const AttentionHeads& heads, const AttentionShape& s, int64_t batch, int64_t head, int64_t token) {
  return reinterpret_cast<T*>(heads.data) + batch * heads.batch_step + token * heads.token_step +
         head * s.width;
}

/// Keys that exist for a batch entry.
inline int64_t keys_of(const AttentionShape& s, const AttentionInputs& in, int64_t batch) {
  if (in.lengths == nullptr) return s.keys;
  return std::clamp<int64_t>(in.lengths[batch], 0, s.keys);
}

/// Keys that a query sees, of `keys` that there are.
inline int64_t seen_by(const AttentionShape& s, int64_t query, int64_t keys) {
  return s.causal ? std::min(keys, s.first_query + query + 1) : keys;
}

/// Number of the random half word of the weight that query 0 of this part gives to a key; those of the next
/// queries follow.
inline int64_t first_word(const AttentionShape& s, int64_t batch, int64_t head, int64_t key) {
  const AttentionDropout& d = s.dropout;
  const int64_t heads_before = (d.first_batch + batch) * d.heads + d.first_head + head;
  return (heads_before * s.keys + key) * d.queries + s.first_query;
}

inline RandomStream stream_of(const AttentionShape& s, uint64_t step) {
  return {s.dropout.seed, s.dropout.stream, step};
}

}  // namespace weft::kernels
