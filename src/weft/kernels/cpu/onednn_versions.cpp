#include "weft/kernels/cpu/onednn_versions.h"

namespace weft::kernels {

#if DNNL_VERSION_MAJOR >= 3

std::optional<BlockedLayout> blocked_layout(const dnnl::memory::desc& layout) {
  if (layout.get_format_kind() != dnnl::memory::format_kind::blocked) return {};
  return BlockedLayout{.data_type = layout.get_data_type(),
                       .dims = layout.get_dims(),
                       .padded_dims = layout.get_padded_dims(),
                       .strides = layout.get_strides(),
                       .inner_idxs = layout.get_inner_idxs(),
                       .inner_blks = layout.get_inner_blks(),
                       .offset = layout.get_submemory_offset(),
                       .more = false};
}

dnnl::matmul::primitive_desc describe_matmul(const dnnl::engine& engine, const dnnl::memory::desc& a,
                                             const dnnl::memory::desc& b, const dnnl::memory::desc& out,
                                             const dnnl::primitive_attr& attributes) {
  return {engine, a, b, out, attributes};
}

dnnl::convolution_forward::primitive_desc describe_convolution(
    const dnnl::engine& engine, const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& y, const ConvolutionWindow& window, const dnnl::primitive_attr& attributes) {
  const ConvolutionWindow& w = window;
  return {engine,
          dnnl::prop_kind::forward_training,
          dnnl::algorithm::convolution_direct,
          x,
          weights,
          y,
          w.stride,
          w.dilation,
          w.pad_low,
          w.pad_high,
          attributes};
}

#else

std::optional<BlockedLayout> blocked_layout(const dnnl::memory::desc& layout) {
  const dnnl_memory_desc_t& raw = layout.data;
  if (raw.format_kind != dnnl_blocked) return {};
  const dnnl_blocking_desc_t& blocks = raw.format_desc.blocking;
  const auto first = [](const dnnl_dim_t* values, int count) {
    return std::vector<dnnl::memory::dim>(values, values + count);
  };
  return BlockedLayout{.data_type = layout.data_type(),
                       .dims = first(raw.dims, raw.ndims),
                       .padded_dims = first(raw.padded_dims, raw.ndims),
                       .strides = first(blocks.strides, raw.ndims),
                       .inner_idxs = first(blocks.inner_idxs, blocks.inner_nblks),
                       .inner_blks = first(blocks.inner_blks, blocks.inner_nblks),
                       .offset = raw.offset0,
                       .more = raw.extra.flags != 0};
}

dnnl::matmul::primitive_desc describe_matmul(const dnnl::engine& engine, const dnnl::memory::desc& a,
                                             const dnnl::memory::desc& b, const dnnl::memory::desc& out,
                                             const dnnl::primitive_attr& attributes) {
  return {dnnl::matmul::desc(a, b, out), attributes, engine};
}

dnnl::convolution_forward::primitive_desc describe_convolution(
    const dnnl::engine& engine, const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& y, const ConvolutionWindow& window, const dnnl::primitive_attr& attributes) {
  const ConvolutionWindow& w = window;
  return {{dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct, x, weights, y, w.stride,
           w.dilation, w.pad_low, w.pad_high},
          attributes,
          engine};
}

#endif

}  // namespace weft::kernels
