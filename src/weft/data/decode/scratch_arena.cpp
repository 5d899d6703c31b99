#include "weft/data/decode/scratch_arena.h"

#include <algorithm>
#include <new>

namespace weft {

namespace {

// What libjpeg's and libpng's vector code wants at most, and a cache line.
constexpr size_t kAlign = 64;
constexpr size_t kFirstBlockBytes = 64 << 10;

}  // namespace

void ScratchArena::Free::operator()(std::byte* memory) const {
  ::operator delete[](memory, std::align_val_t{kAlign});
}

ScratchArena::Block ScratchArena::make_block(size_t bytes) {
  Block block;
  block.memory.reset(
      static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{kAlign}, std::nothrow)));
  if (block.memory != nullptr) block.bytes = bytes;
  return block;
}

void* ScratchArena::take(size_t bytes) noexcept {
  if (bytes > SIZE_MAX / 4) return nullptr;
  bytes = (bytes + kAlign - 1) / kAlign * kAlign;
  if (blocks_.empty() || used_ + bytes > blocks_.back().bytes) {
    const size_t last = blocks_.empty() ? kFirstBlockBytes / 2 : blocks_.back().bytes;
    try {
      blocks_.push_back(make_block(std::max(bytes, last * 2)));
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    used_ = 0;
    if (blocks_.back().memory == nullptr) {
      blocks_.pop_back();
      used_ = blocks_.empty() ? 0 : blocks_.back().bytes;
      return nullptr;
    }
  }
  void* memory = blocks_.back().memory.get() + used_;
  used_ += bytes;
  return memory;
}

void ScratchArena::clear() noexcept {
  used_ = 0;
  if (blocks_.size() < 2) return;
  size_t bytes = 0;
  for (const Block& block : blocks_) bytes += block.bytes;
  blocks_.clear();
  // The vector keeps its room for one block. Without memory now, the next take() tries again.
  Block one = make_block(bytes);
  if (one.memory != nullptr) blocks_.push_back(std::move(one));
}

}  // namespace weft
