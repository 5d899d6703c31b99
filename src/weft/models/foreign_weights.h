#pragma once
#include <functional>
#include <string>
#include <utility>
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

/// One field of the other program's configuration that decides what its weights compute. Values are JSON.
struct ForeignField {
  std::string name;
  std::vector<std::string> same;  ///< what it may say of our model; the first is what is written
  std::string absent;             ///< what it means where it is left out; "": it never is
  std::string key = {};           ///< of the recipe, that would make ours say the same; "": none does
};

/// The weights of a model in the form of another program, and what the file beside them says of them.
struct ForeignWeights {
  std::vector<ForeignTensor> tensors;
  std::string prefix;  ///< of their names, which files of the bare model lack
  std::vector<ForeignField> fields;
  std::vector<std::pair<std::string, std::string>> also_written;  ///< further fields of a file that we write
  std::vector<std::string>
      irrelevant_fields;  ///< that change nothing that is computed from the weights; "a_*" too
  std::vector<std::pair<std::string, std::string>>
      copies;                                   ///< a name, and the tensor that may stand there again
  std::vector<std::string> irrelevant_tensors;  ///< ends of names: what follows from the others

  /// As files of the bare model have it; a name without the prefix, such as a head's, is the same there.
  std::string bare_name(const std::string& theirs) const {
    return theirs.starts_with(prefix) ? theirs.substr(prefix.size()) : theirs;
  }
};

/// The shape of a parameter that is there. UserError where it is not.
using ShapeOf = std::function<Dims(const std::string& ours)>;

}  // namespace weft
