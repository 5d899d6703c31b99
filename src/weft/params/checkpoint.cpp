#include "weft/params/checkpoint.h"

#include "weft/base/check.h"
#include "weft/params/parameters.h"

namespace weft {

namespace {

constexpr char kFailed = '!';  // marks a rank's text as an error message

/// Collective: throws on all ranks the first message that any rank has.
std::vector<std::string> agreed(const Communicator& world, const std::string& text) {
  std::vector<std::string> texts = world.all_gather_text(text);
  for (const std::string& one : texts) {
    if (!one.empty() && one.front() == kFailed) throw UserError(one.substr(1));
  }
  return texts;
}

template <class Body>
std::string text_or_failure(Body&& body) {
  try {
    return body();
  } catch (const UserError& error) {
    return kFailed + std::string(error.what());
  }
}

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

std::filesystem::path save_checkpoint(const StateStore& store, const Communicator& world,
                                      const std::filesystem::path& parent, int64_t step, int64_t keep,
                                      const std::string& extra_json) {
  const std::string summary = text_or_failure([&] {
    std::vector<TensorShard> shards;
    std::vector<HostState> read;
    for (const auto& [name, state] : store.states()) {
      if (!state.where.owner || state.kind == kGradientSum) continue;
      read.push_back(store.read(name));
      shards.push_back(
          {name, state.type.dtype, state.where.global_type.shape, state.where.region, read.back().view});
    }
    return write_shard(temporary_checkpoint(parent, step), world.rank(), world.size(), shards).to_text();
  });
  const std::vector<std::string> texts = agreed(world, summary);
  const std::string committed = text_or_failure([&]() -> std::string {
    if (world.rank() != 0) return {};
    std::vector<ShardSummary> summaries;
    for (const std::string& text : texts) summaries.push_back(ShardSummary::from_text(text));
    commit_checkpoint(parent, step, summaries, extra_json);
    if (keep > 0) prune_checkpoints(parent, keep);
    return {};
  });
  agreed(world, committed);
  return checkpoint_folder(parent, step);
}

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
