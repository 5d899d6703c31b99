// The random bits of a stream, by vectors: 16 for each element. Compiled once a target.
#if defined(WEFT_DROPOUT_WORDS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_DROPOUT_WORDS_INL_H_
#undef WEFT_DROPOUT_WORDS_INL_H_
#else
#define WEFT_DROPOUT_WORDS_INL_H_
#endif

#include <hwy/highway.h>

#include "weft/kernels/cpu/dropout_stream.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

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

/// 16-bit words of `blocks` blocks of the stream, at most kBlocks, from block `first`, in the order of
/// elements; `words` has room for kBlocks, because whole vectors are written. Each lane holds one block: a
/// word in the low half of 64 bits, so that one multiplication gives both of its halves. What gathers in the
/// high halves never reaches a low one.
HWY_INLINE void make_words(const DropoutStream& stream, uint64_t first, int64_t blocks, uint16_t* words) {
  const Pairs d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const Words low_half = hn::Set(d, 0xffffffffu);
  const Words multiplier0 = hn::Set(d, 0xD2511F53u);
  const Words multiplier1 = hn::Set(d, 0xCD9E8D57u);
  for (int64_t b = 0; b < blocks; b += lanes) {
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

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
