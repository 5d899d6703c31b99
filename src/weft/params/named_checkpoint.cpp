#include "weft/params/named_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "weft/base/check.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_files.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// The step that "step-0000000100", "step-100" or "100" names.
std::optional<int64_t> named_step(const std::string& name) {
  const std::optional<int64_t> step = step_of(name);
  return step ? step : step_of("step-" + name);
}

/// What became of a step that lies before all those that are kept for being new.
std::string why_gone(int64_t step, const std::vector<CheckpointName>& all, int64_t keep) {
  if (keep < 1 || std::ssize(all) < keep || step >= all[static_cast<size_t>(keep - 1)].step) return {};
  return fmt::format("; checkpoint.keep = {} has older ones removed", keep);
}

}  // namespace

std::string checkpoint_list(const fs::path& checkpoints) {
  const std::optional<BestCheckpoint> best = read_best(checkpoints);
  std::string text;
  for (const CheckpointName& one : list_checkpoints(checkpoints)) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", one.path.filename().string(),
                        best && best->step == one.step ? " (best)" : "");
  }
  return text;
}

fs::path named_checkpoint(const fs::path& checkpoints, const std::string& name, int64_t keep) {
  const std::vector<CheckpointName> all = list_checkpoints(checkpoints);
  if (all.empty()) {
    user_error("--checkpoint {}: the run {} has no checkpoints; train it first, or name another run's folder",
               name, checkpoints.parent_path().string());
  }
  if (name == "best") {
    if (const std::optional<BestCheckpoint> best = read_best(checkpoints))
      return checkpoint_folder(checkpoints, best->step);
    user_error("--checkpoint best: no checkpoint of {} is marked as the best; checkpoint.best has one marked",
               checkpoints.parent_path().string());
  }
  const std::optional<int64_t> step = named_step(name);
  const auto found = std::ranges::find_if(all, [&](const CheckpointName& one) { return one.step == step; });
  if (found != all.end()) return found->path;
  user_error("--checkpoint {}: is none of the checkpoints of {}, which are {}{}", name, checkpoints.string(),
             checkpoint_list(checkpoints), step ? why_gone(*step, all, keep) : std::string());
}

}  // namespace weft
