#include "weft/kernels/dropout_naive.h"

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/dropout.h"

namespace weft::kernels::naive {

namespace {

/// Global linear index of the first element of local row `row` (a row = the last dimension).
int64_t row_start(int64_t row, const Region& region, const Dims& local, const Dims& global) {
  int64_t start = 0;
  int64_t rest = row * local.back();
  const Dims strides = strides_of(local);
  const Dims steps = strides_of(global);
  for (size_t d = 0; d < local.size(); ++d) {
    start += (rest / strides[d] + region.ranges[d].begin) * steps[d];
    rest %= strides[d];
  }
  return start;
}

}  // namespace

void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream, double rate,
             const View& out) {
  if (x.elems() == 0) return;
  const Dims local = region.ranges.empty() ? Dims{1} : region.shape();
  const Dims global = region.ranges.empty() ? Dims{1} : global_shape;
  const Region box = region.ranges.empty() ? Region::all(local) : region;
  const int64_t width = local.back();
  const auto threshold = static_cast<uint32_t>(dropout_threshold(rate));
  with_floating(x.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    const C factor = static_cast<C>(1 / (1 - rate));
    parallel_for(x.elems() / width, 4, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const auto start = static_cast<uint64_t>(row_start(row, box, local, global));
        uint64_t current = ~uint64_t{0};
        PhiloxBlock words{};
        for (int64_t j = 0; j < width; ++j) {
          const uint64_t g = start + static_cast<uint64_t>(j);
          if (g / 8 != current) {
            current = g / 8;
            words = stream.block(current);
          }
          const uint32_t bits = (words[g % 8 / 2] >> (16 * (g % 2))) & 0xffffu;
          const int64_t i = row * width + j;
          store(out.as<T>(), i, bits >= threshold ? load(x.as<T>(), i) * factor : C(0));
        }
      }
    });
  });
}

}  // namespace weft::kernels::naive

namespace weft::reference {

namespace {

Kernel bind_dropout(const Dropout& op, const BindRequest& request) {
  return in_f64(request, [rate = op.rate, seed = op.seed, stream = op.stream, global = op.global,
                          region = op.region](const KernelContext& context) {
    const RandomStream random{seed, stream, static_cast<uint64_t>(*context.inputs[1].as<int64_t>())};
    kernels::naive::dropout(context.inputs[0], region, global, random, rate, context.outputs[0]);
  });
}

}  // namespace

void register_dropout(Device& device) { device.add<Dropout>(bind_dropout); }

}  // namespace weft::reference
