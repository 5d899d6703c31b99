#pragma once
#include <optional>
#include <string>

namespace weft {

/// A rule that a recipe breaks.
struct RecipeComplaint {
  std::string key;      ///< that is blamed: the message is prefixed with where it stands
  std::string message;  ///< one sentence
};

/// The answer of a rule: nothing where it holds.
using Complaint = std::optional<RecipeComplaint>;

}  // namespace weft
