#include "weft/params/checkpoint_snapshot.h"

#include <cstring>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/base/copy_bytes.h"
#include "weft/base/threads.h"
#include "weft/params/parameters.h"

namespace weft {

namespace {

constexpr int64_t kGrain = int64_t{1} << 20;  // bytes that are worth a thread

/// Of a state that a store keeps.
bool is_in_checkpoint(const LocalValue& where, const StateKind& kind) {
  return where.owner && kind != kGradientSum;
}

}  // namespace

std::vector<std::string> states_of_checkpoint(const StateStore& store) {
  std::vector<std::string> names;
  for (const auto& [name, state] : store.states()) {
    if (is_in_checkpoint(state.where, state.kind)) names.push_back(name);
  }
  return names;
}

int64_t CheckpointSnapshot::bytes_of(const StateStore& store) {
  int64_t bytes = 0;
  for (const std::string& name : states_of_checkpoint(store)) bytes += aligned(store.at(name).type.bytes());
  return bytes;
}

int64_t snapshot_bytes(const Program& program) {
  int64_t bytes = 0;
  for (const std::string& name : program.states) {
    const NamedSlot& named = program.named.at(name);
    if (is_kept(named.state_kind) && is_in_checkpoint(named.where, named.state_kind)) {
      bytes += aligned(named.slot.type.bytes());
    }
  }
  return bytes;
}

CheckpointSnapshot::CheckpointSnapshot(const StateStore& store, bool copies) : store_(store) {
  const std::vector<std::string> names = states_of_checkpoint(store);
  if (copies || (!names.empty() && store.is_on_device())) memory_.emplace(bytes_of(store));
  std::byte* next = memory_ ? memory_->data() : nullptr;
  for (const std::string& name : names) {
    const StoredState& state = store.at(name);
    const View view = memory_ ? View{next, state.type} : store.view(name);
    shards_.push_back({name, state.type.dtype, state.where.global_type.shape, state.where.region, view});
    if (memory_) next += aligned(state.type.bytes());
  }
  if (!memory_) return;
  // Every page is there before the first copy, which a step waits for.
  parallel_for(memory_->bytes(), kGrain, [&](int64_t begin, int64_t end) {
    std::memset(memory_->data() + begin, 0, static_cast<size_t>(end - begin));
  });
}

void CheckpointSnapshot::take() {
  if (!memory_) return;
  for (const TensorShard& shard : shards_) {
    const HostState state = store_.read(shard.name);
    WEFT_CHECK(state.view.type == shard.view.type,
               "the state {} is another one than when the snapshot was made", shard.name);
    copy_bytes(shard.view.data, state.view.data, shard.view.bytes());
  }
}

}  // namespace weft
