#include "weft/machine/machine.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "weft/base/check.h"

namespace weft {

namespace {

/// One list of the numbers: reading and writing cannot disagree.
std::map<std::string, double*> numbers_of(Machine& machine) {
  return {{"f32_gflops", &machine.f32_gflops},
          {"bf16_gflops", &machine.bf16_gflops},
          {"f64_gflops", &machine.f64_gflops},
          {"memory_gbps", &machine.memory_gbps},
          {"network_latency_us", &machine.network_latency_us},
          {"network_gbps", &machine.network_gbps},
          {"launch_us", &machine.launch_us}};
}

}  // namespace

Machine read_machine(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) user_error("{}: the machine description cannot be read", path.string());
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) user_error("{}: a machine description is one JSON object", path.string());
  Machine machine;
  const auto numbers = numbers_of(machine);
  for (const auto& [key, value] : json.items()) {
    if (key == "name" && value.is_string()) {
      machine.name = value.get<std::string>();
      continue;
    }
    const auto found = numbers.find(key);
    if (found == numbers.end()) user_error("{}: unknown key \"{}\"", path.string(), key);
    if (!value.is_number() || value.get<double>() <= 0) {
      user_error("{}: \"{}\" must be a positive number", path.string(), key);
    }
    *found->second = value.get<double>();
  }
  return machine;
}

std::string to_json(const Machine& machine) {
  Machine copy = machine;
  nlohmann::json json{{"name", machine.name}};
  for (const auto& [key, number] : numbers_of(copy)) json[key] = *number;
  return json.dump(2);
}

double arithmetic_ms(const Machine& machine, DType dtype, double flops) {
  double rate = machine.f32_gflops;
  if (dtype == DType::bf16) rate = machine.bf16_gflops;
  if (dtype == DType::f64) rate = machine.f64_gflops;
  return flops / (rate * 1e6);
}

double memory_ms(const Machine& machine, int64_t bytes) {
  return static_cast<double>(bytes) / (machine.memory_gbps * 1e6);
}

double compute_ms(const Machine& machine, DType dtype, double flops, int64_t bytes) {
  return std::max(arithmetic_ms(machine, dtype, flops), memory_ms(machine, bytes)) + machine.launch_us * 1e-3;
}

double network_ms(const Machine& machine, int messages, int64_t bytes) {
  return messages * machine.network_latency_us * 1e-3 +
         static_cast<double>(bytes) / (machine.network_gbps * 1e6);
}

}  // namespace weft
