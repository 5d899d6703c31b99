#pragma once
// The one thread pool: libgomp's, which oneDNN shares. A second pool would fight for the same cores.
#include <cstdint>
#include <functional>

namespace weft {

/// Cores that this process may run on (its affinity mask).
int available_cores();

/// Sets the number of threads of every later parallel_for and library call. Call once, at start.
void set_threads(int threads);
int threads();

/// Calls body(begin, end) on disjoint pieces of [0, count) in parallel; pieces are at least `grain` long.
/// The split depends on `count`, `grain` and threads() only. The body must not throw.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body);

}  // namespace weft
