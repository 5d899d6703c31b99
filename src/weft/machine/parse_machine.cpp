#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"
#include "weft/base/json_problem.h"
#include "weft/base/text_file.h"
#include "weft/machine/machine.h"
#include "weft/machine/machine_values.h"
#include "weft/store/json_text.h"

namespace weft {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kCeilings = {DType::f64, DType::f32, DType::bf16};
constexpr double kMbPerGb = 1000;
constexpr size_t kMostBytes = size_t{1} << 24;

std::optional<DType> ceiling_of(const std::string& name) {
  for (const DType dtype : kCeilings) {
    if (name_of(dtype) == name) return dtype;
  }
  return std::nullopt;
}

/// Readers of one file: every complaint names it, and the key.
class Reader {
 public:
  explicit Reader(const std::string& where) : values_(where) {}

  Machine read(const Json& json) {
    for (const char* flat : {"network_latency_us", "network_gbps"}) {
      if (!json.contains("network") || !json.contains(flat)) continue;
      user_error("{}: \"{}\" and \"network\" say the same: expected one of them", values_.where(), flat);
    }
    for (const auto& [key, value] : json.items()) {
      if (read_rate(key, value) || read_flat(key, value) || read_part(key, value)) continue;
      unknown(key);
    }
    return std::move(machine_);
  }

 private:
  [[noreturn]] void unknown(const std::string& key) const {
    user_error("{}: unknown key \"{}\"", values_.where(), key);
  }

  const Json& object(const char* key, const Json& value, const char* of) const {
    if (!value.is_object()) user_error("{}: \"{}\" must be an object {}", values_.where(), key, of);
    return value;
  }

  bool read_rate(const std::string& key, const Json& value) {
    struct Rate {
      const char* key;
      std::optional<double> Machine::*member;
      const RateUnit* unit;
    };
    constexpr Rate kRates[] = {{"memory_gbps", &Machine::memory_gbps, &kGbS},
                               {"triad_gbps", &Machine::triad_gbps, &kGbS},
                               {"first_touch_gbps", &Machine::first_touch_gbps, &kGbS},
                               {"launch_us", &Machine::launch_us, &kMicroseconds}};
    for (const Rate& rate : kRates) {
      if (key != rate.key) continue;
      machine_.*rate.member = values_.rate(key, value, *rate.unit);
      return true;
    }
    return false;
  }

  /// Keys of the flat form.
  bool read_flat(const std::string& key, const Json& value) {
    for (const DType dtype : kCeilings) {
      if (key != std::string(name_of(dtype)) + "_gflops") continue;
      machine_.gflops[dtype] = values_.rate(key, value, kGflopS);
      return true;
    }
    if (key != "network_latency_us" && key != "network_gbps") return false;
    if (machine_.network.empty()) machine_.network.push_back({.name = "network"});
    NetworkLevel& level = machine_.network.front();
    if (key == "network_gbps") {
      level.mb_s = values_.rate(key, value, kGbS) * kMbPerGb;
    } else {
      level.latency_us = values_.rate(key, value, kMicroseconds);
    }
    return true;
  }

  bool read_part(const std::string& key, const Json& value) {
    if (key == "name") {
      machine_.name = values_.text(key, value);
    } else if (key == "measured") {
      read_measured(object("measured", value, "that says where"));
    } else if (key == "gflops") {
      read_ceilings(object("gflops", value, "of numbers by dtype"));
    } else if (key == "products") {
      read_products(value);
    } else if (key == "network") {
      read_network(value);
    } else if (key == "storage") {
      read_storage(object("storage", value, "of rates by name"));
    } else if (key == "spread") {
      for (const auto& [of, spread] : object("spread", value, "of numbers by rate").items())
        machine_.spreads[of] = values_.spread("spread." + of, spread);
    } else {
      return false;
    }
    return true;
  }

  void read_measured(const Json& json) {
    MeasuredOn& where = machine_.measured_on;
    for (const auto& [key, value] : json.items()) {
      const std::string full = "measured." + key;
      if (key == "cpu") {
        where.cpu = values_.text(full, value);
      } else if (key == "cores") {
        where.cores = values_.count(full, value);
      } else if (key == "ranks") {
        where.ranks = values_.count(full, value);
      } else if (key == "threads") {
        where.threads = values_.count(full, value);
      } else if (key == "onednn") {
        where.onednn = values_.text(full, value);
      } else if (key == "date") {
        where.date = values_.text(full, value);
      } else {
        unknown(full);
      }
    }
  }

  void read_ceilings(const Json& json) {
    for (const auto& [key, value] : json.items()) {
      const std::optional<DType> dtype = ceiling_of(key);
      if (!dtype) {
        user_error("{}: unknown key \"gflops.{}\": expected f64, f32 or bf16", values_.where(), key);
      }
      machine_.gflops[*dtype] = values_.rate("gflops." + key, value, kGflopS);
    }
  }

  /// `members` are what `item` of the list `list` has, all of them and nothing else.
  void expect_members(const char* list, const Json& item, const std::vector<std::string>& members) const {
    const auto is_there = [&](const std::string& member) { return item.contains(member); };
    if (item.is_object() && item.size() == members.size() && std::ranges::all_of(members, is_there)) return;
    user_error("{}: each of \"{}\" must be an object of {}", values_.where(), list, fmt::join(members, ", "));
  }

