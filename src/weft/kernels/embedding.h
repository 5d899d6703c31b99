#pragma once
#include "weft/tensor/view.h"

namespace weft::kernels {

/// out [ids..., c] = rows of table [v, c] at ids (i32); `table` holds the rows from vocab_begin on, ids
/// elsewhere give zeros. The table is T or S.
void embedding(const View& table, const View& ids, int64_t vocab_begin, const View& out);
/// dtable [v, c] (S, written in full) = sums of the rows of dy [ids..., c] by id, in the order of ids.
void embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& dtable);
/// dtable = base + those sums, added one after another; dtable may be base, of which then only the rows of
/// ids are touched.
void add_embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& base,
                            const View& dtable);

}  // namespace weft::kernels
