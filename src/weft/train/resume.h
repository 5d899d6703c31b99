#pragma once
#include <filesystem>
#include <optional>

#include "weft/train/session/session.h"

namespace weft {

/// Collective. Goes on from the newest good checkpoint under `folder`: compares the run that wrote it with
/// this one, says what differs, and loads it. Its step, or nothing where there is none. UserError where
/// something differs that changes what is learnt and checkpoint.changes does not allow it, and as loading has
/// them.
std::optional<int64_t> resume(Session& session, const std::filesystem::path& folder);

}  // namespace weft
