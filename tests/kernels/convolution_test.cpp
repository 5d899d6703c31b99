#include "weft/kernels/convolution.h"

#include <cstring>

#include "tests/kernels/tensor.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::Tensor;

/// Every pass beside its definition, in scratch that is full of what others left there.
void expect_definitions(const ConvolutionShape& shape) {
  const Tensor x = Tensor::random(shape.dtype, shape.x_shape(), 1);
  const Tensor w = Tensor::random(DType::f32, shape.w_shape(), 2);
  const Tensor dy = Tensor::random(shape.dtype, shape.y_shape(), 3);
  Tensor y(shape.dtype, shape.y_shape()), dx(shape.dtype, shape.x_shape()), dw(DType::f32, shape.w_shape());
  Tensor want_y = y, want_dx = dx, want_dw = dw;
  const Convolution forward(shape, ConvolutionPass::forward);
  const Convolution data(shape, ConvolutionPass::backward_data);
  const Convolution weights(shape, ConvolutionPass::backward_weights);
  const int64_t bytes = std::max({forward.scratch_bytes(), data.scratch_bytes(), weights.scratch_bytes()});
  std::vector<std::byte> memory(static_cast<size_t>(bytes + 64));
  std::byte* scratch = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
  const auto spoilt = [&] {
    std::memset(memory.data(), 0x7f, memory.size());
    return scratch;
  };
  forward.forward(View(x).data, View(w).data, View(y).data, spoilt());
  data.backward_data(View(dy).data, View(w).data, View(dx).data, spoilt());
  weights.backward_weights(View(x).data, View(dy).data, View(dw).data, spoilt());
  naive_convolution_forward(shape, View(x).data, View(w).data, View(want_y).data);
  naive_convolution_backward_data(shape, View(dy).data, View(w).data, View(want_dx).data);
  naive_convolution_backward_weights(shape, View(x).data, View(dy).data, View(want_dw).data);
  expect_close(y, want_y);
  expect_close(dx, want_dx);
  expect_close(dw, want_dw);
}

/// A window of one element that steps, as between the stages of a ResNet. oneDNN 2.6.3 gives wrong gradients
/// of the weights here where it has AVX2 and no AVX-512, now and then.
TEST(Convolution, WindowsOfOneElementMayStep) {
  for (int round = 0; round < 20; ++round) {
    for (const int64_t channels : {4, 8, 16}) {
      expect_definitions({.batch = 6,
                          .in_channels = channels,
                          .out_channels = 2 * channels,
                          .input = {8, 8},
                          .output = {4, 4},
                          .kernel = {1, 1},
                          .stride = {2, 2},
                          .dilation = {1, 1},
                          .pad_low = {0, 0}});
    }
  }
}

TEST(Convolution, GivesTheDefinitions) {
  expect_definitions({.batch = 2,
                      .in_channels = 3,
                      .out_channels = 8,
                      .input = {9, 7},
                      .output = {5, 7},
                      .kernel = {3, 3},
                      .stride = {2, 1},
                      .dilation = {1, 1},
                      .pad_low = {1, 1}});
}

}  // namespace
}  // namespace weft::kernels
