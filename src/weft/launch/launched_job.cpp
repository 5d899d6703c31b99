#include "weft/launch/launched_job.h"

#include <fmt/format.h>

#include "weft/params/checkpoint_files.h"
#include "weft/report/run_files.h"
#include "weft/train/session/launch.h"

namespace weft {

int ranks_of(const ParallelSection& parallel) { return mesh_of(parallel).ranks(); }

std::optional<std::filesystem::file_time_type> recipe_time(const std::filesystem::path& folder) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(recipe_of(folder), error);
  return error ? std::nullopt : std::optional(time);
}

std::vector<std::string> words_of(const LaunchedJob& job, int ranks, bool again) {
  std::vector<std::string> words = job.words;
  if (job.is_new_folder) words.insert(words.end(), {"--out", job.folder.string()});
  if (again && job.words[0] == "train") {
    const bool has_begun =
        recipe_time(job.folder) != job.recipe_before && !list_checkpoints(checkpoints_of(job.folder)).empty();
    if (has_begun) {
      // The recipe's file may have been edited since; the folder's is the one that the run began with.
      words = {"resume", job.folder.string()};
      if (job.allows_changes) words.insert(words.end(), {"--set", "checkpoint.changes=allow"});
      if (!job.trace.empty()) words.insert(words.end(), {"--trace", job.trace});
    } else {
      words.insert(words.end(), {"--set", "checkpoint.resume=true"});
    }
  }
  if (job.has_mesh && (again || ranks != ranks_of(job.parallel)))
    words.insert(words.end(),
                 {"--set", fmt::format("parallel.data={}", data_parts(job.parallel, ranks, "launch -n"))});
  return words;
}

}  // namespace weft
