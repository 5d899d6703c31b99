#pragma once
// The checkpoints of a run by the names that people give them.
#include <filesystem>
#include <string>

namespace weft {

/// The folder of the checkpoint that `name` means among those of `checkpoints`: "best", "step-0000000100" or
/// a step's number. UserError where there is none, which names those that there are; `keep` is
/// checkpoint.keep of the run.
std::filesystem::path named_checkpoint(const std::filesystem::path& checkpoints, const std::string& name,
                                       int64_t keep);

/// "step-0000000200 (best), step-0000000100", newest first; empty where there is none.
std::string checkpoint_list(const std::filesystem::path& checkpoints);

}  // namespace weft
