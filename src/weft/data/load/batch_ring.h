#pragma once
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "weft/tensor/view.h"

namespace weft {

/// When the kernel gives the pages of a ring: all before the first step, which no step then waits for; or as
/// rows are written, so that making a ring takes no time however large its batches are.
enum class RingPages : uint8_t { at_once, as_written };

/// The staging ring: room for a few batches of this rank, made once and used for ever. Workers fill rows
/// of steps that have a slot, the trainer takes whole batches in order and gives them back. Who wants to keep
/// a batch for longer keeps its memory(): the slot then gets new memory.
class BatchRing {
 public:
  /// `row_types`: tensors of one row; a slot has `rows` of each.
  BatchRing(std::span<const TensorType> row_types, int64_t rows, int slots, int64_t first_step,
            RingPages pages = RingPages::at_once);

  int64_t rows() const { return rows_; }
  /// One row of a step's slot. The step must be open.
  std::vector<View> row(int64_t step, int64_t row) const;
  /// Whether the step has a slot: it is at most slots - 1 ahead of the oldest that is not released.
  bool is_open(int64_t step) const;
  /// `is_sample`: whether the row has a sample.
  void row_is_done(int64_t step, int64_t row, bool is_sample);
  /// Every later wait throws this.
  void fail(std::exception_ptr error);

  /// Waits for a step's batch: [rows, ...] views, valid until release(step). Throws what fail() was given.
  /// Several batches may be out at once.
  std::span<const View> wait(int64_t step);
  /// The same with an end: false where the batch is not there in that time.
  bool wait_for(int64_t step, double ms);
  /// Of a step that wait() has given: which of its rows have a sample, not 0 where one has. Valid until
  /// release(step).
  std::span<const uint8_t> samples(int64_t step) const { return slot(step).samples; }
  /// What the batch lies in.
  std::shared_ptr<const void> memory(int64_t step) const;
  /// Steps are released in order.
  void release(int64_t step);
  /// Called after each release, outside the lock (set before any worker starts).
  void on_release(std::function<void()> callback) { on_release_ = std::move(callback); }

 private:
  struct Slot {
    std::shared_ptr<std::byte> memory;  ///< shared with those who keep the batch
    std::vector<View> tensors;
    std::vector<uint8_t> samples;  ///< by row
    int64_t rows_left = 0;
  };
  void give_memory(Slot& slot) const;
  const Slot& slot(int64_t step) const { return slots_[static_cast<size_t>(step) % slots_.size()]; }
  Slot& slot(int64_t step) { return slots_[static_cast<size_t>(step) % slots_.size()]; }

  int64_t rows_;
  std::vector<TensorType> row_types_;
  RingPages pages_;
  std::vector<Slot> slots_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int64_t oldest_;  ///< step that is not released
  std::exception_ptr error_;
  std::function<void()> on_release_;
};

}  // namespace weft
