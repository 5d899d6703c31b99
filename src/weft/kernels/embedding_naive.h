#pragma once
// The definitions of embedding.h, with no vectors: what its tests compare the fast forms with, and what runs
// f64.
#include "weft/kernels/embedding.h"

namespace weft::kernels::naive {

void embedding(const View& table, const View& ids, int64_t vocab_begin, const View& out);
void embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& dtable);
void add_embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& base,
                            const View& dtable);

}  // namespace weft::kernels::naive
