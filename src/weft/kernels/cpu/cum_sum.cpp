#include "weft/ops/reduce/cum_sum.h"

#include <algorithm>

#include "weft/base/threads.h"
#include "weft/graph/device.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::cpu {

namespace {

/// Columns that are summed side by side: their sums stay in L1, and a row of them is one piece of memory.
constexpr int64_t kColumnsAtOnce = 64;

struct Walk {
  int64_t size;    ///< elements along the axis
  int64_t stride;  ///< from one to the next
  bool reverse;
};

/// `columns` sums that begin at `x`. x and sums may be the same.
template <class T>
void sum_up(const T* x, T* sums, int64_t columns, const Walk& walk) {
  double running[kColumnsAtOnce] = {};
  for (int64_t step = 0; step < walk.size; ++step) {
    const int64_t at = (walk.reverse ? walk.size - 1 - step : step) * walk.stride;
    for (int64_t c = 0; c < columns; ++c) {
      running[c] += static_cast<double>(kernels::load(x, at + c));
      kernels::store(sums, at + c, static_cast<kernels::Compute<T>>(running[c]));
    }
  }
}

Kernel bind_cum_sum(const CumSum& op, const BindRequest& request) {
  const Dims& shape = request.inputs[0].shape;
  const auto axis = static_cast<size_t>(op.axis);
  const Walk walk{shape[axis], strides_of(shape)[axis], op.reverse};
  return {[walk](const KernelContext& context) {
    const int64_t blocks = (walk.stride + kColumnsAtOnce - 1) / kColumnsAtOnce;
    const int64_t outer = context.inputs[0].elems() / std::max<int64_t>(1, walk.size * walk.stride);
    with_floating(context.inputs[0].type.dtype, [&](auto t) {
      using T = decltype(t);
      parallel_for(outer * blocks, 1 + 4096 / (1 + walk.size), [&](int64_t begin, int64_t end) {
        for (int64_t block = begin; block < end; ++block) {
          const int64_t column = block % blocks * kColumnsAtOnce;
          const int64_t first = block / blocks * walk.size * walk.stride + column;
          sum_up(context.inputs[0].as<T>() + first, context.outputs[0].as<T>() + first,
                 std::min(kColumnsAtOnce, walk.stride - column), walk);
        }
      });
    });
  }};
}

}  // namespace

void register_cum_sum(Device& device) { device.add<CumSum>(bind_cum_sum); }

}  // namespace weft::cpu
