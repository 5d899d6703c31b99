#include "weft/kernels/embedding.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/embedding.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <cstring>

#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/embedding_naive.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Rows of out for ids [begin, end).
HWY_FLATTEN void gather_rows(const View& table, int64_t rows, int64_t width, const int32_t* ids,
                             int64_t vocab_begin, const View& out, int64_t begin, int64_t end) {
  with_lane_type(table.type.dtype, [&](auto s) HWY_ATTR {
    with_lane_type(out.type.dtype, [&](auto t) HWY_ATTR {
      using T = decltype(t);
      for (int64_t i = begin; i < end; ++i) {
        const int64_t row = ids[i] - vocab_begin;
        const bool here = row >= 0 && row < rows;
        const auto* from = table.as<decltype(s)>() + (here ? row * width : 0);
        sweep(width, [&](int64_t j, int64_t count) HWY_ATTR {
          store_floats(here ? load_floats(from + j, count) : constant(0), out.as<T>() + i * width + j, count);
        });
      }
    });
  });
}

/// Adds the rows of dy whose ids are rows [begin, end) of dtable.
HWY_FLATTEN void scatter_rows(const View& dy, const int32_t* ids, int64_t id_count, int64_t vocab_begin,
                              int64_t width, const View& dtable, int64_t begin, int64_t end) {
  with_lane_type(dy.type.dtype, [&](auto t) HWY_ATTR {
    for (int64_t i = 0; i < id_count; ++i) {
      const int64_t row = ids[i] - vocab_begin;
      if (row < begin || row >= end) continue;
      const auto* from = dy.as<decltype(t)>() + i * width;
      float* to = dtable.as<float>() + row * width;
      sweep(width, [&](int64_t j, int64_t count) HWY_ATTR {
        store_floats(hn::Add(load_floats(to + j, count), load_floats(from + j, count)), to + j, count);
      });
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

HWY_EXPORT(gather_rows);
HWY_EXPORT(scatter_rows);

/// Adds rows of dy to dtable; first begin_rows(element, bytes) writes what they are added to.
template <class Begin>
void scatter(const View& dy, const View& ids, int64_t vocab_begin, const View& dtable,
             const Begin& begin_rows) {
  if (dtable.elems() == 0) return;
  const int64_t width = dtable.type.shape.back();
  WEFT_CHECK(dy.elems() == ids.elems() * width, "embedding_backward of {} into {}", to_string(dy.type),
             to_string(dtable.type));
  // Each thread owns rows of the table: their sums keep the order of ids.
  parallel_for(dtable.elems() / width, 64, [&](int64_t begin, int64_t end) {
    begin_rows(begin * width, static_cast<size_t>((end - begin) * width) * sizeof(float));
    HWY_DYNAMIC_DISPATCH(scatter_rows)
    (dy, ids.as<int32_t>(), ids.elems(), vocab_begin, width, dtable, begin, end);
  });
}

bool has_fast_backward(const View& dy, const View& dtable) {
  return dy.type.dtype != DType::f64 && dtable.type.dtype == DType::f32;
}

}  // namespace

void embedding(const View& table, const View& ids, int64_t vocab_begin, const View& out) {
  if (table.type.dtype == DType::f64 || out.type.dtype == DType::f64) {
    return naive::embedding(table, ids, vocab_begin, out);
  }
  if (out.elems() == 0) return;
  const int64_t width = out.type.shape.back();
  WEFT_CHECK(out.elems() == ids.elems() * width && table.elems() % width == 0, "embedding of {} into {}",
             to_string(table.type), to_string(out.type));
  parallel_for(ids.elems(), 1 + 16384 / width, [&](int64_t begin, int64_t end) {
    HWY_DYNAMIC_DISPATCH(gather_rows)
    (table, table.elems() / width, width, ids.as<int32_t>(), vocab_begin, out, begin, end);
  });
}

void embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& dtable) {
  if (!has_fast_backward(dy, dtable)) return naive::embedding_backward(dy, ids, vocab_begin, dtable);
  scatter(dy, ids, vocab_begin, dtable,
          [&](int64_t at, size_t bytes) { std::memset(dtable.as<float>() + at, 0, bytes); });
}

void add_embedding_backward(const View& dy, const View& ids, int64_t vocab_begin, const View& base,
                            const View& dtable) {
  WEFT_CHECK(base.type == dtable.type, "adding to {} into {}", to_string(base.type), to_string(dtable.type));
  if (!has_fast_backward(dy, dtable)) {
    return naive::add_embedding_backward(dy, ids, vocab_begin, base, dtable);
  }
  scatter(dy, ids, vocab_begin, dtable, [&](int64_t at, size_t bytes) {
    if (base.data != dtable.data) std::memcpy(dtable.as<float>() + at, base.as<float>() + at, bytes);
  });
}

}  // namespace weft::kernels
#endif
