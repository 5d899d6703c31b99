// src/weft/kernels/cpu/xent_loss_backward.cpp of commit 81cde10, without f64.
#include "bench/retired/xent_loss_backward.h"

#include "weft/base/check.h"

namespace weft::retired {

namespace {

template <class S>
void backward(const View& dloss, const View& sums, const View& targets, double scale, const View& dsums) {
  const S factor = static_cast<S>(scale * *dloss.as<S>());
  const int32_t* target = targets.as<int32_t>();
  for (int64_t row = 0; row < targets.elems(); ++row) {
    const bool counts = target[row] >= 0;
    const S denominator = sums.as<S>()[2 * row];
    dsums.as<S>()[2 * row] = counts ? factor / denominator : S{0};
    dsums.as<S>()[2 * row + 1] = counts ? -factor : S{0};
  }
}

}  // namespace

void xent_loss_backward(const View& dloss, const View& sums, const View& targets, double scale,
                        const View& dsums) {
  WEFT_CHECK(sums.type.dtype == DType::f32, "xent_loss_backward of {}", to_string(sums.type));
  backward<float>(dloss, sums, targets, scale, dsums);
}

}  // namespace weft::retired
