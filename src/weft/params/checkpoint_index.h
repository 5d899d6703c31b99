#pragma once
// index.json of a checkpoint: its contents and their text.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "weft/params/checkpoint_files.h"

namespace weft {

struct CheckpointIndex {
  int64_t step = 0;
  /// A JSON object.
  std::string extra_json = "{}";
  std::vector<ShardSummary> shards;
};

inline constexpr const char* kIndexName = "index.json";

/// The file's text, which carries a checksum of itself. UserError where extra_json is no JSON object.
std::string index_text(const CheckpointIndex& index);

/// Reads and validates folder/index.json: format, version, checksum, and that regions lie within their
/// tensors. UserErrors name the file.
CheckpointIndex read_index(const std::filesystem::path& folder);

}  // namespace weft
