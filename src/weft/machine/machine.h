#pragma once
// What a machine can do, measured by `weft probe` or described in a file. What work costs on it says price.h.
// The planner, the prefetcher and the simulator ask these two and nothing else.
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/machine/measured_on.h"
#include "weft/machine/rate_table.h"
#include "weft/tensor/dtype.h"

namespace weft {

/// A product of matrices [m, k] x [k, n], and how fast it was.
struct ProductRate {
  DType dtype = DType::f32;
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  double gflops = 0;
  bool operator==(const ProductRate&) const = default;
};

/// What a message costs among groups of so many ranks, while all such groups of the level are busy.
struct GroupRates {
  int ranks = 0;
  double latency_us = 0;
  double mb_s = 0;
  bool operator==(const GroupRates&) const = default;
};

/// Links of one kind between ranks: inside a node, between nodes. MB/s = 10^6 bytes a second.
struct NetworkLevel {
  std::string name;
  /// Ranks that share it: ranks a and b do when a / ranks == b / ranks. Empty: all ranks do.
  std::optional<int> ranks;
  std::optional<double> latency_us;  ///< alpha, of one message
  std::optional<double> mb_s;        ///< 1 / beta, of one rank in each direction, while all ranks send
  /// The same two by how many ranks a group has, in increasing order; empty: any group has those above.
  std::vector<GroupRates> groups = {};
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
  MeasuredOn measured_on;
  std::map<DType, double> gflops;          ///< ceilings of arithmetic: of `products`, the best
  std::vector<ProductRate> products;       ///< of shapes that training meets
  std::optional<double> memory_gbps;       ///< of a copy, reads and writes together
  std::optional<double> triad_gbps;        ///< of a = b + s c, reads and writes together
  std::optional<double> first_touch_gbps;  ///< of memory that is new to the process
  std::optional<double> launch_us;         ///< of one instruction
  std::vector<NetworkLevel> network;       ///< from the narrowest to the widest
  std::map<std::string, StorageRates> storage;
  /// How far the rounds of a measurement lay apart, (p75 - p25) / median, by the rate's key in the file.
  std::map<std::string, double> spreads;

  /// The narrowest level that all of these ranks share, for messages among them; null where none is known to
  /// reach that far.
  const NetworkLevel* level_of(std::span<const int> ranks) const;
  /// Whether anybody has said a rate.
  bool is_known() const;
};

/// Reads a description: a JSON object as to_json() writes it, every key optional. Also the flat one of
/// earlier versions (f32_gflops, network_latency_us, network_gbps, …). UserError naming the file, the key
/// and the value, also where no machine can have the rate.
Machine read_machine(const std::filesystem::path& path);
/// The same of the text of a file; `where` names it.
Machine parse_machine(std::string_view text, const std::string& where);
/// What is empty is left out, so that reading it gives the same machine.
std::string to_json(const Machine& machine);

}  // namespace weft
