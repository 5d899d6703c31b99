#include <algorithm>

#include "weft/base/check.h"
#include "weft/kernels/cuda/launch_pointwise.h"

namespace weft::cuda {

namespace {

constexpr int kMostThreads = 256;
constexpr int kWarp = 32;
/// What every GPU gives a block without being asked.
constexpr int64_t kSharedBytes = 48 * 1024;
/// More than any GPU runs at once; beyond it, threads take several points.
constexpr int64_t kMostBlocks = 16384;

}  // namespace

LaunchShape launch_shape(int64_t points, int slots, bool wide) {
  const int64_t of_thread = int64_t{slots} * (wide ? 8 : 4);
  if (of_thread * kWarp > kSharedBytes) {
    user_error("pointwise: got an expression with {} values at once, expected at most {} on the device cuda",
               slots, kSharedBytes / kWarp / (wide ? 8 : 4));
  }
  int threads = kMostThreads;
  while (of_thread * threads > kSharedBytes) threads /= 2;
  const int64_t blocks = std::min((points + threads - 1) / threads, kMostBlocks);
  return {threads, static_cast<int>(blocks), of_thread * threads, wide};
}

}  // namespace weft::cuda
