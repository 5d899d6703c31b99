#pragma once
// The measurements that probe_machine() puts together. Internal to probe/. What they refer to (world, memory,
// probe) outlives them.
#include <chrono>

#include "weft/probe/probe.h"

namespace weft {

class ProbeMemory;

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

/// Of several shapes, smaller where they would take long. Collective.
void add_products(const Communicator& world, const ProbeMemory& memory, Probe& probe,
                  std::vector<Measurement>& list);

/// A copy, a triad, the first touch.
void add_memory(const Communicator& world, const ProbeMemory& memory, Probe& probe,
                std::vector<Measurement>& list);

/// What the executor does for an instruction that does nothing.
void add_launch(const Communicator& world, Probe& probe, std::vector<Measurement>& list);

/// Levels "node" and "network" of this job, where it has ranks to tell: `host` is where this rank runs.
/// Collective.
void add_network(const Communicator& world, const std::string& host, Probe& probe,
                 std::vector<Measurement>& list);

/// Rates of one reader and of several, of all ranks. Collective; UserError where the folder cannot be
/// written.
void add_storage(const Communicator& world, const std::string& name, const std::filesystem::path& folder,
                 Probe& probe, std::vector<Measurement>& list);

/// Measures the list and keeps its figures in the probe. Collective.
void measure(const Communicator& world, const std::vector<Measurement>& list, const RoundLimits& limits,
             const RoundProgress& progress, Probe& probe);

}  // namespace weft
