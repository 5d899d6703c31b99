#pragma once
// What the vector forms of batch norm read for a block of channels. Internal.
#include "weft/kernels/cpu/column_blocks.h"

namespace weft::kernels {

/// dx (or y) = dy * of_dy + x * of_x + constant; entry j belongs to the j-th channel of the block.
struct ChannelLines {
  alignas(64) float of_dy[kColumnsAtOnce];
  alignas(64) float of_x[kColumnsAtOnce];
  alignas(64) float constant[kColumnsAtOnce];
};

}  // namespace weft::kernels
