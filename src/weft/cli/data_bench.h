#pragma once
// weft data bench: the data path of a recipe alone, without the network that it feeds.
#include <cstdint>
#include <string>
#include <vector>

namespace weft {

struct DataBenchOptions {
  std::string recipe;
  std::vector<std::string> set;
  int64_t epochs = 2;
  int64_t steps = 0;      ///< of each epoch; 0: all
  double compute_ms = 0;  ///< that each step waits, in place of the network
  bool digest = false;    ///< whether the CRC-32 of each batch of rank 0 is printed, to compare loaders
  bool naive = true;      ///< whether the naive way is measured too
};

/// Loads the epochs, printing for each: samples a second, time that steps waited, bytes by where they came
/// from; then the same samples read and decoded in the naive way (when a step asks, by all threads of the
/// rank), and what no loading could be faster than. Collective: run it under mpirun as the training. Returns
/// the exit code.
int run_data_bench(const DataBenchOptions& options);

}  // namespace weft
