#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "weft/data/batch/origin.h"

namespace weft {

/// Where records on their way lie. Large ones' memory is used again: fresh memory costs a page fault every 4
/// KiB, which for volumes takes as long as reading them.
class RecordMemory {
 public:
  struct Piece {
    std::unique_ptr<std::byte[]> memory;
    size_t capacity = 0;
  };
  RecordMemory() = default;
  RecordMemory(const RecordMemory&) = delete;
  RecordMemory& operator=(const RecordMemory&) = delete;

  /// Not initialised. Any thread, as below.
  Piece take(size_t bytes);
  void give_back(Piece piece, size_t bytes);
  /// Bytes that are taken and not given back.
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  /// Bytes kept for later.
  int64_t kept() {
    const std::lock_guard lock(mutex_);
    return static_cast<int64_t>(free_bytes_);
  }

 private:
  static constexpr size_t kWorthKeeping = 128 << 10;
  static constexpr size_t kKept = 256 << 20;  ///< bytes, at most

  std::atomic<int64_t> used_{0};
  std::mutex mutex_;
  std::vector<Piece> free_;  ///< the oldest first
  size_t free_bytes_ = 0;
};

/// Memory of one record on its way.
class RecordBuffer {
 public:
  /// `memory` must outlive this.
  RecordBuffer(int64_t bytes, RecordMemory& memory)
      : memory_(memory), bytes_(static_cast<size_t>(bytes)), piece_(memory.take(bytes_)) {}
  ~RecordBuffer() { memory_.give_back(std::move(piece_), bytes_); }
  RecordBuffer(const RecordBuffer&) = delete;
  RecordBuffer& operator=(const RecordBuffer&) = delete;
  std::span<std::byte> bytes() { return {piece_.memory.get(), bytes_}; }

 private:
  RecordMemory& memory_;
  size_t bytes_;
  RecordMemory::Piece piece_;
};

/// A record that is here: its bytes, and what keeps them (null: a memory tier does, for good). Shared,
/// because a worker unpacks it while it is being written to a disk or sent to a peer.
struct Record {
  std::span<const std::byte> bytes;
  std::shared_ptr<RecordBuffer> buffer;
};

}  // namespace weft
