#include "weft/kernels/mix_pairs_naive.h"

#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/shape/mix_pairs.h"

namespace weft::kernels::naive {

void mix_pairs(const View& x, const View& share, const View& out) {
  const int64_t pairs = x.type.shape[0];
  const int64_t row = pairs == 0 ? 0 : x.elems() / (2 * pairs);
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    const C own = share.as<C>()[0];
    const C other = 1 - own;
    for (int64_t p = 0; p < pairs; ++p) {
      for (int64_t i = 2 * p * row; i < (2 * p + 1) * row; ++i) {
        const C a = load(x.as<T>(), i);
        const C b = load(x.as<T>(), i + row);
        store(out.as<T>(), i, own * a + other * b);
        store(out.as<T>(), i + row, own * b + other * a);
      }
    }
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

void register_mix_pairs(Device& device) {
  device.add<MixPairs>([](const MixPairs&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::mix_pairs(context.inputs[0], context.inputs[1], context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
