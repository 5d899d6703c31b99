#pragma once
// The memory that measurements share. Internal to probe/.
#include <array>
#include <cstddef>
#include <cstdint>

#include "weft/comm/communicator.h"

namespace weft {

/// Zeros from the kernel, in huge pages where it grants them, as an arena has them; none is touched yet.
class Pages {
 public:
  explicit Pages(int64_t bytes);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  std::byte* data() const { return data_; }
  int64_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  int64_t bytes_;
};

/// Three arrays, each larger than the caches, that nobody else uses while a measurement does. The first two
/// hold numbers that are neither zero nor odd in f64, f32 and bf16 alike; the third takes results.
class ProbeMemory {
 public:
  /// Collective: all ranks have equally much, of `free` bytes that this one could take. UserError where these
  /// are too few.
  ProbeMemory(const Communicator& world, int64_t free);
  std::byte* first() const { return arrays_[0].data(); }
  std::byte* second() const { return arrays_[1].data(); }
  std::byte* result() const { return arrays_[2].data(); }
  int64_t bytes() const { return arrays_[0].bytes(); }  ///< of each

 private:
  explicit ProbeMemory(int64_t bytes);
  std::array<Pages, 3> arrays_;
};

}  // namespace weft
