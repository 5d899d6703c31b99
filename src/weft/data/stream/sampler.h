#pragma once
// In which order the samples come. A sampler is a pure function: any rank can ask for any position of any
// epoch, forwards and backwards, in memory that does not grow with epochs.
#include <cstdint>
#include <memory>
#include <optional>

namespace weft {

class Sampler {
 public:
  virtual ~Sampler() = default;
  /// Positions of an epoch.
  virtual int64_t size() const = 0;
  /// Samples that there are: [0, samples()).
  virtual int64_t samples() const = 0;
  /// Whether a sample may come more than once, or not at all, in an epoch.
  virtual bool repeats() const = 0;
  /// The sample at a position of an epoch.
  virtual int64_t at(int64_t epoch, int64_t position) const = 0;
  /// The first position >= `from` of the epoch with this sample. Null: it does not come any more in this
  /// epoch, or (samplers with replacement) not within their horizon.
  virtual std::optional<int64_t> find(int64_t epoch, int64_t sample, int64_t from) const = 0;
};

}  // namespace weft
