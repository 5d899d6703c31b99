#include "weft/kernels/convolution.h"
#include "weft/base/alignment.h"

#include <algorithm>
#include <cstring>

#include "weft/base/check.h"
#include "weft/kernels/cpu/matmul_onednn.h"
#include "weft/kernels/cpu/onednn_versions.h"

namespace weft::kernels {

namespace {

using Tag = dnnl::memory::format_tag;

Tag channels_last(size_t spatial) { return spatial == 1 ? Tag::nwc : spatial == 2 ? Tag::nhwc : Tag::ndhwc; }
Tag plain_weights(size_t spatial) { return spatial == 1 ? Tag::oiw : spatial == 2 ? Tag::oihw : Tag::oidhw; }

Dims join(std::initializer_list<int64_t> front, const Dims& back) {
  Dims dims(front);
  dims.insert(dims.end(), back.begin(), back.end());
  return dims;
}

/// Padding after the last element, as oneDNN wants it; rows past the last window make it negative.
Dims high_padding(const ConvolutionShape& shape) {
  Dims high;
  for (size_t d = 0; d < shape.kernel.size(); ++d) {
    const int64_t reach =
        (shape.output[d] - 1) * shape.stride[d] + (shape.kernel[d] - 1) * shape.dilation[d] + 1;
    high.push_back(std::max<int64_t>(0, reach - shape.input[d] - shape.pad_low[d]));
  }
  return high;
}

/// Whether oneDNN takes it: padding below the kernel's reach, as many windows as its own rule gives.
bool fits_onednn(const ConvolutionShape& shape) {
  if (shape.dtype == DType::f64) return false;
  const Dims high = high_padding(shape);
  for (size_t d = 0; d < shape.kernel.size(); ++d) {
    const int64_t reach = (shape.kernel[d] - 1) * shape.dilation[d] + 1;
    if (shape.pad_low[d] < 0 || shape.pad_low[d] >= reach || high[d] >= reach) return false;
    const int64_t room = shape.input[d] + shape.pad_low[d] + high[d] - reach;
    if (room < 0 || room / shape.stride[d] + 1 != shape.output[d]) return false;
  }
  return true;
}

}  // namespace

Dims ConvolutionShape::x_shape() const {
  Dims dims = join({batch}, input);
  dims.push_back(in_channels);
  return dims;
}
Dims ConvolutionShape::y_shape() const {
  Dims dims = join({batch}, output);
  dims.push_back(out_channels);
  return dims;
}
Dims ConvolutionShape::w_shape() const { return join({out_channels, in_channels}, kernel); }

struct Convolution::Body {
  ConvolutionShape shape;
  ConvolutionPass pass;
  bool empty = false;
  bool onednn = false;
  std::string name = "naive";
  OneDnn dnn;
  OneDnnCall call;
  OneDnnReorder reorder;  ///< of the weights: in before, or out after
  bool reorders = false;
  int64_t packed_bytes = 0;
  int64_t call_scratch = 0;

  Body(const ConvolutionShape& wanted, ConvolutionPass which) : shape(wanted), pass(which) {
    empty = elems_of(shape.x_shape()) == 0 || elems_of(shape.y_shape()) == 0;
    onednn = !empty && fits_onednn(shape);
    if (onednn) prepare();
  }

  void prepare() {
    const size_t spatial = shape.kernel.size();
    const auto act = onednn_dtype(shape.dtype);
    const Tag last = channels_last(spatial);
    const dnnl::memory::desc x(join({shape.batch, shape.in_channels}, shape.input), act, last);
    const dnnl::memory::desc y(join({shape.batch, shape.out_channels}, shape.output), act, last);
    const dnnl::memory::desc plain(shape.w_shape(), dnnl::memory::data_type::f32, plain_weights(spatial));
    const bool weights_pass = pass == ConvolutionPass::backward_weights;
    const dnnl::memory::desc any(shape.w_shape(), weights_pass ? dnnl::memory::data_type::f32 : act,
                                 Tag::any);
    // The forward hint has weights of the activations' dtype: there is no bf16 convolution with f32 weights.
    const dnnl::memory::desc hint(shape.w_shape(), act, Tag::any);
    Dims dilation = shape.dilation;
    for (int64_t& d : dilation) d -= 1;
    const ConvolutionWindow window{shape.stride, dilation, shape.pad_low, high_padding(shape)};
    const auto forward = describe_convolution(dnn.engine, x, hint, y, window, user_scratch());
    switch (pass) {
      case ConvolutionPass::forward:
        return prepare_data(
            forward, dnnl::convolution_forward(forward), plain, forward.weights_desc(),
            {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, forward.weights_desc()}, {DNNL_ARG_DST, y}});
      case ConvolutionPass::backward_data: {
        const auto data = describe_gradient<dnnl::convolution_backward_data>(dnn.engine, x, any, y, window,
                                                                             user_scratch(), forward);
        return prepare_data(
            data, dnnl::convolution_backward_data(data), plain, data.weights_desc(),
            {{DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_WEIGHTS, data.weights_desc()}, {DNNL_ARG_DIFF_SRC, x}});
      }
      case ConvolutionPass::backward_weights: {
        const auto weights = describe_gradient<dnnl::convolution_backward_weights>(
            dnn.engine, x, any, y, window, user_scratch(), forward);
        return prepare_data(weights, dnnl::convolution_backward_weights(weights), weights.diff_weights_desc(),
                            plain,
                            {{DNNL_ARG_SRC, x},
                             {DNNL_ARG_DIFF_DST, y},
                             {DNNL_ARG_DIFF_WEIGHTS, weights.diff_weights_desc()}});
      }
    }
  }

