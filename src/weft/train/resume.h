#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/train/session/session.h"

namespace weft {

/// Where a run goes on, and as what.
struct Resumed {
  int64_t step = 0;                  ///< of the checkpoint
  std::vector<std::string> changes;  ///< since it was written, as "run.steps 7 -> 12"
};

/// Collective. Goes on from the newest good checkpoint under `folder`: compares the run that wrote it with
/// this one, says what differs, and loads it. Nothing where there is none. UserError where something differs
/// that changes what is learnt and checkpoint.changes does not allow it, and as loading has them.
std::optional<Resumed> resume(Session& session, const std::filesystem::path& folder);

}  // namespace weft
