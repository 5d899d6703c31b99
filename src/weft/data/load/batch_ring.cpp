#include "weft/data/load/batch_ring.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr int64_t kAlignment = 64;
constexpr size_t kHugePage = size_t{2} << 20;

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

TensorType batched(const TensorType& row, int64_t rows) {
  TensorType type = row;
  type.shape.insert(type.shape.begin(), rows);
  return type;
}

}  // namespace

void BatchRing::Free::operator()(std::byte* memory) const { std::free(memory); }

BatchRing::BatchRing(std::span<const TensorType> row_types, int64_t rows, int slots, int64_t first_step)
    : rows_(rows), row_types_(row_types.begin(), row_types.end()), oldest_(first_step) {
  WEFT_CHECK(slots >= 1 && rows >= 0, "a ring of {} slots with {} rows", slots, rows);
  int64_t slot_bytes = 0;
  for (const TensorType& type : row_types_) slot_bytes += aligned(batched(type, rows).bytes());
  const auto bytes = static_cast<size_t>(std::max<int64_t>(1, slot_bytes * slots));
  const size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  memory_.reset(static_cast<std::byte*>(std::aligned_alloc(kHugePage, whole)));
  if (!memory_) user_error("data: {} bytes for the staging ring are not to be had", whole);
  madvise(memory_.get(), whole, MADV_HUGEPAGE);
  std::memset(memory_.get(), 0, whole);  // every page is there before the first step
  std::byte* next = memory_.get();
  slots_.resize(static_cast<size_t>(slots));
  for (Slot& slot : slots_) {
    slot.rows_left = rows;
    for (const TensorType& type : row_types_) {
      slot.tensors.push_back({next, batched(type, rows)});
      next += aligned(slot.tensors.back().bytes());
    }
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

void BatchRing::row_is_done(int64_t step) {
  const std::lock_guard lock(mutex_);
  if (--slot(step).rows_left == 0) changed_.notify_all();
}

void BatchRing::fail(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  changed_.notify_all();
}

std::span<const View> BatchRing::wait(int64_t step) {
  std::unique_lock lock(mutex_);
  WEFT_CHECK(step == oldest_, "batches are taken in order: step {} before {}", step, oldest_);
  changed_.wait(lock, [&] { return slot(step).rows_left == 0 || error_; });
  if (slot(step).rows_left != 0) std::rethrow_exception(error_);
  return slot(step).tensors;
}

bool BatchRing::is_ready(int64_t step) const {
  const std::lock_guard lock(mutex_);
  return slot(step).rows_left == 0;
}

void BatchRing::release(int64_t step) {
  {
    const std::lock_guard lock(mutex_);
    WEFT_CHECK(step == oldest_, "batches are released in order: step {} before {}", step, oldest_);
    slot(step).rows_left = rows_;
    ++oldest_;
  }
  if (on_release_) on_release_();
}

}  // namespace weft
