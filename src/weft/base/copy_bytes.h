#pragma once
#include <cstring>

#include "weft/base/threads.h"

namespace weft {

/// On all threads: a copy of what a large model has is bound by memory.
inline void copy_bytes(std::byte* to, const std::byte* from, int64_t bytes) {
  parallel_for(bytes, int64_t{1} << 20, [&](int64_t begin, int64_t end) {
    std::memcpy(to + begin, from + begin, static_cast<size_t>(end - begin));
  });
}

}  // namespace weft
