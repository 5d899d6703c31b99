#pragma once
// All ranks of a job must run one program on one recipe and one set of data, or they train something that
// nobody has asked for, or wait for each other for ever.
#include <string>

#include "weft/comm/communicator.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// Collective. UserError naming the first rank whose version, recipe or folder (`out`, as --out says it) is
/// not rank 0's, and how it differs.
void expect_same_recipe(const Recipe& recipe, const std::string& out, const Communicator& world);

/// Collective. UserError naming the first rank that sees other data than rank 0.
void expect_same_data(const std::string& fingerprint, const std::string& path, const Communicator& world);

/// Collective. UserError naming the first rank whose `description` of the machine, of the file `path`, is
/// another than rank 0's.
void expect_same_machine(const std::string& description, const std::string& path, const Communicator& world);

}  // namespace weft
