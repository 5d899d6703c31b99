#pragma once
// src/weft/kernels/cpu/batch_norm_lines.h of commit 81cde10.
// What the vector forms of batch norm read for a block of channels. Internal.
#include "weft/kernels/cpu/column_blocks.h"

namespace weft::retired {

/// dx (or y) = dy * of_dy + x * of_x + constant; entry j belongs to the j-th channel of the block.
struct ChannelLines {
  alignas(64) float of_dy[kernels::kColumnsAtOnce];
  alignas(64) float of_x[kernels::kColumnsAtOnce];
  alignas(64) float constant[kernels::kColumnsAtOnce];
};

}  // namespace weft::retired
