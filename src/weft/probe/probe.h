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
#include "weft/probe/rounds.h"

namespace weft {

struct ProbeOptions {
  /// Folders whose storage is measured, by the name that it gets (kFileSystem, kLocalDisk). Files of up to
  /// 64 MiB are written there, and removed.
  std::map<std::string, std::filesystem::path> folders;
  /// See RoundLimits: no round begins after so long, but for the first three.
  double seconds = 20;
  RoundProgress on_progress;  ///< may be empty
};

/// A figure, as it was measured.
struct ProbedRate {
  std::string key;    ///< in the machine's file: "memory_gbps"
  std::string title;  ///< for people: "copy in memory"
  std::string unit;   ///< "GB/s"
  Figure figure;
};

struct Probe {
  Machine machine;
  std::vector<ProbedRate> rates;
  std::vector<std::string> not_measured;  ///< each rate that `machine` leaves empty, and why
};

/// Collective: all ranks of `world`, each with the threads that are set. All ranks work at once, and the
/// slowest counts. Products of matrices of several shapes in f32, bf16 and f64; a copy and a triad larger
/// than the caches; the first touch of memory; an instruction that does nothing; messages between ranks of
/// one host and of different hosts, by how many have to do with each other; reading and writing files past
/// the page cache. Medians of rounds (rounds.h), with their spreads. UserError where a folder cannot be
/// written, or memory is short.
Probe probe_machine(const Communicator& world, const ProbeOptions& options);

/// One sentence that names the rates that the machine was too noisy for, as their spread says; "" where there
/// are none.
std::string noise_of(const Probe& probe);

/// How many ranks each host has, where all have equally many and neighbours: ranks [0, n) on the first,
/// [n, 2n) on the second. Else empty: no level of the network can say which ranks share a host.
std::optional<int> ranks_per_host(std::span<const std::string> host_of_rank);

}  // namespace weft
