#pragma once
#include "weft/data/stream/sampler.h"

namespace weft {

/// Each sample once an epoch, in an order drawn by (seed, epoch).
class ShuffleSampler final : public Sampler {
 public:
  ShuffleSampler(int64_t samples, uint64_t seed);
  int64_t size() const override { return samples_; }
  int64_t samples() const override { return samples_; }
  bool repeats() const override { return false; }
  int64_t at(int64_t epoch, int64_t position) const override;
  std::optional<int64_t> find(int64_t epoch, int64_t sample, int64_t from) const override;

 private:
  int64_t samples_;
  uint64_t seed_;
};

/// Each sample once an epoch, in the order of the data set.
class SequentialSampler final : public Sampler {
 public:
  explicit SequentialSampler(int64_t samples) : samples_(samples) {}
  int64_t size() const override { return samples_; }
  int64_t samples() const override { return samples_; }
  bool repeats() const override { return false; }
  int64_t at(int64_t /*epoch*/, int64_t position) const override { return position; }
  std::optional<int64_t> find(int64_t epoch, int64_t sample, int64_t from) const override;

 private:
  int64_t samples_;
};

}  // namespace weft
