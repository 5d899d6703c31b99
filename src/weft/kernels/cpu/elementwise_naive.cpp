#include "weft/kernels/elementwise_naive.h"

#include "weft/base/threads.h"
#include "weft/kernels/cpu/pieces.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::kernels::naive {

namespace {

constexpr int64_t kGrain = 8192;

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

void add_n(std::span<const View> in, const View& out) {
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
