#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/elementwise_naive.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/pointwise/add_n.h"

namespace weft::kernels::naive {

void add_n(std::span<const View> in, const View& out) {
  constexpr int64_t kGrain = 8192;
  with_floating(out.type.dtype, [&](auto t) {
    using T = decltype(t);
    parallel_for(out.elems(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        Compute<T> sum = 0;
        for (const View& view : in) sum += load(view.as<T>(), i);
        store(out.as<T>(), i, sum);
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

void register_elementwise(Device& device) {
  device.add<AddN>([](const AddN&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::add_n(context.inputs, context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