  /// `from` and `to`: layouts of the weights on the two sides of the reorder.
  template <class Desc>
  void prepare_data(const Desc& desc, const dnnl::primitive& primitive, const dnnl::memory::desc& from,
                    const dnnl::memory::desc& to, std::vector<std::pair<int, dnnl::memory::desc>> operands) {
    operands.emplace_back(DNNL_ARG_SCRATCHPAD, desc.scratchpad_desc());
    name = desc.impl_info_str();
    call = OneDnnCall(dnn, primitive, operands);
    call_scratch = static_cast<int64_t>(desc.scratchpad_desc().get_size());
    reorders = from != to;
    if (!reorders) return;
    reorder = OneDnnReorder(dnn, from, to);
    const bool out = pass == ConvolutionPass::backward_weights;
    packed_bytes = aligned(static_cast<int64_t>((out ? from : to).get_size()));
    call_scratch = std::max(call_scratch, reorder.scratch_bytes());
  }
};

Convolution::Convolution(const ConvolutionShape& shape, ConvolutionPass pass) {
  const size_t spatial = shape.kernel.size();
  WEFT_CHECK(spatial >= 1 && spatial <= 3 && shape.input.size() == spatial &&
                 shape.output.size() == spatial && shape.stride.size() == spatial &&
                 shape.dilation.size() == spatial && shape.pad_low.size() == spatial,
             "a convolution of {} spatial dimensions with options of other ranks", spatial);
  for (size_t d = 0; d < spatial; ++d) {
    WEFT_CHECK(shape.kernel[d] > 0 && shape.stride[d] > 0 && shape.dilation[d] > 0,
               "a convolution with kernel {}, stride {}, dilation {}", shape.kernel[d], shape.stride[d],
               shape.dilation[d]);
  }
  WEFT_CHECK(is_floating(shape.dtype), "a convolution of {}", name_of(shape.dtype));
  body_ = std::make_unique<Body>(shape, pass);
}

Convolution::~Convolution() = default;
Convolution::Convolution(Convolution&& other) noexcept = default;
Convolution& Convolution::operator=(Convolution&& other) noexcept = default;

int64_t Convolution::scratch_bytes() const { return body_->packed_bytes + body_->call_scratch; }
int64_t Convolution::extra_bytes() const { return 2 * body_->packed_bytes; }
const char* Convolution::implementation() const { return body_->name.c_str(); }

void Convolution::forward(const void* x, const void* w, void* y, std::byte* scratch) const {
  Body& body = *body_;
  if (!body.onednn) return naive_convolution_forward(body.shape, x, w, y);
  std::byte* rest = scratch + body.packed_bytes;
  if (body.reorders) body.reorder.run(body.dnn, w, scratch, rest);
  body.call.run(body.dnn, {x, body.reorders ? scratch : w, y, rest});
}

void Convolution::backward_data(const void* dy, const void* w, void* dx, std::byte* scratch) const {
  Body& body = *body_;
  if (!body.onednn) return naive_convolution_backward_data(body.shape, dy, w, dx);
  std::byte* rest = scratch + body.packed_bytes;
  if (body.reorders) body.reorder.run(body.dnn, w, scratch, rest);
  body.call.run(body.dnn, {dy, body.reorders ? scratch : w, dx, rest});
}

void Convolution::backward_weights(const void* x, const void* dy, void* dw, std::byte* scratch) const {
  Body& body = *body_;
  if (!body.onednn) return naive_convolution_backward_weights(body.shape, x, dy, dw);
  std::byte* rest = scratch + body.packed_bytes;
  body.call.run(body.dnn, {x, dy, body.reorders ? scratch : dw, rest});
  if (body.reorders) body.reorder.run(body.dnn, scratch, dw, rest);
}

}  // namespace weft::kernels
