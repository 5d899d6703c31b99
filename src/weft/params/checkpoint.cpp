#include "weft/params/checkpoint.h"

#include "weft/base/check.h"
#include "weft/params/parameters.h"
#include "weft/tensor/finite.h"

namespace weft {

namespace {

bool is_of_model(const StateKind& kind) { return kind == kParameter || kind == kBuffer; }

/// A model with fewer layers would load, and be another. Checkpoints of before held sums of gradients, which
/// are zero.
std::vector<std::string> tensors_without_state(const StateStore& store, const CheckpointReader& reader,
                                               const LoadRules& rules) {
  std::vector<std::string> left;
  for (const auto& [name, type] : reader.tensors()) {
    if (store.contains(name) || name.starts_with(kGradientSum.name + ".")) continue;
    if (rules.optimizer_may_differ && rules.is_of_optimizer && rules.is_of_optimizer(name)) {
      left.push_back(name);
      continue;
    }
    user_error("{}: the checkpoint has the tensor {}, which this recipe's model has not",
               reader.folder().string(), name);
  }
  return left;
}

void read_state(const StateStore& store, const CheckpointReader& reader, const std::string& name) {
  const Region& region = store.at(name).where.region;
  bool finite = true;
  store.write(name, [&](const View& view) {
    reader.read_region(name, region, view);
    finite = all_finite(view);
  });
  if (finite) return;
  user_error(
      "{}: tensor {} has numbers that are not finite; with --checkpoint an earlier one can be named, which "
      "may be good",
      reader.folder().string(), name);
}

/// Whether the checkpoint has no such state, and need not. UserError where it must, or has another shape.
bool lacks(const CheckpointReader& reader, const StoredState& state, const std::string& name,
           const LoadRules& rules) {
  const auto found = reader.tensors().find(name);
  if (found == reader.tensors().end()) {
    if (rules.optimizer_may_differ && !is_of_model(state.kind)) return true;
    user_error("{}: the checkpoint has no tensor {}, which this recipe's model needs",
               reader.folder().string(), name);
  }
  if (found->second != state.where.global_type) {
    user_error("{}: tensor {} is {}, and this recipe's model needs {}", reader.folder().string(), name,
               to_string(found->second), to_string(state.where.global_type));
  }
  return false;
}

}  // namespace

LoadGaps match_checkpoint(const StateStore& store, const CheckpointReader& reader, const LoadRules& rules) {
  LoadGaps gaps;
  gaps.not_read = tensors_without_state(store, reader, rules);
  // What people know by name is looked at first.
  for (const bool of_model : {true, false}) {
    for (const auto& [name, state] : store.states()) {
      if (state.kind == kGradientSum || is_of_model(state.kind) != of_model) continue;
      if (lacks(reader, state, name, rules)) gaps.not_filled.insert(name);
    }
  }
  return gaps;
}

LoadGaps load_checkpoint(const StateStore& store, const CheckpointReader& reader, const LoadRules& rules) {
  LoadGaps gaps = match_checkpoint(store, reader, rules);
  for (const auto& [name, state] : store.states()) {
    if (state.kind != kGradientSum && !gaps.not_filled.contains(name)) read_state(store, reader, name);
  }
  return gaps;
}

}  // namespace weft
