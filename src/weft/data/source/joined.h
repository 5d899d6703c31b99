#pragma once
#include <memory>
#include <string>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

/// Several data sets as one: the samples of the first, then those of the second, and so on. Classes are told
/// apart by their names; those of the first keep their numbers. UserError naming `key`, the recipe's key that
/// names the others, where their fields differ. shared: each may be used on its own as well.
std::unique_ptr<Source> joined(std::vector<std::shared_ptr<const Source>> sources, const std::string& key);

/// The same, with these remarks instead of the sources' own.
std::unique_ptr<Source> joined(std::vector<std::shared_ptr<const Source>> sources, const std::string& key,
                               std::vector<std::string> remarks);

/// Whether samples of fields like these can be used alike.
bool can_be_joined(const Field& a, const Field& b);

}  // namespace weft
