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

/// Where a new run goes: the folder that is named, else runs/NAME-DATE, which is made, with a number behind
/// it where it is there already. Collective: every rank gets the same. UserError where it cannot be made.
std::filesystem::path run_folder(const Recipe& recipe, const std::string& out, const Communicator& world);

/// Writes the whole recipe into the run's folder, and copies there what the trained network needs beside its
/// weights. What was there stays until the new is whole. What one start alone was told is not kept:
/// checkpoint.resume and checkpoint.changes. UserError.
void keep_recipe(const Recipe& recipe, const std::filesystem::path& run);

/// A run's folder belongs to one run: a new one in it would lose to the old one's newer checkpoints.
/// Collective. UserError where it has checkpoints.
void expect_no_checkpoints(const std::filesystem::path& folder, const Communicator& world);

}  // namespace weft
