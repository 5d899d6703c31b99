#pragma once
// What a machine can do, measured by `weft probe` or described in a file. What work costs on it says price.h.
// The planner, the prefetcher and the simulator ask these two and nothing else.
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/machine/rate_table.h"
#include "weft/tensor/dtype.h"

namespace weft {

/// Links of one kind between ranks: inside a node, between nodes. MB/s = 10^6 bytes a second.
struct NetworkLevel {
  std::string name;
  /// Ranks that share it: ranks a and b do when a / ranks == b / ranks. Empty: all ranks do.
  std::optional<int> ranks;
  std::optional<double> latency_us;  ///< alpha, of one message
  std::optional<double> mb_s;        ///< 1 / beta, of one rank in each direction, while all ranks send
};

/// Bandwidths of all readers (writers) together, by how many there are at once.
struct StorageRates {
  std::optional<RateTable> read;
  std::optional<RateTable> write;
};

// Names of storage that Weft itself asks for.
inline constexpr const char* kFileSystem = "file_system";  ///< shared by all ranks
inline constexpr const char* kLocalDisk = "local_disk";
inline constexpr const char* kMemoryCopy = "memory";

/// Rates of one rank with its threads. What was not measured is empty; what is then assumed says
/// stand_ins() in price.h.
struct Machine {
  std::string name = "not measured";
  std::map<DType, double> gflops;     ///< ceilings of arithmetic
  std::optional<double> memory_gbps;  ///< sustained, reads and writes together
  std::optional<double> launch_us;    ///< of one instruction
  std::vector<NetworkLevel> network;  ///< from the narrowest to the widest
  std::map<std::string, StorageRates> storage;

  /// The narrowest level that all of these ranks share, for messages among them; null where none is known to
  /// reach that far.
  const NetworkLevel* level_of(std::span<const int> ranks) const;
};

/// Reads a description: a JSON object as to_json() writes it, every key optional. Also the flat one of
/// earlier versions (f32_gflops, network_latency_us, network_gbps, …). UserError naming the file and the key.
Machine read_machine(const std::filesystem::path& path);
/// What is empty is left out, so that reading it gives the same machine.
std::string to_json(const Machine& machine);

}  // namespace weft
