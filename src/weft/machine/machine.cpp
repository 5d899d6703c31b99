#include "weft/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/text_file.h"
#include "weft/store/json_text.h"

namespace weft {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kCeilings = {DType::f64, DType::f32, DType::bf16};
constexpr double kMbPerGb = 1000;

/// Readers of one file: every complaint names it, and the key.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path) {}

  Machine read(const Json& json) const {
    Machine machine;
    for (const char* flat : {"network_latency_us", "network_gbps"}) {
      if (!json.contains("network") || !json.contains(flat)) continue;
      user_error("{}: \"{}\" and \"network\" say the same: expected one of them", path_.string(), flat);
    }
    for (const auto& [key, value] : json.items()) {
      if (key == "name") {
        machine.name = text(key, value);
      } else if (key == "gflops") {
        read_ceilings(value, machine);
      } else if (key == "memory_gbps") {
        machine.memory_gbps = positive(key, value);
      } else if (key == "launch_us") {
        machine.launch_us = positive(key, value);
      } else if (key == "network") {
        read_network(value, machine);
      } else if (key == "storage") {
        read_storage(value, machine);
      } else if (!read_flat(key, value, machine)) {
        user_error("{}: unknown key \"{}\"", path_.string(), key);
      }
    }
    return machine;
  }

 private:
  double positive(const std::string& key, const Json& value) const {
    if (!value.is_number() || !(value.get<double>() > 0)) {
      user_error("{}: \"{}\" must be a positive number", path_.string(), key);
    }
    return value.get<double>();
  }

  std::string text(const std::string& key, const Json& value) const {
    if (!value.is_string()) user_error("{}: \"{}\" must be a string", path_.string(), key);
    return value.get<std::string>();
  }

  /// Keys of the flat form.
  bool read_flat(const std::string& key, const Json& value, Machine& machine) const {
    for (const DType dtype : kCeilings) {
      if (key != std::string(name_of(dtype)) + "_gflops") continue;
      machine.gflops[dtype] = positive(key, value);
      return true;
    }
    if (key != "network_latency_us" && key != "network_gbps") return false;
    if (machine.network.empty()) machine.network.push_back({.name = "network"});
    NetworkLevel& level = machine.network.front();
    if (key == "network_gbps") {
      level.mb_s = positive(key, value) * kMbPerGb;
    } else {
      level.latency_us = positive(key, value);
    }
    return true;
  }

  void read_ceilings(const Json& json, Machine& machine) const {
    if (!json.is_object()) user_error("{}: \"gflops\" must be an object of numbers by dtype", path_.string());
    for (const auto& [key, value] : json.items()) {
      const auto* const found =
          std::find_if(kCeilings.begin(), kCeilings.end(),
                       [&, wanted = key](DType dtype) { return name_of(dtype) == wanted; });
      if (found == kCeilings.end()) {
        user_error("{}: unknown key \"gflops.{}\": expected f64, f32 or bf16", path_.string(), key);
      }
      machine.gflops[*found] = positive("gflops." + key, value);
    }
  }

  void read_network(const Json& json, Machine& machine) const {
    if (!json.is_array()) user_error("{}: \"network\" must be a list of levels", path_.string());
    for (const Json& item : json) {
      if (!item.is_object()) user_error("{}: each level of \"network\" must be an object", path_.string());
      NetworkLevel level;
      for (const auto& [key, value] : item.items()) {
        if (key == "name") {
          level.name = text("network.name", value);
        } else if (key == "ranks") {
          if (!value.is_number_integer() || value.get<int64_t>() < 1 || value.get<int64_t>() > INT32_MAX) {
            user_error("{}: \"network.ranks\" must be a whole number of ranks", path_.string());
          }
          level.ranks = value.get<int>();
        } else if (key == "latency_us") {
          level.latency_us = positive("network.latency_us", value);
        } else if (key == "mb_s") {
          level.mb_s = positive("network.mb_s", value);
        } else {
          user_error("{}: unknown key \"network.{}\"", path_.string(), key);
        }
      }
      check_order(machine.network, level);
      machine.network.push_back(std::move(level));
    }
  }

