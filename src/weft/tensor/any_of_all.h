#pragma once
#include <atomic>
#include <cstdint>

#include "weft/base/threads.h"

namespace weft {

/// Whether one of `elems` elements is suspect; all are looked at, on all threads, so that the loop has no
/// branch.
template <class T, class Suspect>
bool any_of_all(const T* values, int64_t elems, const Suspect& suspect) {
  constexpr int64_t kGrain = 1 << 16;  // elements that are worth a thread
  std::atomic<bool> found = false;
  parallel_for(elems, kGrain, [&](int64_t begin, int64_t end) {
    unsigned any = 0;
    for (int64_t i = begin; i < end; ++i) any |= static_cast<unsigned>(suspect(values + i));
    if (any != 0) found.store(true, std::memory_order_relaxed);
  });
  return found;
}

}  // namespace weft
