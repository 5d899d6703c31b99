#include "weft/machine/machine.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace weft {

namespace {

using Json = nlohmann::ordered_json;

Json measured_json(const MeasuredOn& where) {
  Json json = Json::object();
  if (!where.cpu.empty()) json["cpu"] = where.cpu;
  if (where.cores) json["cores"] = *where.cores;
  if (where.ranks) json["ranks"] = *where.ranks;
  if (where.threads) json["threads"] = *where.threads;
  if (!where.onednn.empty()) json["onednn"] = where.onednn;
  if (!where.date.empty()) json["date"] = where.date;
  return json;
}

Json product_json(const ProductRate& product) {
  return {{"dtype", std::string(name_of(product.dtype))},
          {"m", product.m},
          {"n", product.n},
          {"k", product.k},
          {"gflops", product.gflops}};
}

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
  for (const GroupRates& group : level.groups) {
    json["groups"].push_back(
        {{"ranks", group.ranks}, {"latency_us", group.latency_us}, {"mb_s", group.mb_s}});
  }
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

bool Machine::is_known() const {
  return !gflops.empty() || memory_gbps || launch_us || !network.empty() || !storage.empty();
}

std::string to_json(const Machine& machine) {
  Json json{{"name", machine.name}};
  if (!machine.measured_on.is_empty()) json["measured"] = measured_json(machine.measured_on);
  for (const auto& [dtype, gflops] : machine.gflops) json["gflops"][std::string(name_of(dtype))] = gflops;
  for (const ProductRate& product : machine.products) json["products"].push_back(product_json(product));
  if (machine.memory_gbps) json["memory_gbps"] = *machine.memory_gbps;
  if (machine.triad_gbps) json["triad_gbps"] = *machine.triad_gbps;
  if (machine.first_touch_gbps) json["first_touch_gbps"] = *machine.first_touch_gbps;
  if (machine.launch_us) json["launch_us"] = *machine.launch_us;
  for (const NetworkLevel& level : machine.network) json["network"].push_back(level_json(level));
  for (const auto& [name, rates] : machine.storage) {
    Json& storage = json["storage"][name] = Json::object();
    if (rates.read) storage["read_mb_s"] = table_json(*rates.read);
    if (rates.write) storage["write_mb_s"] = table_json(*rates.write);
  }
  for (const auto& [key, spread] : machine.spreads) json["spread"][key] = spread;
  return json.dump(2);
}

}  // namespace weft
