#include "weft/run/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "weft/base/check.h"
#include "weft/base/memory.h"

namespace weft {

namespace {

constexpr int64_t kHugePage = int64_t{1} << 21;

}  // namespace

void check_available(int64_t bytes) {
  const int64_t available = available_memory();
  if (bytes > available) {
    user_error(
        "not enough memory: the plan needs {:.2f} GiB and {:.2f} GiB are available; a smaller "
        "data.batch, more optimizer.accumulate or more ranks need less",
        static_cast<double>(bytes) / (1 << 30), static_cast<double>(available) / (1 << 30));
  }
}

Arena::Arena(int64_t bytes, DeviceMemoryPtr memory) : memory_(std::move(memory)), bytes_(bytes) {
  if (memory_ != nullptr) {
    data_ = memory_->allocate(bytes);
    return;
  }
  check_available(bytes);
  const int64_t rounded = std::max<int64_t>(kHugePage, (bytes + kHugePage - 1) / kHugePage * kHugePage);
  void* mapped = mmap(nullptr, static_cast<size_t>(rounded + kHugePage), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) user_error("not enough memory: {} bytes cannot be mapped", rounded);
  // Huge pages need an aligned start: the slack is given back.
  const auto address = reinterpret_cast<uintptr_t>(mapped);
  const uintptr_t start = (address + kHugePage - 1) / kHugePage * kHugePage;
  if (start > address) munmap(mapped, start - address);
  const uintptr_t slack = kHugePage - (start - address);
  if (slack > 0) munmap(reinterpret_cast<void*>(start + static_cast<uintptr_t>(rounded)), slack);
  data_ = reinterpret_cast<std::byte*>(start);
  bytes_ = rounded;
  madvise(data_, static_cast<size_t>(rounded), MADV_HUGEPAGE);
}

Arena::~Arena() {
  if (memory_ != nullptr) {
    memory_->release(data_, bytes_);
  } else {
    munmap(data_, static_cast<size_t>(bytes_));
  }
}

int64_t Arena::resident() const { return memory_ != nullptr ? bytes_ : resident_bytes(data_, bytes_); }

}  // namespace weft
