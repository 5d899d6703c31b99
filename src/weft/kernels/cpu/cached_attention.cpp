#include "weft/kernels/cached_attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/cached_attention.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/cached_attention_blocks.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/row_index.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Vectors that are loaded before any is waited for.
constexpr int kVectors = 4;

/// Calls many(i) for kVectors vectors at a time from element i on, then one(i, count) for single ones.
template <class Many, class One>
HWY_INLINE void strips(int64_t width, const Many& many, const One& one) {
  const int64_t lanes = lane_count();
  int64_t i = 0;
  for (; i + kVectors * lanes <= width; i += kVectors * lanes) many(i);
  for (; i < width; i += lanes) one(i, std::min(lanes, width - i));
}

template <class T>
HWY_INLINE float product(const float* a, const T* b, int64_t width) {
  Floats sums[kVectors];
  for (Floats& sum : sums) sum = constant(0);
  const int64_t lanes = lane_count();
  strips(
      width,
      [&](int64_t i) HWY_ATTR {
        for (int v = 0; v < kVectors; ++v) {
          sums[v] = hn::MulAdd(load_floats(a + i + v * lanes), load_floats(b + i + v * lanes), sums[v]);
        }
      },
      [&](int64_t i, int64_t count)
          HWY_ATTR { sums[0] = hn::MulAdd(load_floats(a + i, count), load_floats(b + i, count), sums[0]); });
  return sum_of_lanes(hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3])));
}

template <class T>
HWY_INLINE void add_scaled(float factor, const T* x, int64_t width, float* sums) {
  const Floats by = hn::Set(Lanes(), factor);
  const int64_t lanes = lane_count();
  strips(
      width,
      [&](int64_t i) HWY_ATTR {
        for (int v = 0; v < kVectors; ++v) {
          float* at = sums + i + v * lanes;
          store_floats(hn::MulAdd(by, load_floats(x + i + v * lanes), load_floats(at)), at);
        }
      },
      [&](int64_t i, int64_t count) HWY_ATTR {
        store_floats(hn::MulAdd(by, load_floats(x + i, count), load_floats(sums + i, count)), sums + i,
                     count);
      });
}

/// Scores of one head to weights relative to the highest; returns their sum.
HWY_FLATTEN float soften(float* scores, int64_t rows, float highest) {
  Floats sum = constant(0);
  sweep(rows, [&](int64_t i, int64_t count) HWY_ATTR {
    const Floats weight = exp_of(hn::Sub(load_floats(scores + i, count), constant(highest)));
    store_floats(weight, scores + i, count);
    sum = hn::Add(sum, keep_first(weight, count));
  });
  return sum_of_lanes(sum);
}

/// One block: its rows are walked for all heads at once, because memory is read fastest as one stream.
template <class T>
HWY_FLATTEN void attend_block(const CacheShape& s, const T* query, const T* keys, const T* values,
                              int64_t rows, float scale, const BlockState& state) {
  sweep(s.row_elems(), [&](int64_t i, int64_t count) HWY_ATTR {
    store_floats(hn::Mul(constant(scale), load_floats(query + i, count)), state.query + i, count);
    store_floats(constant(0), state.sums + i, count);
  });
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t h = 0; h < s.heads; ++h) {
      state.scores[h * kCacheBlock + row] =
          product(state.query + h * s.width, keys + row * s.row_elems() + h * s.width, s.width);
    }
  }
  for (int64_t h = 0; h < s.heads; ++h) {
    float* scores = state.scores + h * kCacheBlock;
    state.highest[h] = *std::max_element(scores, scores + rows);
    state.denominators[h] = soften(scores, rows, state.highest[h]);
  }
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t h = 0; h < s.heads; ++h) {
      add_scaled(state.scores[h * kCacheBlock + row], values + row * s.row_elems() + h * s.width, s.width,
                 state.sums + h * s.width);
    }
  }
}

/// Blocks [begin, end) of those that `work` counts.
void attend_blocks(const CacheWork& work, int64_t begin, int64_t end) {
  const CacheShape& s = work.shape;
  with_lane_type(work.dtype, [&](auto t) {
    using T = decltype(t);
    const auto* keys = reinterpret_cast<const T*>(work.keys);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t at = work.first_elem(i);
      attend_block(s, reinterpret_cast<const T*>(work.query) + work.batch_entry(i) * s.row_elems(), keys + at,
                   reinterpret_cast<const T*>(work.values) + at, work.rows_of(i), work.scale, work.state(i));
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

HWY_EXPORT(attend_blocks);

/// Elements of keys below which another thread costs more than it saves.
constexpr int64_t kLeastElems = 16384;

CacheShape shape_of(const TensorType& keys) {
  return {keys.shape[0], keys.shape[1], keys.shape[2], keys.shape[3]};
}

/// The head's result from those of its blocks.
template <class T>
void join_blocks(const CacheWork& work, int64_t b, int64_t h, T* out) {
  const int64_t first = b * work.blocks, width = work.shape.width;
  float highest = work.state(first).highest[h];
  for (int64_t i = 1; i < work.blocks; ++i) highest = std::max(highest, work.state(first + i).highest[h]);
  // The first block's sums become those of all.
  float* all = work.state(first).sums + h * width;
  float denominator = 0;
  for (int64_t i = 0; i < work.blocks; ++i) {
    const BlockState part = work.state(first + i);
    const float factor = std::exp(part.highest[h] - highest);
    denominator += factor * part.denominators[h];
    const float* sums = part.sums + h * width;
    for (int64_t e = 0; e < width; ++e) all[e] = factor * sums[e] + (i == 0 ? 0.0F : all[e]);
  }
  for (int64_t e = 0; e < width; ++e) out[e] = T(all[e] / denominator);
}

template <class T>
void join_heads(const CacheWork& work, T* out) {
  const CacheShape& s = work.shape;
  for (int64_t bh = 0; bh < s.batch * s.heads; ++bh) {
    join_blocks(work, bh / s.heads, bh % s.heads, out + bh * s.width);
  }
}

}  // namespace

int64_t cached_attention_scratch_bytes(const TensorType& keys) {
  if (keys.dtype == DType::f64) return 0;
  const CacheShape s = shape_of(keys);
  return s.batch * blocks_of(s.length) * block_floats(s) * bytes_of(DType::f32);
}

void cached_attention(const View& query, const View& keys, const View& values, const View& position,
                      const View& out, std::byte* scratch, double scale) {
  const DType dtype = keys.type.dtype;
  WEFT_CHECK(values.type == keys.type && out.type == query.type && query.type.dtype == dtype,
             "attention of {} over {} and {}", to_string(query.type), to_string(keys.type),
             to_string(values.type));
  if (dtype == DType::f64) return naive_cached_attention(query, keys, values, position, out, scale);
  const CacheShape s = shape_of(keys.type);
  const int64_t rows = row_index("cached_attention", position, s.length - 1) + 1;
  if (out.elems() == 0) return;
  const CacheWork work{s,
                       dtype,
                       query.data,
                       keys.data,
                       values.data,
                       rows,
                       blocks_of(rows),
                       static_cast<float>(scale),
                       reinterpret_cast<float*>(scratch)};
  const int64_t grain = 1 + kLeastElems / (kCacheBlock * s.row_elems());
  parallel_for(s.batch * work.blocks, grain, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(attend_blocks)(work, begin, end);
  });
  if (dtype == DType::bf16) {
    join_heads(work, out.as<BFloat16>());
  } else {
    join_heads(work, out.as<float>());
  }
}

}  // namespace weft::kernels
#endif
