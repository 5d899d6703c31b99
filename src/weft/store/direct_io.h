#pragma once
// Reading and writing past the kernel's cache: what is written reaches the disk, what is read comes from it,
// and no core copies it on the way.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

namespace weft {

/// Memory, offsets and lengths are multiples of this, on all disks that matter.
inline constexpr int64_t kDirectIoAlignment = 4096;
/// Large enough for a disk's full speed, small beside a core's cache.
inline constexpr size_t kDirectIoPiece = size_t{4} << 20;

/// Asks for it, or for the kernel's cache again. False where the file system cannot: then nothing has
/// changed.
bool set_direct_io(int descriptor, bool direct);

/// Memory for one piece.
class DirectIoBuffer {
 public:
  DirectIoBuffer();
  std::span<std::byte> bytes() const { return {memory_.get(), kDirectIoPiece}; }

 private:
  std::unique_ptr<std::byte, decltype(&std::free)> memory_;
};

}  // namespace weft
