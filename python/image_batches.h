#pragma once
// Batches of images for Python: the loader of weft/data/load, one process's rows of each batch.
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weft/data/load/streamed_batches.h"

namespace weft {

struct ImageBatchesOptions {
  std::string path;
  std::string split = "train";
  int64_t batch = 1;  ///< rows of one process
  bool shuffle = false;
  bool drop_last = false;
  uint64_t seed = 0;
  int64_t size = 0;  ///< pixels of a side; 0: images are as they are
  bool augment = false;
  std::vector<double> mean, deviation;  ///< empty: measured
  DType dtype = DType::f32;
  int64_t memory_bytes = 0;  ///< for copies of files
  std::vector<std::pair<std::string, int64_t>> cache;
  int workers = 1;
  int64_t lookahead = 32;
  OnBadSample on_bad = OnBadSample::fail;
  int64_t bad_limit = 100;
  int rank = 0;  ///< used where the job has no MPI
  int ranks = 1;
};

/// A batch that Python holds: its memory stays as long as somebody has it.
struct HeldBatch {
  std::shared_ptr<const void> memory;
  View pixels;       ///< [rows, height, width, 3]
  View labels;       ///< i32 [rows]; -1: the row is empty
  int64_t rows = 0;  ///< that are not empty
};

/// Names a data set by what it holds, wherever it lies; reads a little of some files.
uint64_t data_key(const Source& source);

class ImageBatches {
 public:
  /// Collective among MPI's ranks, where there are any. UserError for bad options and data. Where `stop`
  /// becomes true, what is made is of no use.
  explicit ImageBatches(ImageBatchesOptions options, const std::atomic<bool>* stop = nullptr);
  /// Loads the same batches, for another loop at the same time: without copies of files, and alone.
  std::unique_ptr<ImageBatches> another() const;

  int64_t samples() const { return source_->count(); }
  int64_t batches() const { return images_->batches(); }
  /// What the source has to say of itself, as Source::remarks().
  std::vector<std::string> remarks() const { return source_->remarks(); }
  std::vector<std::string> classes() const;
  std::shared_ptr<const Source> source() const { return source_; }
  int rank() const { return rank_; }
  int ranks() const { return ranks_; }

  /// False where batch `number` (counted over all epochs) is not there after `ms`.
  bool wait_for(int64_t number, double ms) { return images_->wait_for(number, options_.dtype, ms); }
  HeldBatch take(int64_t number);
  std::optional<LoadStats> stats() const { return images_->stats(); }
  std::vector<std::string> notices() { return images_->notices(); }

 private:
  ImageBatches() = default;
  StreamedBatchesOptions streaming(const Communicator& world, const std::atomic<bool>* stop) const;
  void begin_anew();

  ImageBatchesOptions options_;
  StreamedBatchesOptions streaming_;
  std::shared_ptr<const Source> source_;
  std::unique_ptr<StreamedBatches> images_;
  int rank_ = 0;
  int ranks_ = 1;
  int64_t next_ = -1;  ///< the batch that follows the last one taken
  int64_t out_ = 0;    ///< batches not given back
};

}  // namespace weft
