#pragma once
// The states of a run from checkpoints; params/checkpoint_writer.h writes them.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "weft/params/checkpoint_files.h"
#include "weft/run/state_store.h"

namespace weft {

/// What a checkpoint may lack, or have beside what the store needs.
struct LoadRules {
  /// Whether states that are neither parameters nor buffers, as an optimizer has them, may be left as they
  /// are where the checkpoint has none, and be left out where the store has none.
  bool optimizer_may_differ = false;
  /// Whether a tensor of the checkpoint is such a state. Empty: not known, and none is.
  std::function<bool(const std::string& name)> is_of_optimizer;
};

/// What load_checkpoint() did not fill, and what it did not read.
struct LoadGaps {
  std::set<std::string> not_filled;
  std::vector<std::string> not_read;
};

/// What load_checkpoint() would leave; its errors but for that of numbers, with the model's own tensors
/// first. Reads no tensor.
LoadGaps match_checkpoint(const StateStore& store, const CheckpointReader& reader,
                          const LoadRules& rules = {});

/// Fills every state that the store keeps from the checkpoint, whatever mesh wrote it; derived ones then wait
/// for Executor::refresh(). UserError naming the first state that is missing, of another shape or has numbers
/// that are not finite, or the first tensor that the store has no state for; but for what `rules` allow.
LoadGaps load_checkpoint(const StateStore& store, const CheckpointReader& reader,
                         const LoadRules& rules = {});

}  // namespace weft
