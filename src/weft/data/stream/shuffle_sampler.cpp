#include "weft/data/stream/shuffle_sampler.h"

#include "weft/data/stream/permutation.h"

namespace weft {

namespace {
constexpr uint64_t kOrderStream = 0x6f72'6465;  // "orde"
}

ShuffleSampler::ShuffleSampler(int64_t samples, uint64_t seed) : samples_(samples), seed_(seed) {}

int64_t ShuffleSampler::at(int64_t epoch, int64_t position) const {
  return Permutation(samples_, {seed_, kOrderStream, static_cast<uint64_t>(epoch)}).at(position);
}

std::optional<int64_t> ShuffleSampler::find(int64_t epoch, int64_t sample, int64_t from) const {
  const Permutation order(samples_, {seed_, kOrderStream, static_cast<uint64_t>(epoch)});
  const int64_t position = order.inverse(sample);
  return position >= from ? std::optional(position) : std::nullopt;
}

std::optional<int64_t> SequentialSampler::find(int64_t /*epoch*/, int64_t sample, int64_t from) const {
  return sample >= from ? std::optional(sample) : std::nullopt;
}

}  // namespace weft
