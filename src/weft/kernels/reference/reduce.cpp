#include "weft/kernels/elementwise_naive.h"

#include <algorithm>

#include "weft/base/threads.h"
#include "weft/kernels/cpu/pieces.h"
#include "weft/kernels/dtype_dispatch.h"
#include "weft/kernels/reference/in_f64.h"
#include "weft/ops/column_sum.h"
#include "weft/ops/reduce_sum.h"
#include "weft/ops/sum_squares.h"

namespace weft::kernels::naive {

namespace {

/// Sum of f(x) over all elements: one double a piece, added in order.
template <class F>
double total(const View& x, F&& f) {
  double sum = 0;
  with_floating(x.type.dtype, [&](auto t) {
    const auto* in = x.as<decltype(t)>();
    sum = sum_of_pieces(x.elems(), [&](int64_t begin, int64_t end) {
      double part = 0;
      for (int64_t i = begin; i < end; ++i) part += f(static_cast<double>(load(in, i)));
      return part;
    });
  });
  return sum;
}

void store_scalar(const View& out, double value) {
  with_floating(out.type.dtype,
                [&](auto t) { store(out.as<decltype(t)>(), 0, Compute<decltype(t)>(value)); });
}

}  // namespace

void column_sum(const View& x, const View& out) {
  const int64_t n = out.elems();
  if (n == 0) return;
  const int64_t rows = x.elems() / n;
  with_floating(x.type.dtype, [&](auto t) {
    const auto* in = x.as<decltype(t)>();
    with_floating(out.type.dtype, [&](auto s) {
      auto* to = out.as<decltype(s)>();
      parallel_for(n, 64, [&](int64_t begin, int64_t end) {
        for (int64_t j = begin; j < end; ++j) store(to, j, 0);
        for (int64_t row = 0; row < rows; ++row) {
          for (int64_t j = begin; j < end; ++j) {
            store(to, j, load(to, j) + static_cast<Compute<decltype(s)>>(load(in, row * n + j)));
          }
        }
      });
    });
  });
}

void sum_squares(const View& x, const View& out) {
  store_scalar(out, total(x, [](double v) { return v * v; }));
}

void reduce_sum(const View& x, const View& out, double factor) {
  store_scalar(out, factor * total(x, [](double v) { return v; }));
}

}  // namespace weft::kernels::naive

namespace weft::reference {

void register_reduce(Device& device) {
  device.add<ColumnSum>([](const ColumnSum&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::column_sum(context.inputs[0], context.outputs[0]);
    });
  });
  device.add<ReduceSum>([](const ReduceSum& op, const BindRequest& request) {
    return in_f64(request, [factor = op.factor](const KernelContext& context) {
      kernels::naive::reduce_sum(context.inputs[0], context.outputs[0], factor);
    });
  });
  device.add<SumSquares>([](const SumSquares&, const BindRequest& request) {
    return in_f64(request, [](const KernelContext& context) {
      kernels::naive::sum_squares(context.inputs[0], context.outputs[0]);
    });
  });
}

}  // namespace weft::reference
