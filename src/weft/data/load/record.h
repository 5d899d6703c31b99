#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace weft {

/// Where a record came from.
enum class Origin : uint8_t { memory, disk, peer, source };
constexpr int kOrigins = 4;

/// Memory of one record on its way, counted against a budget while it lives.
class RecordBuffer {
 public:
  RecordBuffer(int64_t bytes, std::atomic<int64_t>& budget_used)
      : bytes_(static_cast<size_t>(bytes)), used_(&budget_used) {
    used_->fetch_add(bytes, std::memory_order_relaxed);
  }
  ~RecordBuffer() { used_->fetch_sub(static_cast<int64_t>(bytes_.size()), std::memory_order_relaxed); }
  RecordBuffer(const RecordBuffer&) = delete;
  RecordBuffer& operator=(const RecordBuffer&) = delete;
  std::span<std::byte> bytes() { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
  std::atomic<int64_t>* used_;
};

/// A record that is here: its bytes, and what keeps them (null: a memory tier does, for good). Shared,
/// because a worker unpacks it while it is being written to a disk or sent to a peer.
struct Record {
  std::span<const std::byte> bytes;
  std::shared_ptr<RecordBuffer> buffer;
};

}  // namespace weft
