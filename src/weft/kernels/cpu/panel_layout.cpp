#include <cstddef>

#include "weft/kernels/cpu/onednn_versions.h"
#include "weft/kernels/cpu/panels.h"

namespace weft::kernels {

std::optional<Panels> panels_of(const dnnl::memory::desc& layout) {
  const std::optional<BlockedLayout> blocked = blocked_layout(layout);
  if (!blocked || blocked->dims.size() != 2 || blocked->offset != 0 || blocked->more) return {};
  const BlockedLayout& raw = *blocked;
  Panels result{raw.dims[0], raw.dims[1], raw.padded_dims[0], raw.padded_dims[1]};
  size_t left = raw.inner_blks.size();
  const auto last_is = [&](int dimension) { return left > 0 && raw.inner_idxs[left - 1] == dimension; };
  if (raw.data_type == dnnl::memory::data_type::bf16) {
    if (!last_is(0) || raw.inner_blks[--left] != 2) return {};
    result.group = 2;
  } else if (raw.data_type != dnnl::memory::data_type::f32) {
    return {};
  }
  if (!last_is(1)) return {};
  result.width = raw.inner_blks[--left];
  if (result.width % 16 != 0 || result.width > kMostPanelWidth) return {};
  // Rows may be blocked once more, which changes nothing where a panel's blocks follow each other.
  const int64_t rows = (last_is(0) ? raw.inner_blks[--left] : 1) * result.group;
  if (left != 0 || result.padded_k % rows != 0 || result.padded_n % result.width != 0) return {};
  const bool rows_follow = raw.strides[0] == rows * result.width || result.padded_k == rows;
  const bool panels_follow =
      raw.strides[1] == result.padded_k * result.width || result.padded_n == result.width;
  if (!rows_follow || !panels_follow) return {};
  return result;
}

}  // namespace weft::kernels
