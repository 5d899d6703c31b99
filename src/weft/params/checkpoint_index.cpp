#include "weft/params/checkpoint_index.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/json_problem.h"
#include "weft/base/text_file.h"
#include "weft/store/json_text.h"

namespace weft {
namespace {

using Json = nlohmann::json;

constexpr const char* kFormat = "weft-checkpoint";
constexpr int64_t kVersion = 1;

DType dtype_of(const std::string& tensor, const std::string& name) {
  for (const DType dtype : kDTypes) {
    if (name == name_of(dtype)) return dtype;
  }
  user_error("tensor '{}' has the unknown dtype '{}'", tensor, name);
}

std::string hex(uint64_t value) { return fmt::format("{:016x}", value); }

uint64_t from_hex(const std::string& text) {
  const char* const end = text.data() + text.size();
  uint64_t value = 0;
  const auto [read, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc() || read != end || text.size() != 16)
    user_error("checksum '{}' is not 16 hexadecimal digits", text);
  return value;
}

uint64_t checksum_of(const std::string& text) { return XXH64(text.data(), text.size(), 0); }

Json to_json(const Region& region) {
  Json ranges = Json::array();
  for (const Range& range : region.ranges) ranges.push_back(Json::array({range.begin, range.end}));
  return ranges;
}

StoredPart part_from(const std::string& name, const TensorType& global, const Json& json) {
  StoredPart part{name, global, {}, json.at("key").get<std::string>()};
  for (const Json& range : json.at("region")) {
    part.region.ranges.push_back({range.at(0).get<int64_t>(), range.at(1).get<int64_t>()});
  }
  bool inside = part.region.ranges.size() == global.shape.size();
  for (size_t d = 0; inside && d < global.shape.size(); ++d) {
    const Range& range = part.region.ranges[d];
    inside = range.begin >= 0 && range.begin <= range.end && range.end <= global.shape[d];
  }
  if (!inside) {
    user_error("region {} of tensor '{}' does not lie in {}", to_string(part.region), name,
               to_string(global));
  }
  return part;
}

Json shard_json(const ShardSummary& shard) {
  return {{"bytes", shard.bytes}, {"checksum", hex(shard.checksum)}};
}

Json part_json(const StoredPart& part) { return {{"key", part.key}, {"region", to_json(part.region)}}; }

TensorType type_from(const std::string& tensor, const Json& json) {
  return {dtype_of(tensor, json.at("dtype").get<std::string>()), json.at("shape").get<Dims>()};
}

/// Tensors by name, each with the parts of all shards.
Json tensors_json(const CheckpointIndex& index) {
  Json tensors = Json::object();
  std::map<std::string, TensorType> types;
  for (const ShardSummary& shard : index.shards) {
    for (const StoredPart& part : shard.parts) {
      const auto [known, fresh] = types.emplace(part.name, part.global);
      WEFT_CHECK(known->second == part.global, "tensor '{}' is {} on one rank and {} on another", part.name,
                 to_string(known->second), to_string(part.global));
      Json& tensor = tensors[part.name];
      if (fresh) {
        tensor = {
            {"dtype", name_of(part.global.dtype)}, {"shape", part.global.shape}, {"parts", Json::array()}};
      }
      Json stored = part_json(part);
      stored["file"] = shard.file;
      tensor["parts"].push_back(std::move(stored));
    }
  }
  return tensors;
}

/// Throws UserError without the file's name, or Json::exception; read_index adds the name.
CheckpointIndex index_from(Json json) {
  if (json.at("format") != kFormat)
    user_error("its format is {}, expected {}", json.at("format").dump(), kFormat);
  if (json.at("version") != kVersion) {
    user_error("its version is {}, this program reads {}", json.at("version").dump(), kVersion);
  }
  const uint64_t checksum = from_hex(json.at("checksum").get<std::string>());
  json.erase("checksum");
  if (checksum_of(json.dump()) != checksum) user_error("its checksum does not match its contents");
  CheckpointIndex index;
  index.step = json.at("step").get<int64_t>();
  index.extra_json = json.at("extra").dump();
  std::map<std::string, ShardSummary> shards;
  for (const auto& [file, shard] : json.at("shards").items()) {
    if (file.find('/') != std::string::npos) user_error("shard '{}' lies outside of the checkpoint", file);
    shards[file] = {
        file, shard.at("bytes").get<int64_t>(), from_hex(shard.at("checksum").get<std::string>()), {}};
  }
  for (const auto& [name, tensor] : json.at("tensors").items()) {
    const TensorType type = type_from(name, tensor);
    for (const Json& part : tensor.at("parts")) {
      const auto shard = shards.find(part.at("file").get<std::string>());
      if (shard == shards.end()) {
        user_error("tensor '{}' lies in {}, which is no shard of the checkpoint", name,
                   part.at("file").dump());
      }
      shard->second.parts.push_back(part_from(name, type, part));
    }
  }
  for (auto& [file, shard] : shards) index.shards.push_back(std::move(shard));
  return index;
}

}  // namespace

std::string ShardSummary::to_text() const {
  Json json = shard_json(*this);
  json["file"] = file;
  json["parts"] = Json::array();
  for (const StoredPart& part : parts) {
    Json stored = part_json(part);
    stored["name"] = part.name;
    stored["dtype"] = name_of(part.global.dtype);
    stored["shape"] = part.global.shape;
    json["parts"].push_back(std::move(stored));
  }
  return json.dump();
}

ShardSummary ShardSummary::from_text(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    ShardSummary summary{json.at("file").get<std::string>(),
                         json.at("bytes").get<int64_t>(),
                         from_hex(json.at("checksum").get<std::string>()),
                         {}};
    for (const Json& part : json.at("parts")) {
      const auto name = part.at("name").get<std::string>();
      summary.parts.push_back(part_from(name, type_from(name, part), part));
    }
    return summary;
  } catch (const Json::exception& error) {
    user_error("the summary of a checkpoint shard is malformed: {}", json_problem(error));
  }
}

std::string index_text(const CheckpointIndex& index) {
  Json json = {{"format", kFormat}, {"version", kVersion}, {"step", index.step}};
  try {
    json["extra"] = Json::parse(index.extra_json);
  } catch (const Json::exception& error) {
    user_error("the extra state of a checkpoint is not valid JSON: {}", json_problem(error));
  }
  if (!json["extra"].is_object()) {
    user_error("the extra state of a checkpoint is a JSON {}, expected an object", json["extra"].type_name());
  }
  json["shards"] = Json::object();
  for (const ShardSummary& shard : index.shards) json["shards"][shard.file] = shard_json(shard);
  json["tensors"] = tensors_json(index);
  json["checksum"] = hex(checksum_of(json.dump()));
  return json.dump(1) + "\n";
}

CheckpointIndex read_index(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kIndexName;
  const std::string text = read_text(path, "index of a checkpoint");
  try {
    const Json json = Json::parse(text);
    if (!is_sound_json(text)) {
      user_error("is no index of a checkpoint: its JSON says a key twice or nests more than 64 deep");
    }
    return index_from(json);
  } catch (const Json::exception& error) {
    user_error("{}: is no index of a checkpoint: {}", path.string(), json_problem(error));
  } catch (const UserError& error) {
    user_error("{}: {}", path.string(), error.what());
  }
}

}  // namespace weft
