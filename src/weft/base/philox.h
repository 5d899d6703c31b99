#pragma once
// Counter-based random numbers (Philox4x32-10; Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
// SC'11). A draw is a pure function of (key, counter): no result depends on the number of ranks or threads.
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace weft {

using PhiloxKey = std::array<uint32_t, 2>;
using PhiloxBlock = std::array<uint32_t, 4>;

/// Four random words for one counter.
constexpr PhiloxBlock philox(PhiloxKey key, PhiloxBlock counter) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{0xD2511F53} * counter[0];
    const uint64_t p1 = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(p1),
               static_cast<uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(p0)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

/// Of a random word: uniform in [0, bound), with a bias of bound / 2^32.
constexpr int64_t below(uint32_t word, int64_t bound) {
  return static_cast<int64_t>((uint64_t{word} * static_cast<uint64_t>(bound)) >> 32);
}

/// Names one stream of random numbers: the seed of the run and what the numbers are for.
struct RandomStream {
  uint64_t seed = 0;
  uint64_t stream = 0;  ///< which op, parameter or data set
  uint64_t step = 0;    ///< which step or epoch

  /// Block `index` of the stream: four words.
  constexpr PhiloxBlock block(uint64_t index) const {
    // The step is mixed into the key, so that streams of different steps never share a counter.
    const PhiloxBlock mixed = philox({static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                                     {static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32),
                                      static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32)});
    return philox({mixed[0], mixed[1]},
                  {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), mixed[2], mixed[3]});
  }
  /// Word number `index` of the stream.
  constexpr uint32_t word(uint64_t index) const { return block(index / 4)[index % 4]; }
  /// 16 bits, number `index` of the stream.
  constexpr uint32_t half_word(uint64_t index) const {
    return (word(index / 2) >> (16 * (index % 2))) & 0xffffu;
  }
  /// Uniform in [0, 1).
  constexpr double uniform(uint64_t index) const { return word(index) * (1.0 / 4294967296.0); }
  /// Standard normal (Box-Muller on the two halves of one block).
  double normal(uint64_t index) const {
    const PhiloxBlock b = block(index);
    const double u = (b[0] + 1.0) / 4294967297.0;
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * (b[1] / 4294967296.0));
  }
  /// Uniform integer in [0, bound), bound > 0.
  constexpr uint64_t below(uint64_t index, uint64_t bound) const {
    const PhiloxBlock b = block(index);
    const uint64_t wide = (uint64_t{b[0]} << 32) | b[1];
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>((static_cast<Wide>(wide) * bound) >> 64);
  }
};

}  // namespace weft
