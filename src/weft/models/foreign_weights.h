#pragma once
#include <functional>
#include <string>
#include <vector>

#include "weft/tensor/region.h"

namespace weft {

/// One parameter as another program stores it.
struct ForeignTensor {
  std::string ours;
  std::string theirs;
  Dims shape;               ///< theirs
  bool transposed = false;  ///< theirs is [in, out] where ours is [out, in]
  bool is_zero = false;     ///< ours has none, which means zeros
};

/// The weights of a model in the form of another program, and the text of the file beside them that describes
/// it.
struct ForeignWeights {
  std::vector<ForeignTensor> tensors;
  std::string prefix;  ///< of their names, which files of the bare model lack
  std::string config;  ///< config.json

  /// As files of the bare model have it; a name without the prefix, such as a head's, is the same there.
  std::string bare_name(const std::string& theirs) const {
    return theirs.starts_with(prefix) ? theirs.substr(prefix.size()) : theirs;
  }
};

/// The shape of a parameter that is there. UserError where it is not.
using ShapeOf = std::function<Dims(const std::string& ours)>;

}  // namespace weft
