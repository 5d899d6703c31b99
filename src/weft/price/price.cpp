#include "weft/price/price.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "weft/base/check.h"
#include "weft/graph/op.h"
#include "weft/machine/transfer_time.h"

namespace weft {

namespace {

// Stand-ins for what was not measured: a few cores.
struct Ceiling {
  DType dtype;
  double gflops;
};
constexpr Ceiling kCeilings[] = {{DType::f32, 200}, {DType::bf16, 400}, {DType::f64, 10}};
constexpr double kMemoryGbps = 30;
constexpr double kLaunchUs = 1;

constexpr double kMsPerUs = 1e-3;
constexpr double kBytesPerMb = 1e6;
constexpr double kMsPerS = 1e3;

double gflops_of(const Machine& machine, DType dtype) {
  if (dtype != DType::bf16 && dtype != DType::f64) dtype = DType::f32;
  if (const auto found = machine.gflops.find(dtype); found != machine.gflops.end()) return found->second;
  return std::find_if(std::begin(kCeilings), std::end(kCeilings),
                      [&](const Ceiling& ceiling) { return ceiling.dtype == dtype; })
      ->gflops;
}

NetworkLevel link_among(std::span<const int> group, const Machine& machine) {
  const auto ranks = static_cast<int>(group.size());
  if (const NetworkLevel* level = machine.level_of(group)) return without_gaps(for_group(*level, ranks));
  NetworkLevel beyond = without_gaps({.name = "beyond"});
  for (const NetworkLevel& known : machine.network) {
    const NetworkLevel level = for_group(known, ranks);
    beyond.latency_us = std::max(*beyond.latency_us, level.latency_us.value_or(0));
    beyond.mb_s = std::min(*beyond.mb_s, level.mb_s.value_or(*beyond.mb_s));
  }
  return beyond;
}

int64_t bytes_in(std::span<const Transfer> transfers, DType dtype) {
  int64_t bytes = 0;
  for (const Transfer& transfer : transfers) bytes += bytes_of(dtype, transfer.region.elems());
  return bytes;
}

int messages_in(std::span<const Transfer> transfers) {
  return static_cast<int>(std::count_if(transfers.begin(), transfers.end(), [](const Transfer& transfer) {
    return transfer.region.elems() > 0;
  }));
}

/// The messages of a communication, one after the other, and the bytes of all of them.
struct Traffic {
  int messages = 0;
  double bytes = 0;
};

Traffic traffic_of(const CommSpec& spec, std::span<const TensorType> inputs) {
  const int steps = spec.group_size - 1;
  int64_t largest = 0;
  for (const Region& part : spec.parts) largest = std::max(largest, part.elems());
  switch (spec.kind) {
    case CommKind::all_reduce:
      return {2 * steps, 2.0 * steps / spec.group_size * static_cast<double>(bytes_of(inputs))};
    case CommKind::reduce_scatter:
    case CommKind::all_gather:
      return {steps, steps * static_cast<double>(bytes_of(inputs[0].dtype, largest))};
    case CommKind::exchange: {
      const int64_t bytes =
          std::max(bytes_in(spec.sends, inputs[0].dtype), bytes_in(spec.receives, inputs[0].dtype));
      return {std::max(messages_in(spec.sends), messages_in(spec.receives)), static_cast<double>(bytes)};
    }
  }
  return {};
}

Price price_communication(const Work& work, const CommSpec& spec, const Machine& machine) {
  WEFT_CHECK(std::ssize(work.group) == spec.group_size, "{} of {} ranks is priced for {}", work.op.name(),
             spec.group_size, work.group.size());
  const NetworkLevel link = link_among(work.group, machine);
  const Traffic traffic = traffic_of(spec, work.inputs);
  Price result;
  result.bound = Bound::network;
  result.network_bytes = spec.network_bytes;
  result.messages = traffic.messages;
  result.ms = traffic.messages * *link.latency_us * kMsPerUs +
              storage_s(traffic.bytes / kBytesPerMb, *link.mb_s) * kMsPerS;
  result.ceiling_ms = result.ms;
  return result;
}

}  // namespace

std::string_view name_of(Bound bound) {
  switch (bound) {
    case Bound::none:
      return "";
    case Bound::arithmetic:
      return "arithmetic";
    case Bound::memory:
      return "memory";
    case Bound::network:
      return "network";
  }
  return "?";
}

Price price(const Work& work, const Machine& machine) {
  if (const CommSpec* spec = work.op.communication()) return price_communication(work, *spec, machine);
  Price result;
  if (work.op.traits().view) return result;
  const DType dtype = work.inputs.empty() ? work.outputs[0].dtype : work.inputs[0].dtype;
  result.flops = flops_of(work.op, work.inputs, work.outputs);
  result.least_bytes = work.op.least_bytes(work.inputs, work.outputs);
  result.moved_bytes = result.least_bytes + work.extra_bytes;
  const double arithmetic_ms = result.flops / (gflops_of(machine, dtype) * 1e6);
  const double bytes_per_ms = machine.memory_gbps.value_or(kMemoryGbps) * 1e6;
  const double memory_ms = static_cast<double>(result.moved_bytes) / bytes_per_ms;
  result.bound = arithmetic_ms > memory_ms ? Bound::arithmetic : Bound::memory;
  result.ceiling_ms = std::max(arithmetic_ms, memory_ms);
  result.least_ms = static_cast<double>(result.least_bytes) / bytes_per_ms;
  result.ms = result.ceiling_ms + machine.launch_us.value_or(kLaunchUs) * kMsPerUs;
  return result;
}

std::vector<std::string> stand_ins(const Machine& machine, int ranks) {
  std::vector<std::string> lines;
  for (const Ceiling& ceiling : kCeilings) {
    if (machine.gflops.contains(ceiling.dtype)) continue;
    lines.push_back(fmt::format("{} {} Gflop/s", name_of(ceiling.dtype), ceiling.gflops));
  }
  if (!machine.memory_gbps) lines.push_back(fmt::format("memory {} GB/s", kMemoryGbps));
  if (!machine.launch_us) lines.push_back(fmt::format("launch {} us", kLaunchUs));
  if (ranks == 1) return lines;
  for (const NetworkLevel& level : machine.network) {
    const NetworkLevel whole = without_gaps(level);
    if (!level.latency_us) lines.push_back(fmt::format("{} latency {} us", level.name, *whole.latency_us));
    if (!level.mb_s) lines.push_back(fmt::format("{} {} MB/s", level.name, *whole.mb_s));
  }
  std::vector<int> all(static_cast<size_t>(ranks));
  std::iota(all.begin(), all.end(), 0);
  if (machine.level_of(all) != nullptr) return lines;
  const NetworkLevel beyond = link_among(all, machine);
  lines.push_back(fmt::format("network {}latency {} us, {} MB/s",
                              machine.network.empty() ? "" : "beyond " + machine.network.back().name + " ",
                              *beyond.latency_us, *beyond.mb_s));
  return lines;
}

}  // namespace weft
