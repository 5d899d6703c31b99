#include "weft/base/threads.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>

namespace weft {

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

void set_threads(int count) { omp_set_num_threads(std::max(1, count)); }

int threads() { return omp_get_max_threads(); }

void parallel_for(int64_t count, int64_t grain, RangeBody body) {
  if (count <= 0) return;
  const int64_t pieces = std::clamp<int64_t>(count / std::max<int64_t>(1, grain), 1, threads());
  if (pieces == 1) {
    body(0, count);
    return;
  }
#pragma omp parallel for schedule(static, 1) num_threads(static_cast <int>(pieces))
  for (int64_t piece = 0; piece < pieces; ++piece) {
    body(count * piece / pieces, count * (piece + 1) / pieces);
  }
}

}  // namespace weft
