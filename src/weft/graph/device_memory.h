#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace weft {

/// Memory of a device that the host does not read or write. Kernels get addresses of it, and so does MPI,
/// whose transport must know them.
class DeviceMemory {
 public:
  virtual ~DeviceMemory() = default;
  virtual std::string_view name() const = 0;
  /// Zeroed and aligned to 64 bytes. UserError where there is not enough.
  virtual std::byte* allocate(int64_t bytes) const = 0;
  virtual void release(std::byte* data, int64_t bytes) const = 0;
  /// These return when the bytes are there, after all kernels that were run before.
  virtual void upload(std::byte* device, const std::byte* host, int64_t bytes) const = 0;
  virtual void download(std::byte* host, const std::byte* device, int64_t bytes) const = 0;
  /// Within the device; the two do not overlap.
  virtual void copy(std::byte* to, const std::byte* from, int64_t bytes) const = 0;
};

/// Null: the host's own memory. Shared by the device and by the Programs, arenas and stores that outlive it.
using DeviceMemoryPtr = std::shared_ptr<const DeviceMemory>;

}  // namespace weft
