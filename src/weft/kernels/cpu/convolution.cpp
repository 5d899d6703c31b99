#include "weft/kernels/convolution.h"

#include <algorithm>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/base/threads.h"
#include "weft/kernels/cpu/matmul_onednn.h"
#include "weft/kernels/cpu/onednn_versions.h"
#include "weft/kernels/cpu/widened.h"
#include "weft/kernels/matmul.h"

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

/// Whether the gradient of the weights is taken as a product: windows of one element that step, which
/// oneDNN 2.6.3 gets wrong now and then where there is AVX2 and no AVX-512 (weights [8, 4, 1, 1], stride 2).
bool is_product(const ConvolutionShape& shape, ConvolutionPass pass) {
  const auto all = [](const Dims& dims, int64_t value) {
    return std::all_of(dims.begin(), dims.end(), [&](int64_t d) { return d == value; });
  };
  return pass == ConvolutionPass::backward_weights && shape.dtype == DType::f32 && all(shape.kernel, 1) &&
         !all(shape.stride, 1) && all(shape.pad_low, 0) && !onednn_has_bf16();
}

/// Rows of x that windows of one element read, in the order of y's.
void gather_rows(const ConvolutionShape& s, const float* x, float* rows) {
  const int64_t outputs = elems_of(s.output), width = s.in_channels;
  parallel_for(s.batch * outputs, 256, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      int64_t rest = row % outputs, at = 0, step = 1;
      for (size_t d = s.output.size(); d-- > 0; rest /= s.output[d], step *= s.input[d]) {
        at += rest % s.output[d] * s.stride[d] * step;
      }
      std::copy_n(x + (row / outputs * elems_of(s.input) + at) * width, width, rows + row * width);
    }
  });
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
  /// Where bf16 is computed in f32: the activations' places in scratch, widened, and that pass.
  std::unique_ptr<Body> wide;
  int64_t y_at = 0, wide_bytes = 0;
  std::optional<Gemm> product;  ///< see is_product(); of rows in scratch

  Body(const ConvolutionShape& wanted, ConvolutionPass which) : shape(wanted), pass(which) {
    empty = elems_of(shape.x_shape()) == 0 || elems_of(shape.y_shape()) == 0;
    onednn = !empty && fits_onednn(shape);
    if (onednn && shape.dtype == DType::bf16 && !onednn_has_bf16()) {
      widen_to_f32();
    } else if (onednn && is_product(shape, pass)) {
      const int64_t rows = shape.batch * elems_of(shape.output);
      product.emplace(
          GemmShape{.m = shape.out_channels, .n = shape.in_channels, .k = rows, .transpose_a = true});
      packed_bytes = aligned(bytes_of(DType::f32, rows * shape.in_channels));
      call_scratch = product->scratch_bytes();
      name = "a product of rows";
    } else if (onednn) {
      prepare();
    }
  }

  void widen_to_f32() {
    ConvolutionShape in_f32 = shape;
    in_f32.dtype = DType::f32;
    wide = std::make_unique<Body>(in_f32, pass);
    name = wide->name + " in f32";
    y_at = aligned(bytes_of(DType::f32, elems_of(shape.x_shape())));
    wide_bytes = y_at + aligned(bytes_of(DType::f32, elems_of(shape.y_shape())));
  }

  /// The pass on activations in f32: those that it reads are widened, and the one that it writes rounded.
  void run_wide(const void* x, const void* w, const void* y, std::byte* scratch) const;

  void run(const void* x, const void* w, const void* y, std::byte* scratch) const {
    if (wide) return run_wide(x, w, y, scratch);
    std::byte* rest = scratch + packed_bytes;
    if (product) {
      gather_rows(shape, static_cast<const float*>(x), reinterpret_cast<float*>(scratch));
      return product->run(y, scratch, const_cast<void*>(w), rest);
    }
    const bool out = pass == ConvolutionPass::backward_weights;
    if (reorders && !out) reorder.run(dnn, w, scratch, rest);
    const void* weights = reorders ? scratch : w;
    switch (pass) {
      case ConvolutionPass::forward:
        call.run(dnn, {x, weights, y, rest});
        break;
      case ConvolutionPass::backward_data:
        call.run(dnn, {y, weights, x, rest});
        break;
      case ConvolutionPass::backward_weights:
        call.run(dnn, {x, y, weights, rest});
        break;
    }
    if (reorders && out) reorder.run(dnn, scratch, const_cast<void*>(w), rest);
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

int64_t Convolution::scratch_bytes() const {
  if (body_->wide) return body_->wide_bytes + body_->wide->packed_bytes + body_->wide->call_scratch;
  return body_->packed_bytes + body_->call_scratch;
}
int64_t Convolution::extra_bytes() const {
  if (body_->wide) return 2 * (body_->wide_bytes + body_->wide->packed_bytes);
  return 2 * body_->packed_bytes;
}
const char* Convolution::implementation() const { return body_->name.c_str(); }

void Convolution::Body::run_wide(const void* x, const void* w, const void* y, std::byte* scratch) const {
  std::byte* wide_x = scratch;
  std::byte* wide_y = scratch + y_at;
  const int64_t of_x = elems_of(shape.x_shape()), of_y = elems_of(shape.y_shape());
  if (pass != ConvolutionPass::backward_data) widen(x, of_x, wide_x);
  if (pass != ConvolutionPass::forward) widen(y, of_y, wide_y);
  wide->run(wide_x, w, wide_y, scratch + wide_bytes);
  if (pass == ConvolutionPass::backward_data) narrow(wide_x, of_x, const_cast<void*>(x));
  if (pass == ConvolutionPass::forward) narrow(wide_y, of_y, const_cast<void*>(y));
}

void Convolution::forward(const void* x, const void* w, void* y, std::byte* scratch) const {
  if (!body_->onednn) return naive_convolution_forward(body_->shape, x, w, y);
  body_->run(x, w, y, scratch);
}

void Convolution::backward_data(const void* dy, const void* w, void* dx, std::byte* scratch) const {
  if (!body_->onednn) return naive_convolution_backward_data(body_->shape, dy, w, dx);
  body_->run(dx, w, dy, scratch);
}

void Convolution::backward_weights(const void* x, const void* dy, void* dw, std::byte* scratch) const {
  if (!body_->onednn) return naive_convolution_backward_weights(body_->shape, x, dy, dw);
  body_->run(x, dw, dy, scratch);
}

}  // namespace weft::kernels
