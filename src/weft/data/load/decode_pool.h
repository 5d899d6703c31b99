#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "weft/data/load/assembler.h"
#include "weft/data/load/batch_ring.h"
#include "weft/data/load/record.h"

namespace weft {

/// Worker threads that assemble rows of the ring from records, earliest step first.
class DecodePool {
 public:
  /// A row to make; sample -1: an empty one.
  struct Row {
    int64_t step = 0;
    int64_t row = 0;  ///< within this rank's rows
    int64_t epoch = 0;
    int64_t sample = -1;
    int64_t drawn = -1;  ///< where `sample` is a substitute: the one that it stands for
    Record record;
  };
  /// Called by a worker when a sample cannot be unpacked. True: the row is somebody else's business now
  /// (another sample was asked for). False: the row is left empty. What it throws ends the loading.
  using OnBroken = std::function<bool(const Row& row, const std::string& why)>;

  DecodePool(Assembler& assembler, BatchRing& ring, int threads, OnBroken on_broken);
  ~DecodePool();
  DecodePool(const DecodePool&) = delete;
  DecodePool& operator=(const DecodePool&) = delete;

  void add(Row row);
  /// Looks again whether the earliest row's step has a slot now.
  void wake();
  /// Rows that wait or are being made.
  int64_t pending() const { return pending_.load(std::memory_order_relaxed); }
  /// Time that workers spent on rows, all together.
  double busy_ms() const { return static_cast<double>(busy_ns_.load(std::memory_order_relaxed)) * 1e-6; }

 private:
  void work(int worker);
  void make(int worker, const Row& row);

  Assembler& assembler_;
  BatchRing& ring_;
  OnBroken on_broken_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::pair<int64_t, int64_t>, Row> rows_;  ///< by (step, row)
  bool stopping_ = false;
  std::atomic<int64_t> pending_{0};
  std::atomic<int64_t> busy_ns_{0};
  std::vector<std::thread> threads_;
};

}  // namespace weft
