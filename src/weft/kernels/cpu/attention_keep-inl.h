// What a tile of keys is of a tile of queries: which are seen, which weights are dropped. Compiled once a
// target.
#if defined(WEFT_ATTENTION_KEEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_ATTENTION_KEEP_INL_H_
#undef WEFT_ATTENTION_KEEP_INL_H_
#else
#define WEFT_ATTENTION_KEEP_INL_H_
#endif

#include "weft/kernels/cpu/attention_tile-inl.h"
#include "weft/kernels/cpu/attention_tiles.h"
#include "weft/kernels/cpu/dropout_words-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {

/// Keys of the tile that some of the first `queries` queries see.
HWY_INLINE int64_t seen_of_tile(const KeyTile& tile, int64_t queries) {
  return tile.is_cut ? std::clamp<int64_t>(queries - tile.ahead, 0, tile.keys) : tile.keys;
}

inline DropoutStream dropout_stream(const AttentionShape& s, const AttentionInputs& in) {
  return DropoutStream(stream_of(s, in.step), DropoutRule::of_rate(s.dropout.rate));
}

/// keep[key, query]: 0 where the weight is dropped, else what makes up for those that are.
inline void fill_keep(const AttentionShape& s, const DropoutStream& stream, const QueryTile& queries,
                      const KeyTile& tile, float* keep) {
  constexpr int64_t kTile = kAttentionTile;
  const Lanes d;
  const hn::Rebind<uint16_t, Lanes> half;
  const hn::Rebind<int32_t, Lanes> whole;
  const auto dropped = hn::Set(whole, stream.threshold - 1);  // the greatest that is
  const Floats factor = hn::Set(d, stream.factor);
  alignas(64) uint16_t words[kBlocks * kElemsPerBlock];
  static_assert(kTile / kElemsPerBlock + 1 <= kBlocks);
  for (int64_t key = 0; key < tile.keys; ++key) {
    const int64_t first = first_word(s, queries.batch, queries.head, tile.first + key) + queries.first;
    const int64_t block = first / kElemsPerBlock, within = first % kElemsPerBlock;
    make_words(stream, static_cast<uint64_t>(block), kTile / kElemsPerBlock + (within > 0 ? 1 : 0), words);
    for (int64_t c = 0; c < kTile; c += static_cast<int64_t>(hn::Lanes(d))) {
      const auto bits = hn::PromoteTo(whole, hn::LoadU(half, words + within + c));
      const auto keeps = hn::RebindMask(d, hn::Gt(bits, dropped));
      hn::Store(hn::IfThenElseZero(keeps, factor), d, keep + key * kTile + c);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();
#endif
