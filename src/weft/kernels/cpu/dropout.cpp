#include "weft/kernels/dropout.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/dropout.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/dropout_stream.h"
#include "weft/kernels/cpu/dropout_words-inl.h"
#include "weft/kernels/cpu/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

template <class T>
HWY_INLINE void apply_words(const T* x, const uint16_t* words, int64_t count, const DropoutStream& stream,
                            T* out) {
  const hn::RebindToSigned<Lanes> whole;
  const hn::Rebind<uint16_t, Lanes> half;
  const auto threshold = hn::Set(whole, stream.threshold - 1);
  const Floats factor = hn::Set(Lanes(), stream.factor);
  sweep(count, [&](int64_t i, int64_t n) HWY_ATTR {
    const auto kept = hn::Gt(hn::PromoteTo(whole, hn::LoadU(half, words + i)), threshold);
    const Floats scaled = hn::Mul(load_floats(x + i, n), factor);
    store_floats(hn::IfThenElseZero(hn::RebindMask(Lanes(), kept), scaled), out + i, n);
  });
}

/// Elements of global indices start + [0, count).
template <class T>
HWY_INLINE void drop_run(const T* x, int64_t start, int64_t count, const DropoutStream& stream, T* out) {
  // Behind the words lies one vector more, which the last load may touch.
  HWY_ALIGN uint16_t words[kBlocks * kElemsPerBlock + HWY_MAX_BYTES] = {};
  int64_t skipped = start % kElemsPerBlock;
  int64_t block = start / kElemsPerBlock;
  for (int64_t i = 0; i < count;) {
    make_words(stream, static_cast<uint64_t>(block), kBlocks, words);
    const int64_t n = std::min(count - i, kBlocks * kElemsPerBlock - skipped);
    apply_words(x + i, words + skipped, n, stream, out + i);
    block += kBlocks;
    skipped = 0;
    i += n;
  }
}

HWY_FLATTEN void drop_piece(const View& x, const View& out, const DropoutStream& stream, int64_t at,
                            int64_t start, int64_t count) {
  with_lane_type(x.type.dtype, [&](auto t) HWY_ATTR {
    using T = decltype(t);
    drop_run(x.as<T>() + at, start, count, stream, out.as<T>() + at);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {

HWY_EXPORT(drop_piece);

constexpr int64_t kGrain = 8192;

constexpr size_t kMostDims = 8;

/// A box as runs that are contiguous in the global tensor: of `length` elements each, one behind the other in
/// the box. Arrays, as a kernel allocates nothing.
struct Runs {
  size_t dims = 0;            // above a run; in those:
  int64_t sizes[kMostDims];   // of the box
  int64_t begins[kMostDims];  // of the box
  int64_t steps[kMostDims];   // global elements from one to the next
  int64_t offset = 0;
  int64_t length = 1;

  Runs(const Region& region, const Dims& global) {
    WEFT_CHECK(global.size() == region.ranges.size() && global.size() <= kMostDims, "dropout of {} in {}",
               to_string(region), to_string(global));
    int64_t step = 1;
    bool whole = true;
    for (size_t d = global.size(); d-- > 0; step *= global[d]) {
      const Range& range = region.ranges[d];
      if (whole) {
        length *= range.size();
        offset += range.begin * step;
        whole = range.size() == global[d];
      } else {
        sizes[dims] = range.size();
        begins[dims] = range.begin;
        steps[dims++] = step;
      }
    }
  }

  /// Global index of the first element of a run.
  int64_t start(int64_t run) const {
    int64_t result = offset;
    for (size_t d = 0; d < dims; ++d) {
      result += (begins[d] + run % sizes[d]) * steps[d];
      run /= sizes[d];
    }
    return result;
  }
};

}  // namespace

void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream,
             DropoutRule rule, const View& out) {
  WEFT_CHECK(x.type.dtype == DType::f32 || x.type.dtype == DType::bf16, "dropout of {}", to_string(x.type));
  if (x.elems() == 0) return;
  WEFT_CHECK(region.elems() == x.elems(), "dropout of {} as {}", to_string(x.type), to_string(region));
  const Runs runs(region, global_shape);
  const DropoutStream prepared(stream, rule);
  parallel_for(x.elems(), kGrain, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t within = begin % runs.length;
      const int64_t count = std::min(end - begin, runs.length - within);
      HWY_DYNAMIC_DISPATCH(drop_piece)
      (x, out, prepared, begin, runs.start(begin / runs.length) + within, count);
      begin += count;
    }
  });
}

}  // namespace weft::kernels
#endif
