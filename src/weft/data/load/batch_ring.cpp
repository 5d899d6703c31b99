#include "weft/data/load/batch_ring.h"

#include <sys/mman.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "weft/base/alignment.h"
#include "weft/base/check.h"
#include "weft/base/memory.h"

namespace weft {

namespace {

constexpr size_t kHugePage = size_t{2} << 20;

TensorType batched(const TensorType& row, int64_t rows) {
  TensorType type = row;
  type.shape.insert(type.shape.begin(), rows);
  return type;
}

/// The kernel may promise more memory than there is, and end the process when it is written.
void refuse_beyond_memory(std::span<const TensorType> row_types, double rows) {
  double wanted = 0;  // in which nothing overflows
  for (const TensorType& type : row_types) wanted += static_cast<double>(type.bytes()) * rows;
  const int64_t available = available_memory();
  if (wanted <= static_cast<double>(available)) return;
  user_error("data: {:.0f} bytes for the staging ring are not to be had, {} are left", wanted, available);
}

}  // namespace

BatchRing::BatchRing(std::span<const TensorType> row_types, int64_t rows, int slots, int64_t first_step,
                     RingPages pages)
    : rows_(rows), row_types_(row_types.begin(), row_types.end()), pages_(pages), oldest_(first_step) {
  WEFT_CHECK(slots >= 1 && rows >= 0, "a ring of {} slots with {} rows", slots, rows);
  refuse_beyond_memory(row_types_, static_cast<double>(rows) * slots);
  slots_.resize(static_cast<size_t>(slots));
  for (Slot& slot : slots_) {
    slot.rows_left = rows;
    slot.samples.assign(static_cast<size_t>(rows), 0);
    give_memory(slot);
  }
}

void BatchRing::give_memory(Slot& slot) const {
  int64_t slot_bytes = 0;
  for (const TensorType& type : row_types_) slot_bytes += aligned(batched(type, rows_).bytes());
  const auto bytes = static_cast<size_t>(std::max<int64_t>(1, slot_bytes));
  const size_t alignment = bytes < kHugePage ? static_cast<size_t>(kAlignment) : kHugePage;
  const size_t whole = (bytes + alignment - 1) / alignment * alignment;
  slot.memory.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, whole)),
                    [](std::byte* memory) { std::free(memory); });
  if (!slot.memory) user_error("data: {} bytes for the staging ring are not to be had", whole);
  if (alignment == kHugePage) madvise(slot.memory.get(), whole, MADV_HUGEPAGE);
  if (pages_ == RingPages::at_once) std::memset(slot.memory.get(), 0, whole);
  std::byte* next = slot.memory.get();
  slot.tensors.clear();
  for (const TensorType& type : row_types_) {
    slot.tensors.push_back({next, batched(type, rows_)});
    next += aligned(slot.tensors.back().bytes());
  }
}

std::vector<View> BatchRing::row(int64_t step, int64_t row) const {
  std::vector<View> views;
  const Slot& from = slot(step);
  for (size_t i = 0; i < row_types_.size(); ++i) {
    views.push_back({from.tensors[i].data + row * row_types_[i].bytes(), row_types_[i]});
  }
  return views;
}

bool BatchRing::is_open(int64_t step) const {
  const std::lock_guard lock(mutex_);
  return step < oldest_ + std::ssize(slots_);
}

void BatchRing::row_is_done(int64_t step, int64_t row, bool is_sample) {
  const std::lock_guard lock(mutex_);
  slot(step).samples[static_cast<size_t>(row)] = is_sample ? 1 : 0;
  if (--slot(step).rows_left == 0) changed_.notify_all();
}

void BatchRing::fail(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  changed_.notify_all();
}

std::span<const View> BatchRing::wait(int64_t step) {
  std::unique_lock lock(mutex_);
  WEFT_CHECK(step >= oldest_ && step < oldest_ + std::ssize(slots_),
             "batches are taken in order: step {} where {} is the oldest", step, oldest_);
  changed_.wait(lock, [&] { return slot(step).rows_left == 0 || error_; });
  if (slot(step).rows_left != 0) std::rethrow_exception(error_);
  return slot(step).tensors;
}

bool BatchRing::wait_for(int64_t step, double ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::duration<double, std::milli>(ms),
                           [&] { return slot(step).rows_left == 0 || error_; });
}

std::shared_ptr<const void> BatchRing::memory(int64_t step) const {
  const std::lock_guard lock(mutex_);
  return slot(step).memory;
}

void BatchRing::release(int64_t step) {
  {
    const std::lock_guard lock(mutex_);
    WEFT_CHECK(step == oldest_, "batches are released in order: step {} before {}", step, oldest_);
    Slot& free = slot(step);
    if (free.memory.use_count() > 1) give_memory(free);
    free.rows_left = rows_;
    ++oldest_;
  }
  if (on_release_) on_release_();
}

}  // namespace weft
