#pragma once
// Memory that lives for one image, taken from blocks that stay: neither libjpeg nor libpng then calls malloc.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace weft {

/// Hands out memory from the front; clear() takes everything back at once. An image that needed several
/// blocks leaves one block of their sum, so the next image of its kind allocates nothing.
class ScratchArena {
 public:
  /// Aligned to 64 bytes, not initialised; nullptr where the system has no memory. Valid until clear().
  void* take(size_t bytes) noexcept;
  void clear() noexcept;

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  struct Block {
    std::unique_ptr<std::byte[], Free> memory;
    size_t bytes = 0;
  };
  static Block make_block(size_t bytes);

  std::vector<Block> blocks_;  ///< the last one is in use
  size_t used_ = 0;            ///< of the last block
};

}  // namespace weft
