// CheckpointReader of checkpoint_files.h.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <system_error>

#include "weft/base/check.h"
#include "weft/params/checkpoint_files.h"
#include "weft/params/checkpoint_index.h"
#include "weft/store/read_back.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

/// `box` without `hole` (a box within it), as disjoint boxes.
std::vector<Region> subtract(Region box, const Region& hole) {
  std::vector<Region> rest;
  for (size_t d = 0; d < box.ranges.size(); ++d) {
    Region below = box;
    below.ranges[d].end = hole.ranges[d].begin;
    if (!below.empty()) rest.push_back(below);
    Region above = box;
    above.ranges[d].begin = hole.ranges[d].end;
    if (!above.empty()) rest.push_back(above);
    box.ranges[d] = hole.ranges[d];
  }
  return rest;
}

void expect_checksum(const fs::path& path, const ShardSummary& shard, uint64_t checksum) {
  if (checksum == shard.checksum) return;
  user_error("{}: its checksum is {:016x}, the index says {:016x}", path.string(), checksum, shard.checksum);
}

void expect_length(const fs::path& path, const ShardSummary& shard, int64_t bytes) {
  if (bytes == shard.bytes) return;
  user_error("{}: has {} bytes, the index says {}", path.string(), bytes, shard.bytes);
}

}  // namespace

void check_shard(const fs::path& folder, const ShardSummary& shard, Pace* pace) {
  const fs::path path = folder / shard.file;
  const WrittenFile found = read_back(path, pace);
  expect_length(path, shard, found.bytes);
  expect_checksum(path, shard, found.checksum);
}

CheckpointReader::CheckpointReader(const fs::path& folder, Verify verify) : folder_(folder) {
  const CheckpointIndex index = read_index(folder);
  step_ = index.step;
  extra_json_ = index.extra_json;
  for (const ShardSummary& shard : index.shards) open_shard(shard, verify);
}

void CheckpointReader::open_shard(const ShardSummary& shard, Verify verify) {
  const fs::path path = folder_ / shard.file;
  std::error_code error;
  const auto bytes = static_cast<int64_t>(fs::file_size(path, error));
  if (error) user_error("{}: cannot be read: {}", path.string(), error.message());
  expect_length(path, shard, bytes);
  const SafetensorsFile& file = *files_.emplace_back(std::make_unique<SafetensorsFile>(path));
  if (verify == Verify::full) {
    expect_checksum(path, shard, XXH64(file.bytes().data(), file.bytes().size(), 0));
  }
  for (const StoredPart& part : shard.parts) {
    const View view = file.view(part.key);
    const TensorType expected{part.global.dtype, part.region.shape()};
    if (view.type != expected) {
      user_error("{}: tensor '{}' is {}, the index says {}", path.string(), part.key, to_string(view.type),
                 to_string(expected));
    }
    types_.emplace(part.name, part.global);
    sources_[part.name].push_back({part.region, view});
  }
}

void CheckpointReader::read_region(const std::string& name, const Region& region, const View& out) const {
  WEFT_CHECK(out.type.shape == region.shape(), "region {} of '{}' into {}", to_string(region), name,
             to_string(out.type));
  const auto type = types_.find(name);
  if (type == types_.end()) user_error("{}: the checkpoint holds no tensor '{}'", folder_.string(), name);
  if (type->second.dtype != out.type.dtype) {
    user_error("{}: tensor '{}' is {}, expected {}", folder_.string(), name, name_of(type->second.dtype),
               name_of(out.type.dtype));
  }
  if (type->second.shape.size() != region.ranges.size() ||
      !Region::all(type->second.shape).contains(region)) {
    user_error("{}: tensor '{}' has shape {}, expected one that contains {}", folder_.string(), name,
               to_string(type->second.shape), to_string(region));
  }
  std::vector<Region> missing;
  if (!region.empty()) missing.push_back(region);
  for (const Source& source : sources_.at(name)) {
    std::vector<Region> still_missing;
    for (const Region& box : missing) {
      const Region common = intersect(box, source.region);
      if (common.empty()) {
        still_missing.push_back(box);
        continue;
      }
      copy_region(source.view, source.region, out, region, common);
      for (Region& rest : subtract(box, common)) still_missing.push_back(std::move(rest));
    }
    missing = std::move(still_missing);
  }
  if (!missing.empty()) {
    user_error("{}: no shard holds region {} of tensor '{}'", folder_.string(), to_string(missing.front()),
               name);
  }
}

}  // namespace weft
