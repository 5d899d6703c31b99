#include "weft/data/load/decode_pool.h"

#include <chrono>

#include "weft/base/check.h"
#include "weft/base/threads.h"

namespace weft {

DecodePool::DecodePool(Assembler& assembler, BatchRing& ring, int threads, OnBroken on_broken)
    : assembler_(assembler), ring_(ring), on_broken_(std::move(on_broken)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
}

DecodePool::~DecodePool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void DecodePool::add(Row row) {
  pending_.fetch_add(1, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    rows_.emplace(std::pair{row.step, row.row}, std::move(row));
  }
  changed_.notify_one();
}

void DecodePool::wake() {
  { const std::lock_guard lock(mutex_); }  // whoever has looked already is waiting now
  changed_.notify_all();
}

void DecodePool::work(int worker) {
  unpin_this_thread();
  while (true) {
    Row row;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(
          lock, [&] { return stopping_ || (!rows_.empty() && ring_.is_open(rows_.begin()->second.step)); });
      if (stopping_) return;
      row = std::move(rows_.begin()->second);
      rows_.erase(rows_.begin());
    }
    const auto start = std::chrono::steady_clock::now();
    try {
      make(worker, row);
    } catch (...) {
      ring_.fail(std::current_exception());
    }
    const auto spent = std::chrono::steady_clock::now() - start;
    busy_ns_.fetch_add(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count(),
                       std::memory_order_relaxed);
    pending_.fetch_sub(1, std::memory_order_relaxed);
  }
}

void DecodePool::make(int worker, const Row& row) {
  const std::vector<View> views = ring_.row(row.step, row.row);
  bool is_sample = row.sample >= 0;
  if (is_sample) {
    try {
      assembler_.assemble(worker, row.epoch, row.sample, row.record.bytes, views);
    } catch (const UserError& error) {
      if (on_broken_(row, error.what())) return;
      is_sample = false;
    }
  }
  if (!is_sample) assembler_.assemble_empty(views);
  ring_.row_is_done(row.step, row.row, is_sample);
}

}  // namespace weft
