#pragma once
// What differs between oneDNN 2 (Debian 12) and 3 (Ubuntu 24.04, Debian 13). Internal.
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <vector>

namespace weft::kernels {

/// A layout of blocks, taken apart: names are oneDNN's.
struct BlockedLayout {
  dnnl::memory::data_type data_type = dnnl::memory::data_type::undef;
  std::vector<dnnl::memory::dim> dims;
  std::vector<dnnl::memory::dim> padded_dims;
  std::vector<dnnl::memory::dim> strides;
  std::vector<dnnl::memory::dim> inner_idxs;
  std::vector<dnnl::memory::dim> inner_blks;
  dnnl::memory::dim offset = 0;
  bool more = false;  ///< it keeps more than the elements (sums for integer products)
};

/// Nothing where the layout is of another kind.
std::optional<BlockedLayout> blocked_layout(const dnnl::memory::desc& layout);

dnnl::matmul::primitive_desc describe_matmul(const dnnl::engine& engine, const dnnl::memory::desc& a,
                                             const dnnl::memory::desc& b, const dnnl::memory::desc& out,
                                             const dnnl::primitive_attr& attributes);

/// What the three passes of a convolution have in common.
struct ConvolutionWindow {
  dnnl::memory::dims stride, dilation, pad_low, pad_high;
};

dnnl::convolution_forward::primitive_desc describe_convolution(
    const dnnl::engine& engine, const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& y, const ConvolutionWindow& window, const dnnl::primitive_attr& attributes);

/// Gradients of it, `Gradient` being convolution_backward_data or convolution_backward_weights.
template <class Gradient>
typename Gradient::primitive_desc describe_gradient(
    const dnnl::engine& engine, const dnnl::memory::desc& x, const dnnl::memory::desc& weights,
    const dnnl::memory::desc& y, const ConvolutionWindow& window, const dnnl::primitive_attr& attributes,
    const dnnl::convolution_forward::primitive_desc& forward) {
  constexpr auto kAlgorithm = dnnl::algorithm::convolution_direct;
  const ConvolutionWindow& w = window;
#if DNNL_VERSION_MAJOR >= 3
  return {engine,     kAlgorithm, x,          weights, y,         w.stride,
          w.dilation, w.pad_low,  w.pad_high, forward, attributes};
#else
  return {
      {kAlgorithm, x, weights, y, w.stride, w.dilation, w.pad_low, w.pad_high}, attributes, engine, forward};
#endif
}

}  // namespace weft::kernels
