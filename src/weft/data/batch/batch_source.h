#pragma once
// What feeds a step: any region of any batch, by number.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/data/batch/load_stats.h"
#include "weft/tensor/view.h"

namespace weft {

class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// Fills `outputs[i]` with the box `regions[i]` of tensor i of global batch `number` (text: tokens,
  /// targets; images: pixels, labels). A pure function of the number: any rank, in any order, gets the same.
  /// Fastest where numbers come one after the other.
  virtual void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) = 0;
  /// Instead of fill(), where the batch is in the source's own memory already: points `views` (of the types
  /// that fill() would be given) at it and returns true. The memory is valid until the next call of fill() or
  /// lend(), and the caller may change it.
  virtual bool lend(int64_t /*number*/, std::span<View> /*views*/, std::span<const Region> /*regions*/) {
    return false;
  }
  /// Whether a sample is in row `row` of the whole batch that fill() or lend() gave last. A row without one
  /// has zeros, and for targets -1 or NaN. Only of rows that were asked for.
  virtual bool has_sample(int64_t /*row*/) const { return true; }
  /// Where that row comes from, for people: "volumes.h5[17]".
  virtual std::string name_of(int64_t row) const = 0;
  /// Seconds that so many samples take where each is read and decoded when it is asked for, on all threads:
  /// what loading ahead is compared with. Nothing where all is in memory. After the first batch.
  virtual std::optional<double> naive_seconds(int64_t /*samples*/) { return std::nullopt; }
  /// What loading has cost so far; nothing where all is in memory.
  virtual std::optional<LoadStats> stats() const { return std::nullopt; }
  /// The fetches of records that ended since the last call; the first call begins to remember them.
  virtual std::vector<FetchEvent> fetches() { return {}; }
  /// Sentences for people since the last call: tiers that broke, samples that were bad.
  virtual std::vector<std::string> notices() { return {}; }
};

}  // namespace weft
