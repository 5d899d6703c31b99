#include <cstddef>

#include "weft/kernels/cpu/panels.h"

namespace weft::kernels {

std::optional<Panels> panels_of(const dnnl::memory::desc& layout) {
  const dnnl_memory_desc_t& raw = layout.data;
  if (raw.format_kind != dnnl_blocked || raw.ndims != 2 || raw.offset0 != 0 || raw.extra.flags != 0)
    return {};
  const dnnl_blocking_desc_t& blocks = raw.format_desc.blocking;
  Panels result{raw.dims[0], raw.dims[1], raw.padded_dims[0], raw.padded_dims[1]};
  int left = blocks.inner_nblks;
  const auto last_is = [&](int dimension) { return left > 0 && blocks.inner_idxs[left - 1] == dimension; };
  if (raw.data_type == dnnl_bf16) {
    if (!last_is(0) || blocks.inner_blks[--left] != 2) return {};
    result.group = 2;
  } else if (raw.data_type != dnnl_f32) {
    return {};
  }
  if (!last_is(1)) return {};
  result.width = blocks.inner_blks[--left];
  if (result.width % 16 != 0 || result.width > kMostPanelWidth) return {};
  // Rows may be blocked once more, which changes nothing where a panel's blocks follow each other.
  const int64_t rows = (last_is(0) ? blocks.inner_blks[--left] : 1) * result.group;
  if (left != 0 || result.padded_k % rows != 0 || result.padded_n % result.width != 0) return {};
  const bool rows_follow = blocks.strides[0] == rows * result.width || result.padded_k == rows;
  const bool panels_follow =
      blocks.strides[1] == result.padded_k * result.width || result.padded_n == result.width;
  if (!rows_follow || !panels_follow) return {};
  return result;
}

}  // namespace weft::kernels
