#include "weft/kernels/elementwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/column_sum.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include "weft/base/check.h"
#include "weft/kernels/cpu/column_sums-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

HWY_FLATTEN void column_sum_block(const View& x, const ColumnBlock& block, ColumnSums& sums) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    const auto term = [&](int64_t row, int64_t column, int64_t count) HWY_ATTR {
      return TwoTerms{load_floats(x.as<decltype(t)>() + row * block.columns + column, count), constant(0)};
    };
    sum_columns(block, term, sums);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {
HWY_EXPORT(column_sum_block);
}

void column_sum(const View& x, const View& out) {
  WEFT_CHECK(x.type.dtype != DType::f64 && out.type.dtype == DType::f32, "column_sum of {} into {}",
             to_string(x.type), to_string(out.type));
  const int64_t columns = out.elems();
  if (columns == 0) return;
  WEFT_CHECK(x.elems() % columns == 0, "column_sum of {} into {}", to_string(x.type), to_string(out.type));
  const auto fill = [&](const ColumnBlock& block, ColumnSums& sums) {
    HWY_DYNAMIC_DISPATCH(column_sum_block)(x, block, sums);
  };
  for_column_sums(x.elems() / columns, columns, fill, [&](int64_t column, double sum, double) {
    out.as<float>()[column] = static_cast<float>(sum);
  });
}

}  // namespace weft::kernels
#endif
