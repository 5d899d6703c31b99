#pragma once
// The states of a run to and from checkpoints.
#include <filesystem>
#include <string>

#include "weft/comm/communicator.h"
#include "weft/params/checkpoint_files.h"
#include "weft/run/state_store.h"

namespace weft {

/// Collective: all ranks of `world`. Writes every state that is not derived; of copies only one. A failure on
/// any rank (a full disk) is the same UserError on all, and earlier checkpoints stay. Keeps the newest `keep`
/// (0: all).
std::filesystem::path save_checkpoint(const StateStore& store, const Communicator& world,
                                      const std::filesystem::path& parent, int64_t step, int64_t keep,
                                      const std::string& extra_json);

/// Fills every state that is not derived from the checkpoint, whatever mesh wrote it; derived ones then wait
/// for Executor::refresh(). UserError naming the first state that is missing or of another shape.
void load_checkpoint(const StateStore& store, const CheckpointReader& reader);

}  // namespace weft
