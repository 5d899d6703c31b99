#pragma once
// Volumes in the manner of the CosmoFlow data set, for benchmarks and tests: counts of matter in space at C
// times, and the four parameters that they depend on.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "weft/tensor/region.h"

namespace weft {

struct VolumeOptions {
  std::filesystem::path path;
  int64_t count = 1;
  Dims shape{128, 128, 128, 4};  ///< depth, height, width, channels (times)
  Dims chunk;       ///< of the file, in a volume; empty: contiguous, or a volume where compressed
  int deflate = 0;  ///< 1 to 9; 0: not compressed
  uint64_t seed = 1;
};

/// Writes datasets "full" [count, D, H, W, C] i16 and "unitPar" [count, 4] f32, in [-1, 1]. UserError on
/// options that cannot be, or a file that cannot be written; the file appears only when it is whole.
void make_volumes(const VolumeOptions& options, const std::function<void(int64_t done)>& on_progress = {});

/// The four parameters of a volume: amplitude of the field, slope of its spectrum, mean density, and how much
/// it is stretched along the depth.
std::vector<float> volume_parameters(uint64_t seed, int64_t volume);

/// One volume: a Gaussian random field, a sum of plane waves, exponentiated (log-normal densities, as
/// cosmologists approximate matter); `values` has the elements of `shape`.
void fill_volume(uint64_t seed, int64_t volume, const Dims& shape, std::span<int16_t> values);

}  // namespace weft
