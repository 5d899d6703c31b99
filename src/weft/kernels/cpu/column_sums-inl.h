// The inner part of sums over the rows of a matrix. Compiled once a target.
#if defined(WEFT_COLUMN_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_COLUMN_SUMS_INL_H_
#undef WEFT_COLUMN_SUMS_INL_H_
#else
#define WEFT_COLUMN_SUMS_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "weft/kernels/cpu/column_blocks.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {

/// What one element, or one vector of them, adds to the two sums.
struct TwoTerms {
  Floats first;
  Floats second;
};

/// sums of term(row, column, count), a TwoTerms, over the block. Four rows are added before the running sum
/// is touched, and every 256 rows go on in f64: the sum stays exact over long columns at the price of f32.
template <class Term>
HWY_INLINE void sum_columns(const ColumnBlock& block, const Term& term, ColumnSums& sums) {
  constexpr int64_t kRowsInFloat = 256;
  HWY_ALIGN float first[kColumnsAtOnce];
  HWY_ALIGN float second[kColumnsAtOnce];
  for (int64_t j = 0; j < block.width(); ++j) sums.first[j] = sums.second[j] = 0;
  for (int64_t at = block.row_begin; at < block.row_end; at += kRowsInFloat) {
    const int64_t end = std::min(block.row_end, at + kRowsInFloat);
    for (int64_t j = 0; j < block.width(); ++j) first[j] = second[j] = 0;
    const auto add = [&](int64_t j, int64_t count, Floats a, Floats b) HWY_ATTR {
      store_floats(hn::Add(load_floats(first + j, count), a), first + j, count);
      store_floats(hn::Add(load_floats(second + j, count), b), second + j, count);
    };
    int64_t row = at;
    for (; row + 4 <= end; row += 4) {
      sweep(block.width(), [&](int64_t j, int64_t count) HWY_ATTR {
        const TwoTerms t0 = term(row, block.begin + j, count);
        const TwoTerms t1 = term(row + 1, block.begin + j, count);
        const TwoTerms t2 = term(row + 2, block.begin + j, count);
        const TwoTerms t3 = term(row + 3, block.begin + j, count);
        add(j, count, hn::Add(hn::Add(t0.first, t1.first), hn::Add(t2.first, t3.first)),
            hn::Add(hn::Add(t0.second, t1.second), hn::Add(t2.second, t3.second)));
      });
    }
    for (; row < end; ++row) {
      sweep(block.width(), [&](int64_t j, int64_t count) HWY_ATTR {
        const TwoTerms t = term(row, block.begin + j, count);
        add(j, count, t.first, t.second);
      });
    }
    for (int64_t j = 0; j < block.width(); ++j) {
      sums.first[j] += static_cast<double>(first[j]);
      sums.second[j] += static_cast<double>(second[j]);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
