#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "weft/tensor/dtype.h"
#include "weft/tensor/region.h"

namespace weft {

/// One tensor of a sample, as data bring it.
struct SampleTensor {
  std::string name;               ///< of the graph's input
  int64_t below = 0;              ///< elements are ids, integers in [0, below); 0: they are numbers
  Dims shape;                     ///< without the batch
  std::vector<std::string> axes;  ///< what each dimension is: "sequence", "height", "channel", …

  bool has_ids() const { return below > 0; }
  bool operator==(const SampleTensor&) const = default;
};

/// What data say of a sample, which the recipe leaves open.
struct DataFacts {
  SampleTensor input;   ///< what the network is given
  SampleTensor target;  ///< what it learns

  bool operator==(const DataFacts&) const = default;
};

/// What a kind of data brings, or a network takes, as far as the recipe alone tells.
struct InputForm {
  bool ids = false;  ///< sequences of ids; else numbers with channels along `axes` in space
  int least_axes = 0;
  int most_axes = 0;

  /// Whether data of this form may be what `wanted` says.
  bool suits(const InputForm& wanted) const {
    return ids == wanted.ids && least_axes <= wanted.most_axes && wanted.least_axes <= most_axes;
  }
};

}  // namespace weft
