#pragma once
#include <optional>
#include <string>
#include <vector>

#include "weft/params/checkpoint_files.h"
#include "weft/run/arena.h"
#include "weft/run/state_store.h"

namespace weft {

/// What this rank's part of a checkpoint holds: every state that the store keeps, of copies only one. Either
/// a copy of these, or where they lie.
class CheckpointSnapshot {
 public:
  /// Of this rank's part of a checkpoint.
  static int64_t bytes_of(const StateStore& store);

  /// `copies`: takes memory, all of it at once; UserError where that is short. States on a device are copied
  /// in any case. `store` outlives this.
  CheckpointSnapshot(const StateStore& store, bool copies);
  /// The states as they are now; copies them on all threads.
  void take();
  const std::vector<TensorShard>& shards() const { return shards_; }

 private:
  const StateStore& store_;
  std::optional<Arena> memory_;  ///< none: the states themselves
  std::vector<TensorShard> shards_;
};

/// What a copy will take of a store that this program alone has filled.
int64_t snapshot_bytes(const Program& program);

/// The states that a checkpoint holds, where they lie.
std::vector<std::string> states_of_checkpoint(const StateStore& store);

}  // namespace weft
