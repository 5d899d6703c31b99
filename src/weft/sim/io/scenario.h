#pragma once
// What `weft simulate io` is asked: a cluster, a data set, a training run, and policies to compare.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "weft/machine/machine.h"

namespace weft {

/// Storage of each rank that keeps copies: RAM, a local disk.
struct TierSpec {
  std::string name;
  double capacity_mb = 0;
  int threads = 1;     ///< p_j: readers and writers at once
  StorageRates rates;  ///< r_j and w_j, of all threads together
  double read_mb_s() const { return rates.read->at(threads); }
  double write_mb_s() const { return rates.write->at(threads); }
};

/// The cluster's rates are of the kinds that a Machine has, and priced as its are (machine/transfer_time.h).
/// Units: MB = 10^6 bytes, MB/s. Symbols in the comments are those of Dryden et al. (SC'21), section 4.
struct IoScenario {
  std::string name;
  int ranks = 1;      ///< N
  int64_t batch = 1;  ///< samples of one rank in a step
  int64_t epochs = 1;
  uint64_t seed = 0;
  std::vector<std::string> policies;  ///< in the order of the result

  int64_t samples = 0;  ///< F
  double mean_mb = 0;   ///< sizes are drawn from a normal distribution, again while below zero
  double deviation_mb = 0;

  double compute_mb_s = 0;     ///< c, of one rank
  double preprocess_mb_s = 0;  ///< beta, of one thread
  NetworkLevel network;        ///< b_c, of one rank, in each direction: the level that all ranks share
  StorageRates file_system;    ///< t(gamma), of all readers together

  double staging_mb = 0;  ///< d_0
  int staging_threads = 1;
  StorageRates staging;  ///< w_0
  std::vector<TierSpec> tiers;
};

/// Reads a scenario. UserError naming the line for text that is not TOML, a key that is not known (with the
/// nearest that is), one that is missing, and a value that makes no sense.
IoScenario parse_io_scenario(std::string_view text, std::string_view source_name);
IoScenario read_io_scenario(const std::filesystem::path& path);

}  // namespace weft
