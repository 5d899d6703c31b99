#include "weft/probe/probe.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "weft/base/environment.h"
#include "weft/base/host_share.h"
#include "weft/base/threads.h"
#include "weft/graph/kernel.h"
#include "weft/probe/measured_here.h"
#include "weft/probe/probe_memory.h"
#include "weft/probe/probe_parts.h"

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

/// The kernel's call, and the clock before and after, where a kernel wakes all threads for nothing.
double launch_us(const Communicator& world) {
  constexpr int kCalls = 2000;
  const Kernel kernel{[](const KernelContext&) { parallel_for(threads(), 1, [](int64_t, int64_t) {}); }, 0};
  std::chrono::nanoseconds spent{};  // the executor's ledger
  const double seconds = slowest_seconds(world, [&] {
    for (int call = 0; call < kCalls; ++call) {
      const Clock::time_point start = Clock::now();
      kernel.run({});
      spent += Clock::now() - start;
    }
  });
  return seconds / kCalls * 1e6;
}

/// To four digits, more than any measurement has.
double rounded(double value) { return std::strtod(fmt::format("{:.4g}", value).c_str(), nullptr); }

}  // namespace

void add_launch(const Communicator& world, Probe& probe, std::vector<Measurement>& list) {
  list.push_back({"launch_us", "launch of an instruction", "us", [&] { return launch_us(world); },
                  [&](double median) { probe.machine.launch_us = median; }, "launch"});
}

void measure(const Communicator& world, const std::vector<Measurement>& list, const RoundLimits& limits,
             const RoundProgress& progress, Probe& probe) {
  // All ranks go by one clock, or they would not make equally many rounds.
  const auto elapsed_s = [&, began = Clock::now()] {
    double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    world.broadcast(&seconds, sizeof(seconds), 0);
    return seconds;
  };
  const std::vector<Figure> figures = measure_in_rounds(list, limits, elapsed_s, progress);
  std::vector<std::string>& missing = probe.not_measured;
  for (size_t i = 0; i < list.size(); ++i) {
    Figure figure = figures[i];
    figure.median = rounded(figure.median);
    figure.spread = rounded(figure.spread);
    if (figure.rounds > 0) {
      list[i].keep(figure.median);
      probe.machine.spreads[list[i].key] = figure.spread;
      probe.rates.push_back({list[i].key, list[i].title, list[i].unit, figure});
    } else if (std::ranges::find(missing, list[i].cannot) == missing.end()) {
      missing.push_back(list[i].cannot);
    }
  }
}

Probe probe_machine(const Communicator& world, const ProbeOptions& options) {
  Probe probe;
  probe.machine.name = world.all_gather_text(host_name())[0];
  probe.machine.measured_on = measured_here();
  probe.machine.measured_on.date = measured_today();
  if (options.on_progress) options.on_progress("how large products may be", -1);
  std::vector<Measurement> list;
  for (const auto& [name, folder] : options.folders) {  // first, because they may be wrong
    add_storage(world, name, folder, probe, list);
  }
  const ProbeMemory memory(world, share_of_memory());
  add_products(world, memory, probe, list);
  add_memory(world, memory, probe, list);
  add_launch(world, probe, list);
  add_network(world, host_name(), probe, list);
  RoundLimits limits;
  limits.seconds = options.seconds;
  measure(world, list, limits, options.on_progress, probe);
  for (NetworkLevel& level : probe.machine.network) {
    std::erase_if(level.groups, [](const GroupRates& group) { return group.latency_us * group.mb_s <= 0; });
  }
  for (const char* name : {kFileSystem, kLocalDisk}) {
    if (!options.folders.contains(name))
      probe.not_measured.push_back(fmt::format("{}: no folder given", name));
  }
  return probe;
}

std::string noise_of(const Probe& probe) {
  const double most = RoundLimits().spread;
  constexpr size_t kMostNamed = 5;
  std::vector<std::string> noisy;
  for (const ProbedRate& rate : probe.rates) {
    if (rate.figure.spread > most) noisy.push_back(rate.title);
  }
  if (noisy.empty()) return "";
  const size_t count = noisy.size();
  if (count > kMostNamed) {
    noisy.resize(kMostNamed);
    noisy.push_back(fmt::format("and {} more", count - kMostNamed));
  }
  return fmt::format(
      "the machine was too noisy to believe {} of {} rates, which spread by more than {:.0f}%: {}; probe it "
      "again when it is quiet",
      count, probe.rates.size(), 100 * most, fmt::join(noisy, "; "));
}

}  // namespace weft
