#pragma once
// What feeds a step: any region of any batch, by number.
#include <cstdint>
#include <span>

#include "weft/tensor/view.h"

namespace weft {

class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// Fills `outputs[i]` with the box `regions[i]` of tensor i of global batch `number` (text: tokens,
  /// targets; images: pixels, labels). A pure function of the number: any rank, in any order, gets the same.
  virtual void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) const = 0;
};

}  // namespace weft
