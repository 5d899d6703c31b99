#pragma once
// What the vector form of dropout reads. Internal.
#include "weft/base/philox.h"
#include "weft/kernels/dropout.h"

namespace weft::kernels {

/// RandomStream::block(index) is philox(key, {low half of index, high half, counter[0], counter[1]}).
struct DropoutStream {
  PhiloxKey key;
  uint32_t counter[2];
  int32_t threshold;  ///< 16-bit words from here on keep their element
  float factor;       ///< of what is kept

  explicit DropoutStream(const RandomStream& stream, DropoutRule rule = {})
      : threshold(rule.threshold), factor(rule.factor) {
    // RandomStream mixes these for every block; here it is done once.
    const PhiloxBlock mixed =
        philox({static_cast<uint32_t>(stream.seed), static_cast<uint32_t>(stream.seed >> 32)},
               {static_cast<uint32_t>(stream.step), static_cast<uint32_t>(stream.step >> 32),
                static_cast<uint32_t>(stream.stream), static_cast<uint32_t>(stream.stream >> 32)});
    key = {mixed[0], mixed[1]};
    counter[0] = mixed[2];
    counter[1] = mixed[3];
  }
};

}  // namespace weft::kernels
