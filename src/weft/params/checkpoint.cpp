#include "weft/params/checkpoint.h"

#include "weft/base/check.h"
#include "weft/params/parameters.h"

namespace weft {

namespace {

/// A model with fewer layers would load, and be another. Checkpoints of before held sums of gradients, which
/// are zero.
void check_none_is_left(const StateStore& store, const CheckpointReader& reader) {
  for (const auto& [name, type] : reader.tensors()) {
    if (store.contains(name) || name.starts_with(kGradientSum.name + ".")) continue;
    user_error("{}: the checkpoint has the tensor {}, which this recipe's model has not",
               reader.folder().string(), name);
  }
}

}  // namespace

void load_checkpoint(const StateStore& store, const CheckpointReader& reader) {
  check_none_is_left(store, reader);
  for (const auto& [name, state] : store.states()) {
    if (state.kind == kGradientSum) continue;
    const auto found = reader.tensors().find(name);
    if (found == reader.tensors().end()) {
      user_error("{}: the checkpoint has no tensor {}, which this recipe's model needs",
                 reader.folder().string(), name);
    }
    if (found->second != state.where.global_type) {
      user_error("{}: tensor {} is {}, and this recipe's model needs {}", reader.folder().string(), name,
                 to_string(found->second), to_string(state.where.global_type));
    }
    const std::string& tensor = name;
    const Region& region = state.where.region;
    store.write(name, [&](const View& view) { reader.read_region(tensor, region, view); });
  }
}

}  // namespace weft
