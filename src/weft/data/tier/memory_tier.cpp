#include "weft/data/tier/memory_tier.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/data/tier/free_extents.h"

namespace weft {

namespace {

/// A cache line: decoders read records with vector loads.
constexpr int64_t kGranule = 64;
/// Of a node and a bucket of the map of records.
constexpr int64_t kIndexBytes = 64;

class MemoryTier final : public Tier {
 public:
  explicit MemoryTier(int64_t bytes) : capacity_(bytes), space_(kGranule) {
    const int64_t mapped = bytes / kGranule * kGranule;
    if (mapped == 0) return;
    void* memory = ::mmap(nullptr, static_cast<size_t>(mapped), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
      user_error("the memory tier: {} cannot be had: {}", format_bytes(bytes), std::strerror(errno));
    }
    memory_ = static_cast<std::byte*>(memory);
    // Fewer page faults and translations; without it, it works as well.
    ::madvise(memory, static_cast<size_t>(mapped), MADV_HUGEPAGE);
    space_.grow(mapped);
  }

  MemoryTier(const MemoryTier&) = delete;
  MemoryTier& operator=(const MemoryTier&) = delete;
  ~MemoryTier() override {
    if (memory_ != nullptr) ::munmap(memory_, static_cast<size_t>(space_.size()));
  }

  std::string name() const override { return "memory"; }
  int64_t capacity() const override { return capacity_; }
  int64_t used() const override {
    return space_.used_bytes() + kIndexBytes * static_cast<int64_t>(records_.size());
  }
  bool holds(RecordId record) const override { return records_.contains(record); }

  bool put(RecordId record, std::span<const std::byte> bytes, uint64_t checksum) override {
    if (holds(record)) return true;
    const auto size = static_cast<int64_t>(bytes.size());
    if (size > capacity_ || used() + space_.rounded(size) + kIndexBytes > capacity_) return false;
    const std::optional<int64_t> offset = space_.take(size);
    if (!offset) return false;
    if (size > 0) std::memcpy(memory_ + *offset, bytes.data(), bytes.size());
    records_.emplace(record, Kept{*offset, size, checksum});
    return true;
  }

  void drop(RecordId record) override {
    const auto at = records_.find(record);
    if (at == records_.end()) return;
    space_.give(at->second.offset, at->second.bytes);
    records_.erase(at);
  }

  std::optional<Stored> find(RecordId record) const override {
    const auto at = records_.find(record);
    if (at == records_.end()) return std::nullopt;
    return Stored{at->second.bytes, at->second.checksum, memory_ + at->second.offset, {}};
  }

 private:
  struct Kept {
    int64_t offset = 0;
    int64_t bytes = 0;
    uint64_t checksum = 0;
  };

  int64_t capacity_;
  std::byte* memory_ = nullptr;
  FreeExtents space_;
  std::unordered_map<RecordId, Kept> records_;
};

}  // namespace

std::unique_ptr<Tier> make_memory_tier(int64_t bytes) {
  WEFT_CHECK(bytes >= 0, "a memory tier of {} bytes", bytes);
  const int64_t there = int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  if (bytes > there) {
    user_error("the memory tier: {} were asked for, expected at most the {} that this machine has",
               format_bytes(bytes), format_bytes(there));
  }
  return std::make_unique<MemoryTier>(bytes);
}

}  // namespace weft