  void read_products(const Json& json) {
    if (!json.is_array()) user_error("{}: \"products\" must be a list of products", values_.where());
    for (const Json& item : json) {
      expect_members("products", item, {"dtype", "m", "n", "k", "gflops"});
      const std::string name = values_.text("products.dtype", item["dtype"]);
      const std::optional<DType> dtype = ceiling_of(name);
      if (!dtype) {
        user_error("{}: \"products.dtype\" is \"{}\", expected f64, f32 or bf16", values_.where(), name);
      }
      machine_.products.push_back(
          {*dtype, values_.count("products.m", item["m"]), values_.count("products.n", item["n"]),
           values_.count("products.k", item["k"]), values_.rate("products.gflops", item["gflops"], kGflopS)});
    }
  }

  void read_network(const Json& json) {
    if (!json.is_array()) user_error("{}: \"network\" must be a list of levels", values_.where());
    for (const Json& item : json) {
      if (!item.is_object()) {
        user_error("{}: each level of \"network\" must be an object", values_.where());
      }
      NetworkLevel level = level_of(item);
      check_order(level);
      machine_.network.push_back(std::move(level));
    }
  }

  NetworkLevel level_of(const Json& json) const {
    NetworkLevel level;
    for (const auto& [key, value] : json.items()) {
      const std::string full = "network." + key;
      if (key == "name") {
        level.name = values_.text(full, value);
      } else if (key == "ranks") {
        level.ranks = values_.count(full, value);
      } else if (key == "latency_us") {
        level.latency_us = values_.rate(full, value, kMicroseconds);
      } else if (key == "mb_s") {
        level.mb_s = values_.rate(full, value, kMbS);
      } else if (key == "groups") {
        level.groups = groups_of(value);
      } else {
        unknown(full);
      }
    }
    if (level.groups.empty()) return level;
    // Whoever asks for no group in particular has the widest.
    if (!level.latency_us) level.latency_us = level.groups.back().latency_us;
    if (!level.mb_s) level.mb_s = level.groups.back().mb_s;
    return level;
  }

  std::vector<GroupRates> groups_of(const Json& json) const {
    if (!json.is_array()) user_error("{}: \"network.groups\" must be a list of groups", values_.where());
    std::vector<GroupRates> groups;
    for (const Json& item : json) {
      expect_members("network.groups", item, {"ranks", "latency_us", "mb_s"});
      groups.push_back({values_.count("network.groups.ranks", item["ranks"], 2),
                        values_.rate("network.groups.latency_us", item["latency_us"], kMicroseconds),
                        values_.rate("network.groups.mb_s", item["mb_s"], kMbS)});
      const size_t last = groups.size() - 1;
      if (last > 0 && groups[last].ranks <= groups[last - 1].ranks) {
        user_error("{}: \"network.groups\" must go from the fewest ranks to the most", values_.where());
      }
    }
    return groups;
  }

  void check_order(const NetworkLevel& level) const {
    if (machine_.network.empty()) return;
    const std::optional<int> below = machine_.network.back().ranks;
    if (below && (!level.ranks || (*level.ranks > *below && *level.ranks % *below == 0))) return;
    user_error("{}: the levels of \"network\" must go from the narrowest to the widest, each a multiple",
               values_.where());
  }

  void read_storage(const Json& json) {
    for (const auto& [name, rates] : json.items()) {
      if (!rates.is_object()) user_error("{}: \"storage.{}\" must be an object", values_.where(), name);
      StorageRates& storage = machine_.storage[name];
      for (const auto& [key, value] : rates.items()) {
        const std::string full = fmt::format("storage.{}.{}", name, key);
        if (key == "read_mb_s") {
          storage.read = table(full, value);
        } else if (key == "write_mb_s") {
          storage.write = table(full, value);
        } else {
          unknown(full);
        }
      }
    }
  }

  RateTable table(const std::string& key, const Json& json) const {
    if (!json.is_array()) return RateTable({{1.0, values_.rate(key, json, kMbS)}});
    std::vector<std::pair<double, double>> points;
    for (const Json& row : json) {
      const bool pair = row.is_array() && row.size() == 2;
      if (!pair || (!points.empty() && row[0].is_number() && row[0].get<double>() <= points.back().first)) {
        user_error("{}: \"{}\" must be a number, or pairs as in [[1, 338], [4, 1540]] with increasing users",
                   values_.where(), key);
      }
      points.emplace_back(values_.rate(key, row[0], kUsers), values_.rate(key, row[1], kMbS));
    }
    if (points.empty()) user_error("{}: \"{}\" holds no pair", values_.where(), key);
    return RateTable(std::move(points));
  }

  static constexpr RateUnit kUsers{"users", 1e9};
  MachineValues values_;
  Machine machine_;
};

}  // namespace

Machine parse_machine(std::string_view text, const std::string& where) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& error) {
    user_error("{}: is no machine description, or a part of one: {}", where, json_problem(error));
  }
  if (!is_sound_json(text)) {
    user_error("{}: is no machine description: its JSON says a key twice or nests more than 64 deep", where);
  }
  if (!json.is_object()) user_error("{}: a machine description is one JSON object", where);
  return Reader(where).read(json);
}

Machine read_machine(const std::filesystem::path& path) {
  return parse_machine(read_text(path, "machine description", kMostBytes), path.string());
}

}  // namespace weft
