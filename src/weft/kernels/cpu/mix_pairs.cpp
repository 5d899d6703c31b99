#include "weft/kernels/mix_pairs.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/mix_pairs.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/cpu/pieces.h"
#include "weft/kernels/mix_pairs_naive.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Elements [begin, end) of the first rows of all pairs, one after the other, and of their partners.
HWY_FLATTEN void mix_piece(const View& x, float share, const View& out, int64_t row, int64_t begin,
                           int64_t end) {
  const Floats own = hn::Set(Lanes(), share);
  const Floats other = hn::Set(Lanes(), 1 - share);
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    for (int64_t at = begin; at < end;) {
      const int64_t n = std::min(end, (at / row + 1) * row) - at;
      const int64_t first = at / row * 2 * row + at % row;
      sweep(n, [&](int64_t j, int64_t count) HWY_ATTR {
        const Floats a = load_floats(x.as<T>() + first + j, count);
        const Floats b = load_floats(x.as<T>() + first + row + j, count);
        store_floats(hn::MulAdd(own, a, hn::Mul(other, b)), out.as<T>() + first + j, count);
        store_floats(hn::MulAdd(own, b, hn::Mul(other, a)), out.as<T>() + first + row + j, count);
      });
      at += n;
    }
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(mix_piece);

}  // namespace

void mix_pairs(const View& x, const View& share, const View& out) {
  WEFT_CHECK(x.type.shape.size() >= 2 && x.type.shape[1] == 2 && x.type == out.type, "pairs of {} to {}",
             to_string(x.type), to_string(out.type));
  if (x.elems() == 0) return;
  if (x.type.dtype == DType::f64) return naive::mix_pairs(x, share, out);
  const int64_t row = x.elems() / (2 * x.type.shape[0]);
  const float own = *share.as<float>();
  parallel_for(x.elems() / 2, kElemsAtOnce, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(mix_piece)(x, own, out, row, begin, end);
  });
}

}  // namespace weft::kernels
#endif
