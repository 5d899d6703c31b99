#pragma once
// A command that launch starts ranks of: what it runs, how many ranks, and what it becomes when it is started
// again.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/recipe/recipe.h"

namespace weft {

struct LaunchedJob {
  std::vector<std::string> words;  ///< of the command line, from the command's name on
  std::filesystem::path folder;    ///< of the run, of train and resume
  /// When the recipe was written that lies there before; each start of a run writes it anew.
  std::optional<std::filesystem::file_time_type> recipe_before;
  bool is_new_folder = false;  ///< launch has made it: the command is told
  std::string trace;
  bool allows_changes = false;  ///< checkpoint.changes, which a run's folder does not keep
  bool has_mesh = false;        ///< the command reads a recipe
  ParallelSection parallel;     ///< as that says it
  int ranks = 1;
};

/// Ranks of the mesh that a recipe says.
int ranks_of(const ParallelSection& parallel);

/// When the recipe in the run's folder was written; nothing where there is none.
std::optional<std::filesystem::file_time_type> recipe_time(const std::filesystem::path& folder);

/// The words of weft's command line for `ranks` ranks; `again`: after an attempt that failed.
std::vector<std::string> words_of(const LaunchedJob& job, int ranks, bool again);

}  // namespace weft
