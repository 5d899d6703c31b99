#include "weft/ops/shape/tensor_scatter.h"

#include <cstring>

#include "weft/base/threads.h"
#include "weft/graph/device.h"
#include "weft/kernels/row_index.h"

namespace weft::cpu {

namespace {

/// Bytes below which another thread costs more than it saves.
constexpr int64_t kLeastBytes = 65536;

/// A cache of `outer` times `room` rows; of each `outer`, `rows` are new.
struct Rows {
  int64_t outer, room, rows, bytes;

  void copy(const std::byte* update, int64_t first, std::byte* cache) const {
    parallel_for(outer * rows, 1 + kLeastBytes / bytes, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        std::byte* to = cache + (row / rows * room + first + row % rows) * bytes;
        std::memcpy(to, update + row * bytes, static_cast<size_t>(bytes));
      }
    });
  }
};

Kernel bind_tensor_scatter(const TensorScatter& op, const BindRequest& request) {
  const auto axis = static_cast<size_t>(op.axis);
  const TensorType& past = request.inputs[0];
  const int64_t inner = strides_of(past.shape)[axis];
  Rows rows{1, past.shape[axis], request.inputs[1].shape[axis], bytes_of(past.dtype, inner)};
  for (size_t d = 0; d < axis; ++d) rows.outer *= past.shape[d];
  const int64_t past_bytes = past.bytes();
  return {[rows, past_bytes](const KernelContext& context) {
    const auto& in = context.inputs;
    std::byte* out = context.outputs[0].data;
    const int64_t first = kernels::row_index(TensorScatter::kName, in[2], rows.room - rows.rows);
    if (past_bytes == 0) return;
    if (out != in[0].data) std::memcpy(out, in[0].data, static_cast<size_t>(past_bytes));
    rows.copy(in[1].data, first, out);
  }};
}

}  // namespace

void register_tensor_scatter(Device& device) { device.add<TensorScatter>(bind_tensor_scatter); }

}  // namespace weft::cpu