  void check_order(const std::vector<NetworkLevel>& narrower, const NetworkLevel& level) const {
    if (narrower.empty()) return;
    const std::optional<int> below = narrower.back().ranks;
    if (below && (!level.ranks || (*level.ranks > *below && *level.ranks % *below == 0))) return;
    user_error("{}: the levels of \"network\" must go from the narrowest to the widest, each a multiple",
               path_.string());
  }

  void read_storage(const Json& json, Machine& machine) const {
    if (!json.is_object()) user_error("{}: \"storage\" must be an object of rates by name", path_.string());
    for (const auto& [name, rates] : json.items()) {
      if (!rates.is_object()) {
        user_error("{}: \"storage.{}\" must be an object", path_.string(), name);
      }
      StorageRates& storage = machine.storage[name];
      for (const auto& [key, value] : rates.items()) {
        const std::string full = fmt::format("storage.{}.{}", name, key);
        if (key == "read_mb_s") {
          storage.read = table(full, value);
        } else if (key == "write_mb_s") {
          storage.write = table(full, value);
        } else {
          user_error("{}: unknown key \"{}\"", path_.string(), full);
        }
      }
    }
  }

  RateTable table(const std::string& key, const Json& json) const {
    if (!json.is_array()) return RateTable({{1.0, positive(key, json)}});
    std::vector<std::pair<double, double>> points;
    for (const Json& row : json) {
      const bool pair = row.is_array() && row.size() == 2;
      if (!pair || (!points.empty() && row[0].is_number() && row[0].get<double>() <= points.back().first)) {
        user_error("{}: \"{}\" must be a number, or pairs as in [[1, 338], [4, 1540]] with increasing users",
                   path_.string(), key);
      }
      points.emplace_back(positive(key, row[0]), positive(key, row[1]));
    }
    if (points.empty()) user_error("{}: \"{}\" holds no pair", path_.string(), key);
    return RateTable(std::move(points));
  }

  std::filesystem::path path_;
};

Json table_json(const RateTable& table) {
  Json json = Json::array();
  for (const auto& [users, mb_s] : table.points()) json.push_back({users, mb_s});
  return json;
}

Json level_json(const NetworkLevel& level) {
  Json json{{"name", level.name}};
  if (level.ranks) json["ranks"] = *level.ranks;
  if (level.latency_us) json["latency_us"] = *level.latency_us;
  if (level.mb_s) json["mb_s"] = *level.mb_s;
  return json;
}

}  // namespace

const NetworkLevel* Machine::level_of(std::span<const int> ranks) const {
  for (const NetworkLevel& level : network) {
    const auto far = [&](int rank) { return level.ranks && rank / *level.ranks != ranks[0] / *level.ranks; };
    if (std::none_of(ranks.begin(), ranks.end(), far)) return &level;
  }
  return nullptr;
}

Machine read_machine(const std::filesystem::path& path) {
  const std::string text = read_text(path, "machine description");
  const Json json = is_sound_json(text) ? Json::parse(text) : Json();
  if (!json.is_object()) user_error("{}: a machine description is one JSON object", path.string());
  return Reader(path).read(json);
}

std::string to_json(const Machine& machine) {
  Json json{{"name", machine.name}};
  for (const auto& [dtype, gflops] : machine.gflops) json["gflops"][std::string(name_of(dtype))] = gflops;
  if (machine.memory_gbps) json["memory_gbps"] = *machine.memory_gbps;
  if (machine.launch_us) json["launch_us"] = *machine.launch_us;
  for (const NetworkLevel& level : machine.network) json["network"].push_back(level_json(level));
  for (const auto& [name, rates] : machine.storage) {
    Json& storage = json["storage"][name] = Json::object();
    if (rates.read) storage["read_mb_s"] = table_json(*rates.read);
    if (rates.write) storage["write_mb_s"] = table_json(*rates.write);
  }
  return json.dump(2);
}

}  // namespace weft
