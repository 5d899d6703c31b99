#include "weft/kernels/embedding_naive.h"

#include <algorithm>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/shape/embedding.h"

namespace weft::kernels::naive {

void embedding(const View& table, const View& ids, int64_t vocab_begin, const View& out) {
  if (out.elems() == 0) return;
  const int64_t c = out.type.shape.back();
  const int64_t v = table.elems() / c;
  with_floating(table.type.dtype, [&](auto s) {
    with_floating(out.type.dtype, [&](auto t) {
      using T = decltype(t);
      parallel_for(ids.elems(), 16, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int64_t row = ids.as<int32_t>()[i] - vocab_begin;
          const bool here = row >= 0 && row < v;
          for (int64_t j = 0; j < c; ++j) {
            store(out.as<T>(), i * c + j,
                  here ? static_cast<Compute<T>>(load(table.as<decltype(s)>(), row * c + j)) : Compute<T>(0));
          }
        }
      });
    });
  });
}

namespace {

void add_rows(const View& dy, const View& ids, int64_t vocab_begin, const View& dtable) {
  if (dtable.elems() == 0) return;
  const int64_t c = dtable.type.shape.back();
  const int64_t v = dtable.elems() / c;
  with_floating(dy.type.dtype, [&](auto t) {
    with_floating(dtable.type.dtype, [&](auto s) {
      using S = decltype(s);
      S* to = dtable.as<S>();
      // Each thread owns a range of rows: sums keep the order of ids.
      parallel_for(v, 64, [&](int64_t begin, int64_t end) {
        for (int64_t i = 0; i < ids.elems(); ++i) {
          const int64_t row = ids.as<int32_t>()[i] - vocab_begin;
          if (row < begin || row >= end) continue;
          for (int64_t j = 0; j < c; ++j) {
            store(to, row * c + j,
                  load(to, row * c + j) + static_cast<Compute<S>>(load(dy.as<decltype(t)>(), i * c + j)));
          }
        }
      });
    });
  });
}

}  // namespace

void embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& dtable) {
  std::fill_n(dtable.data, dtable.bytes(), std::byte{0});
  add_rows(dy, ids, vocab_begin, dtable);
}

void add_embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& base,
                            const View& dtable) {
  if (dtable.data != base.data) std::copy_n(base.data, base.bytes(), dtable.data);
  add_rows(dy, ids, vocab_begin, dtable);
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

Kernel bind_backward(const EmbeddingBackward& op, const BindRequest& request) {
  return in_f64(request,
                [begin = op.vocab_begin, accumulates = op.accumulates](const KernelContext& context) {
                  const auto& in = context.inputs;
                  if (accumulates) {
                    kernels::naive::add_embedding_backward(in[0], in[1], begin, in[2], context.outputs[0]);
                  } else {
                    kernels::naive::embedding_backward(in[0], in[1], begin, context.outputs[0]);
                  }
                });
}

}  // namespace

void register_embedding(Device& device) {
  device.add<Embedding>([](const Embedding& op, const BindRequest& request) {
    return in_f64(request, [begin = op.vocab_begin](const KernelContext& context) {
      kernels::naive::embedding(context.inputs[0], context.inputs[1], begin, context.outputs[0]);
    });
  });
  device.add<EmbeddingBackward>(bind_backward);
}

}  // namespace weft::reference
