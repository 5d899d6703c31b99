#include "weft/kernels/cross_entropy_naive.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "weft/base/threads.h"
#include "weft/kernels/dtype_dispatch.h"

namespace weft::kernels::naive {

void xent_max(const View& logits, const View& max) {
  const int64_t v = logits.type.shape.back();
  with_floating(logits.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(max.elems(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        C top = -std::numeric_limits<C>::infinity();
        for (int64_t j = 0; j < v; ++j) top = std::max(top, load(logits.as<T>() + row * v, j));
        max.as<C>()[row] = top;
      }
    });
  });
}

void xent_sums(const View& logits, const View& max, const View& targets, int64_t vocab_begin,
               const View& sums) {
  const int64_t v = logits.type.shape.back();
  with_floating(logits.type.dtype, [&](auto t) {
    using T = decltype(t);
    using C = Compute<T>;
    parallel_for(max.elems(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const T* in = logits.as<T>() + row * v;
        const C top = max.as<C>()[row];
        C sum = 0;
        for (int64_t j = 0; j < v; ++j) sum += std::exp(load(in, j) - top);
        const int64_t target = targets.as<int32_t>()[row] - vocab_begin;
        const bool here = targets.as<int32_t>()[row] >= 0 && target >= 0 && target < v;
        sums.as<C>()[2 * row] = sum;
        sums.as<C>()[2 * row + 1] = here ? load(in, target) : C(0);
      }
    });
  });
}

}  // namespace weft::kernels::naive
