#pragma once
// The measurements that probe_machine() puts together. Internal to machine/.
#include <algorithm>
#include <array>
#include <chrono>

#include "weft/probe/probe.h"

namespace weft {

/// Seconds that `body` takes on the slowest rank, all having begun together. Collective.
template <class Body>
double slowest_seconds(const Communicator& world, Body&& body) {
  world.barrier();
  const auto began = std::chrono::steady_clock::now();
  body();
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  world.all_reduce(&seconds, 1, Element::f64, Reduce::max).wait();
  return seconds;
}

/// The median of several runs after one that warms up: first touch, primitives made. Collective.
template <class Body>
double median_seconds(const Communicator& world, Body&& body) {
  constexpr int kRuns = 7;
  std::array<double, kRuns> seconds{};
  body();
  for (double& run : seconds) run = slowest_seconds(world, body);
  std::nth_element(seconds.begin(), seconds.begin() + kRuns / 2, seconds.end());
  return seconds[kRuns / 2];
}

/// Levels "node" and "network" of this job, where it has ranks to tell: `host` is where this rank runs.
/// Collective.
void probe_network(const Communicator& world, const std::string& host, Probe& probe);

/// Rates of one reader and of several. Collective.
void probe_storage(const Communicator& world, const std::string& name, const std::filesystem::path& folder,
                   Probe& probe);

}  // namespace weft
