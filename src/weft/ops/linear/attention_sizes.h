#pragma once
// What attention's operands say of its sizes.
#include <span>

#include "weft/ops/linear/attention.h"

namespace weft {

struct AttentionSizes {
  int64_t batch = 0, queries = 0, keys = 0, heads = 0, groups = 0, width = 0;
};

/// Of the first operands: q and k, or qkv.
AttentionSizes attention_sizes(const AttentionForm& form, std::span<const TensorType> inputs);

}  // namespace weft
