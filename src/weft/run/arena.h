#pragma once
#include <cstddef>
#include <cstdint>

#include "weft/graph/device_memory.h"

namespace weft {

/// An allocation for a whole run, zeroed. In the host's memory: page-aligned, in huge pages where the kernel
/// gives them. A page comes into memory when it is first used, in a run's first step, near the thread that
/// uses it.
class Arena {
 public:
  /// UserError when `bytes` exceed what the machine has left, before anything is allocated.
  explicit Arena(int64_t bytes, DeviceMemoryPtr memory = nullptr);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  std::byte* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  /// Bytes that have been used, as the kernel says, in whole pages; all of it where a device has it.
  int64_t resident() const;

 private:
  DeviceMemoryPtr memory_;
  std::byte* data_ = nullptr;
  int64_t bytes_ = 0;
};

/// UserError when `bytes` exceed available_memory().
void check_available(int64_t bytes);

}  // namespace weft
