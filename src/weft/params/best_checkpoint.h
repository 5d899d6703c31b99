#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace weft {

/// Which checkpoint of a run did best on its validation data; a file `best.json` beside the checkpoints. That
/// checkpoint is kept however many newer ones there are.
struct BestCheckpoint {
  int64_t step = 0;
  std::string metric;  ///< "loss", or a metric's name
  double value = 0;
  std::optional<double> loss;  ///< of the same data: of equal values, the lower is better

  bool operator==(const BestCheckpoint&) const = default;
};

/// Nothing where none was marked, or the marked one is gone. UserError where the file is broken.
std::optional<BestCheckpoint> read_best(const std::filesystem::path& checkpoints);

/// Marks it, in the place of the one before; a crash leaves either. Errors: as a full disk has them.
void write_best(const std::filesystem::path& checkpoints, const BestCheckpoint& best);

}  // namespace weft
