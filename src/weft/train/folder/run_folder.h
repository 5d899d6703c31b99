#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "weft/comm/communicator.h"
#include "weft/recipe/recipe.h"

namespace weft {

/// The folder of a run that is named: `out` (of --out), else the recipe's run.output; nothing where both are
/// empty.
std::optional<std::filesystem::path> named_run_folder(const Recipe& recipe, const std::string& out);

/// Where a new run goes: the folder that is named, else runs/NAME-DATE. Collective: every rank gets the same.
std::filesystem::path run_folder(const Recipe& recipe, const std::string& out, const Communicator& world);

}  // namespace weft
