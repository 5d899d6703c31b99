#pragma once
#include <span>
#include <vector>

#include "weft/data/stream/sampler.h"

namespace weft {

/// Each sample once, in one order for all epochs, drawn by the seed, of which every beginning has the classes
/// in the proportions that they have in the whole: what is measured on the first batches stands for all.
class StratifiedSampler final : public Sampler {
 public:
  /// A label for each sample; equal ones where classes are not known.
  StratifiedSampler(std::span<const int32_t> labels, uint64_t seed);
  int64_t size() const override { return samples(); }
  int64_t samples() const override { return std::ssize(order_); }
  bool repeats() const override { return false; }
  int64_t at(int64_t epoch, int64_t position) const override;
  std::optional<int64_t> find(int64_t epoch, int64_t sample, int64_t from) const override;

 private:
  std::vector<int64_t> order_;      ///< by position
  std::vector<int64_t> positions_;  ///< by sample
};

}  // namespace weft
