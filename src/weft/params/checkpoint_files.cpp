#include "weft/params/checkpoint_files.h"

#include <fcntl.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers): renameat2 is not in cstdio

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <set>
#include <system_error>

#include "weft/base/check.h"
#include "weft/params/best_checkpoint.h"
#include "weft/params/checkpoint_index.h"
#include "weft/store/durable_file.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kTemporary = ".tmp";

void remove_quietly(const fs::path& folder) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

/// Runs `work`; where it throws, what it has not finished at `path` goes first, and the folder around it if
/// that is empty then.
template <class Work>
auto removing_on_failure(const fs::path& path, const Work& work) {
  try {
    return work();
  } catch (...) {
    remove_quietly(path);
    std::error_code ignored;
    fs::remove(path.parent_path(), ignored);
    throw;
  }
}

/// An earlier attempt at this step, perhaps by another number of ranks, may have left files.
void remove_strangers(const fs::path& folder, std::span<const ShardSummary> summaries) {
  std::set<std::string> known = {kIndexName};
  for (const ShardSummary& shard : summaries) known.insert(shard.file);
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (!known.contains(entry.path().filename().string())) remove_quietly(entry.path());
  }
}

void rename_into_place(const fs::path& temporary, const fs::path& final) {
  if (::rename(temporary.c_str(), final.c_str()) == 0) return;
  if (errno != ENOTEMPTY && errno != EEXIST) file_error("rename to its final name", temporary, errno);
  // A checkpoint of this step exists (a resumed run came by again): swap the two at once, then drop the old
  // one.
  if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, final.c_str(), RENAME_EXCHANGE) != 0) {
    // This file system cannot swap; a crash between these two lines leaves only the earlier steps.
    remove_quietly(final);
    if (::rename(temporary.c_str(), final.c_str()) != 0) {
      file_error("rename to its final name", temporary, errno);
    }
  }
  remove_quietly(temporary);
}

}  // namespace

std::optional<int64_t> step_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  int64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  const bool whole = error == std::errc() && end == name.data() + name.size();
  return whole && step >= 0 ? std::optional(step) : std::nullopt;
}

fs::path checkpoint_folder(const fs::path& parent, int64_t step) {
  return parent / fmt::format("{}{:010}", kPrefix, step);
}

fs::path temporary_checkpoint(const fs::path& parent, int64_t step) {
  return checkpoint_folder(parent, step) += kTemporary;
}

std::string shard_name(int rank, int ranks) {
  return fmt::format("rank-{:05}-of-{:05}.safetensors", rank, ranks);
}

ShardSummary write_shard(const fs::path& folder, int rank, int ranks, std::span<const TensorShard> tensors,
                         Pace* pace) {
  ShardSummary summary;
  summary.file = shard_name(rank, ranks);
  std::vector<NamedView> views;
  std::map<std::string, int> uses;
  for (const TensorShard& tensor : tensors) {
    WEFT_CHECK(tensor.view.type == (TensorType{tensor.dtype, tensor.region.shape()}),
               "shard of '{}' is {}, its region {} of {}", tensor.name, to_string(tensor.view.type),
               to_string(tensor.region), name_of(tensor.dtype));
    WEFT_CHECK(Region::all(tensor.global_shape).contains(tensor.region),
               "region {} of '{}' lies outside of {}", to_string(tensor.region), tensor.name,
               to_string(tensor.global_shape));
    // A rank may hold several regions of one tensor; names within a file are unique.
    const int use = uses[tensor.name]++;
    const std::string key = use == 0 ? tensor.name : fmt::format("{}#{}", tensor.name, use);
    views.push_back({key, tensor.view});
    summary.parts.push_back({tensor.name, {tensor.dtype, tensor.global_shape}, tensor.region, key});
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) file_error("create the folder", folder, error.value());
  return removing_on_failure(folder / summary.file, [&] {
    const WrittenFile written = write_safetensors(folder / summary.file, views, {}, pace);
    summary.bytes = written.bytes;
    summary.checksum = written.checksum;
    return summary;
  });
}

fs::path commit_checkpoint(const fs::path& parent, int64_t step, std::span<const ShardSummary> summaries,
                           const std::string& extra_json) {
  const fs::path temporary = temporary_checkpoint(parent, step);
  fs::path final = checkpoint_folder(parent, step);
  removing_on_failure(temporary, [&] {
    remove_strangers(temporary, summaries);
    DurableFile file(temporary / kIndexName);
    file.append(index_text({step, extra_json, {summaries.begin(), summaries.end()}}));
    file.finish();
    sync_folder(temporary);
    rename_into_place(temporary, final);
  });
  sync_folder(parent);
  return final;
}

std::vector<CheckpointName> list_checkpoints(const fs::path& parent) {
  std::vector<CheckpointName> found;
  std::error_code error;
  fs::directory_iterator entry(parent, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  std::error_code ignored;
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const auto step = step_of(entry->path().filename().string());
    if (step && entry->is_directory(ignored)) found.push_back({*step, entry->path()});
  }
  if (error) user_error("{}: the checkpoints cannot be listed: {}", parent.string(), error.message());
  std::sort(found.begin(), found.end(),
            [](const CheckpointName& a, const CheckpointName& b) { return a.step > b.step; });
  return found;
}

void prune_checkpoints(const fs::path& parent, int64_t keep) {
  WEFT_CHECK(keep >= 1, "prune to {} checkpoints", keep);
  const std::vector<CheckpointName> all = list_checkpoints(parent);
  if (all.empty()) return;
  std::vector<fs::path> doomed;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kTemporary)) continue;
    const auto step = step_of(std::string_view(name).substr(0, name.size() - kTemporary.size()));
    if (step && *step <= all.front().step) doomed.push_back(entry.path());
  }
  const std::optional<BestCheckpoint> best = read_best(parent);
  for (size_t i = static_cast<size_t>(keep); i < all.size(); ++i) {
    if (best && best->step == all[i].step) continue;
    // Renamed first: a crash during the removal must not leave half a checkpoint under a final name.
    fs::path renamed = all[i].path;
    renamed += kTemporary;
    remove_quietly(renamed);
    fs::rename(all[i].path, renamed, ignored);
    doomed.push_back(renamed);
  }
  for (const fs::path& folder : doomed) remove_quietly(folder);
}

void remove_unfinished_checkpoints(const fs::path& parent) {
  std::error_code ignored;
  std::vector<fs::path> doomed;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kTemporary)) continue;
    if (step_of(std::string_view(name).substr(0, name.size() - kTemporary.size())))
      doomed.push_back(entry.path());
  }
  for (const fs::path& folder : doomed) remove_quietly(folder);
}

std::optional<CheckpointReader> open_newest_good(const fs::path& parent,
                                                 const std::function<void(const std::string&)>& warn) {
  const std::vector<CheckpointName> all = list_checkpoints(parent);
  for (const CheckpointName& checkpoint : all) {
    try {
      CheckpointReader reader(checkpoint.path, Verify::full);
      if (reader.step() == checkpoint.step) return reader;
      user_error("its name says step {}, and its index step {}", checkpoint.step, reader.step());
    } catch (const UserError& error) {
      warn(fmt::format("checkpoint {} cannot be used, trying the one before it: {}", checkpoint.path.string(),
                       error.what()));
    }
  }
  if (!all.empty()) user_error("{}: none of its {} checkpoints can be used", parent.string(), all.size());
  return std::nullopt;
}

}  // namespace weft
