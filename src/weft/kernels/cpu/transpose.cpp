#include "weft/kernels/transpose.h"

#include "weft/base/check.h"
#include "weft/base/threads.h"

namespace weft::kernels {

namespace {

constexpr size_t kMostDims = 8;

/// Sizes of the result and, by its dimensions, the steps in x: arrays, so that nothing is allocated.
struct Walk {
  size_t dims = 0;
  int64_t size[kMostDims] = {};
  int64_t step[kMostDims] = {};
};

Walk walk_of(const View& x, const std::vector<int>& order) {
  Walk walk;
  walk.dims = order.size();
  WEFT_CHECK(walk.dims <= kMostDims, "transpose of {} dimensions", walk.dims);
  for (size_t i = 0; i < walk.dims; ++i) {
    const auto from = static_cast<size_t>(order[i]);
    walk.size[i] = x.type.shape[from];
    walk.step[i] = 1;
    for (size_t d = from + 1; d < walk.dims; ++d) walk.step[i] *= x.type.shape[d];
  }
  return walk;
}

/// Rows of the result [begin, end): runs along its last dimension.
template <class T>
void copy_rows(const T* x, T* out, const Walk& walk, int64_t begin, int64_t end) {
  const size_t last = walk.dims - 1;
  for (int64_t row = begin; row < end; ++row) {
    int64_t left = row;
    int64_t at = 0;
    for (size_t d = last; d-- > 0;) {
      at += left % walk.size[d] * walk.step[d];
      left /= walk.size[d];
    }
    T* to = out + row * walk.size[last];
    for (int64_t i = 0; i < walk.size[last]; ++i) to[i] = x[at + i * walk.step[last]];
  }
}

template <class T>
void run(const View& x, const std::vector<int>& order, const View& out) {
  const Walk walk = walk_of(x, order);
  if (x.elems() == 0) return;
  if (walk.dims == 0) {
    *out.as<T>() = *x.as<T>();
    return;
  }
  const int64_t width = walk.size[walk.dims - 1];
  parallel_for(x.elems() / width, 1 + 8192 / width,
               [&](int64_t begin, int64_t end) { copy_rows(x.as<T>(), out.as<T>(), walk, begin, end); });
}

}  // namespace

void transpose(const View& x, const std::vector<int>& order, const View& out) {
  switch (bytes_of(x.type.dtype)) {
    case 8:
      return run<uint64_t>(x, order, out);
    case 4:
      return run<uint32_t>(x, order, out);
    case 2:
      return run<uint16_t>(x, order, out);
    case 1:
      return run<uint8_t>(x, order, out);
  }
}

}  // namespace weft::kernels
