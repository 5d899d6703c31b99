#pragma once
// The states of a run from checkpoints; params/checkpoint_writer.h writes them.
#include "weft/params/checkpoint_files.h"
#include "weft/run/state_store.h"

namespace weft {

/// Fills every state that is not derived from the checkpoint, whatever mesh wrote it; derived ones then wait
/// for Executor::refresh(). UserError naming the first state that is missing or of another shape.
void load_checkpoint(const StateStore& store, const CheckpointReader& reader);

}  // namespace weft
