#pragma once
#include <span>
#include <vector>

#include "weft/data/stream/sampler.h"

namespace weft {

/// Draws with replacement: each position is a sample with probability in proportion to its weight (Walker's
/// alias method, as built by Vose 1991). Memory: 16 bytes a sample.
class WeightedSampler final : public Sampler {
 public:
  /// `size`: positions of an epoch. UserError where a weight is negative or not finite, or all are zero.
  WeightedSampler(std::span<const double> weights, int64_t size, uint64_t seed);
  int64_t size() const override { return size_; }
  int64_t samples() const override { return static_cast<int64_t>(alias_.size()); }
  bool repeats() const override { return true; }
  int64_t at(int64_t epoch, int64_t position) const override;
  /// Looks kHorizon positions ahead: draws with replacement have no inverse.
  std::optional<int64_t> find(int64_t epoch, int64_t sample, int64_t from) const override;
  static constexpr int64_t kHorizon = 4096;

 private:
  int64_t size_;
  uint64_t seed_;
  std::vector<double> keep_;  ///< probability of the slot's own sample
  std::vector<int64_t> alias_;
};

}  // namespace weft
