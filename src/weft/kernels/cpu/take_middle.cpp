#include <cstring>

#include "weft/base/threads.h"
#include "weft/kernels/middle_axes.h"

namespace weft::kernels {

namespace {

/// Bytes below which another thread costs more than it saves.
constexpr int64_t kLeastBytes = 65536;

}  // namespace

void take_middle(const View& x, const MiddleAxes& axes, int64_t at, const View& out) {
  const int64_t bytes = bytes_of(x.type.dtype, axes.inner);
  if (axes.outer * bytes == 0) return;
  if (at < 0 || at >= axes.middle) {
    std::memset(out.data, 0, static_cast<size_t>(axes.outer * bytes));
    return;
  }
  parallel_for(axes.outer, 1 + kLeastBytes / bytes, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      std::memcpy(out.data + i * bytes, x.data + (i * axes.middle + at) * bytes, static_cast<size_t>(bytes));
    }
  });
}

}  // namespace weft::kernels
