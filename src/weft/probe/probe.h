#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/comm/communicator.h"
#include "weft/machine/machine.h"

namespace weft {

struct ProbeOptions {
  /// Folders whose storage is measured, by the name that it gets (kFileSystem, kLocalDisk). Files of up to
  /// 64 MiB are written there, and removed.
  std::map<std::string, std::filesystem::path> folders;
  /// Called before each measurement with what it measures; may be empty.
  std::function<void(const std::string&)> on_progress;
};

struct Probe {
  Machine machine;
  std::vector<std::string> not_measured;  ///< each rate that `machine` leaves empty, and why
};

/// Collective: all ranks of `world`, each with the threads that are set. Medians, so that a passing
/// disturbance does not count; all ranks work at once, and the slowest counts. Products of matrices in f32,
/// bf16 and f64; a copy larger than the caches; an instruction that does nothing; messages between ranks of
/// one host and of different hosts; reading and writing files past the page cache. Takes some seconds.
/// UserError where a folder cannot be written.
Probe probe_machine(const Communicator& world, const ProbeOptions& options);

/// How many ranks each host has, where all have equally many and neighbours: ranks [0, n) on the first,
/// [n, 2n) on the second. Else empty: no level of the network can say which ranks share a host.
std::optional<int> ranks_per_host(std::span<const std::string> host_of_rank);

}  // namespace weft
