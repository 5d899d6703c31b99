#include "weft/sim/io/io_world.h"

#include "weft/base/philox.h"
#include "weft/data/stream/shuffle_sampler.h"

namespace weft {

namespace {

constexpr uint64_t kSizeStream = 0x7369'7a65;  // "size"

/// Normal, drawn again while it is not above zero; a mean above zero makes half of all draws good.
float size_of(const IoScenario& scenario, int64_t sample) {
  if (scenario.deviation_mb == 0) return static_cast<float>(scenario.mean_mb);
  constexpr uint64_t kDraws = 64;
  const RandomStream draws{scenario.seed, kSizeStream, static_cast<uint64_t>(sample)};
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    const double mb = scenario.mean_mb + scenario.deviation_mb * draws.normal(draw);
    if (mb > 0) return static_cast<float>(mb);
  }
  return static_cast<float>(scenario.mean_mb);
}

}  // namespace

IoWorld::IoWorld(IoScenario given) : scenario(std::move(given)) {
  AccessStream::Options options;
  options.sampler = std::make_shared<ShuffleSampler>(scenario.samples, scenario.seed);
  options.batch = scenario.batch * scenario.ranks;
  options.epochs = scenario.epochs;
  options.ranks = scenario.ranks;
  stream = std::make_shared<AccessStream>(std::move(options));
  sizes.reserve(static_cast<size_t>(scenario.samples));
  for (int64_t sample = 0; sample < scenario.samples; ++sample) {
    sizes.push_back(size_of(scenario, sample));
    total_mb += sizes.back();
  }
}

}  // namespace weft
