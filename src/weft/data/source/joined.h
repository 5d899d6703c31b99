#pragma once
#include <memory>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

/// Several data sets as one: the samples of the first, then those of the second, and so on. Classes are told
/// apart by their names; those of the first keep their numbers. UserError naming `key`, the recipe's key that
/// names the others, where their fields differ. shared: each may be used on its own as well.
std::shared_ptr<const Source> joined(std::vector<std::shared_ptr<const Source>> sources,
                                     const std::string& key);

}  // namespace weft
