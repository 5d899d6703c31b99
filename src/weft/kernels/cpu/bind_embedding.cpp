#include "weft/graph/device.h"
#include "weft/kernels/embedding.h"
#include "weft/ops/shape/embedding.h"

namespace weft::cpu {

namespace {

Kernel bind_backward(const EmbeddingBackward& op, const BindRequest& request) {
  const int64_t begin = op.vocab_begin;
  // A row that is added to is read and written once more.
  const int64_t rows_bytes = 2 * bytes_of(op.table.dtype, request.inputs[0].elems());
  if (op.accumulates) {
    return {[begin](const KernelContext& context) {
              const auto& in = context.inputs;
              kernels::add_embedding_backward(in[0], in[1], begin, in[2], context.outputs[0]);
            },
            0, rows_bytes};
  }
  return {[begin](const KernelContext& context) {
            kernels::embedding_backward(context.inputs[0], context.inputs[1], begin, context.outputs[0]);
          },
          0, rows_bytes};
}

}  // namespace

void register_bind_embedding(Device& device) {
  device.add<Embedding>([](const Embedding& op, const BindRequest&) -> Kernel {
    return {[begin = op.vocab_begin](const KernelContext& context) {
      kernels::embedding(context.inputs[0], context.inputs[1], begin, context.outputs[0]);
    }};
  });
  device.add<EmbeddingBackward>(bind_backward);
}

}  // namespace weft::cpu
