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
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/dropout_naive.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

using Pairs = hn::ScalableTag<uint64_t>;
using Words = hn::Vec<Pairs>;

constexpr int64_t kElemsPerBlock = 8;
constexpr int64_t kBlocks = 32;  // made at once: a multiple of every target's lanes

/// Low halves of a and b multiplied to 64 bits.
HWY_INLINE Words product(Words a, Words b) {
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(Pairs(), (hn::GetLane(a) & 0xffffffffu) * (hn::GetLane(b) & 0xffffffffu));
#else
  const hn::Repartition<uint32_t, Pairs> half;
  return hn::MulEven(hn::BitCast(half, a), hn::BitCast(half, b));
#endif
}

/// 16-bit words of kBlocks blocks of the stream, from block `first`, in the order of elements. Each lane
/// holds one block: a word in the low half of 64 bits, so that one multiplication gives both of its halves.
/// What gathers in the high halves never reaches a low one.
HWY_INLINE void make_words(const DropoutStream& stream, uint64_t first, uint16_t* words) {
  const Pairs d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Words low_half = hn::Set(d, 0xffffffffu);
  const Words multiplier0 = hn::Set(d, 0xD2511F53u);
  const Words multiplier1 = hn::Set(d, 0xCD9E8D57u);
  for (int64_t b = 0; b < kBlocks; b += lanes) {
    const Words index = hn::Add(hn::Set(d, first + static_cast<uint64_t>(b)), hn::Iota(d, 0));
    Words c0 = index;
    Words c1 = hn::ShiftRight<32>(index);
    Words c2 = hn::Set(d, stream.counter[0]);
    Words c3 = hn::Set(d, stream.counter[1]);
    uint32_t key0 = stream.key[0];
    uint32_t key1 = stream.key[1];
    for (int round = 0; round < 10; ++round) {
      const Words p0 = product(c0, multiplier0);
      const Words p1 = product(c2, multiplier1);
      c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), c1), hn::Set(d, key0));
      c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), c3), hn::Set(d, key1));
      c1 = p1;
      c3 = p0;
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
    const Words first_pair = hn::Or(hn::And(c0, low_half), hn::ShiftLeft<32>(c1));
    const Words second_pair = hn::Or(hn::And(c2, low_half), hn::ShiftLeft<32>(c3));
    hn::StoreInterleaved2(first_pair, second_pair, d,
                          reinterpret_cast<uint64_t*>(words + b * kElemsPerBlock));
  }
}

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
    make_words(stream, static_cast<uint64_t>(block), words);
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

void dropout(const View& x, const Region& region, const Dims& global_shape, RandomStream stream, double rate,
             const View& out) {
  if (x.type.dtype == DType::f64) return naive::dropout(x, region, global_shape, stream, rate, out);
  if (x.elems() == 0) return;
  WEFT_CHECK(region.elems() == x.elems(), "dropout of {} as {}", to_string(x.type), to_string(region));
  const Runs runs(region, global_shape);
  const DropoutStream prepared(stream, rate);
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
