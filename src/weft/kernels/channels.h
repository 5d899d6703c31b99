#pragma once
// What batch normalisation (Ioffe & Szegedy, 2015) is made of, over channels-last x [rows..., C]: bodies for
// the expressions that ops/norm/batch_norm.h makes. x, y, dy and dx are T, f32 or bf16; the others are [C],
// f32.
#include "weft/tensor/view.h"

namespace weft::kernels {

/// For each channel the sum of x, and that of x * x.
void channel_power_sums(const View& x, const View& sums, const View& squares);

/// For each channel the sum of dy, and that of dy * (x - mean).
void channel_gradient_sums(const View& dy, const View& x, const View& mean, const View& sums,
                           const View& products);

/// y = (x - mean) * slope + shift. y may alias x.
void scale_channels(const View& x, const View& mean, const View& slope, const View& shift, const View& y);

/// By channel, what the gradient of x is made of: that of y times `slope`, and the gradients of the sums.
struct ChannelGradient {
  const View& slope;
  const View& of_sums;
  const View& of_squares;
};
/// dx = dy * slope + of_sums + 2 * x * of_squares. dx may alias dy or x.
void channel_gradient(const View& dy, const View& x, const ChannelGradient& by, const View& dx);

}  // namespace weft::kernels
