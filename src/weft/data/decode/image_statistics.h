#pragma once
#include <array>
#include <atomic>
#include <cstdint>

#include "weft/comm/communicator.h"
#include "weft/data/decode/image_decoder.h"
#include "weft/data/source/source.h"

namespace weft {

/// Mean and standard deviation of each channel, of values in [0, 1].
struct ImageStatistics {
  std::array<double, 3> mean{};
  std::array<double, 3> deviation{};
};

/// Of 1000 images drawn by `seed` (all where there are fewer), which are read at once: two decimals are all
/// that normalising needs. Each rank reads its share of them. Images that cannot be read do not count.
/// UserError where none can. Collective. Where `stop` becomes true, no further image is read, and the result
/// is of no use.
ImageStatistics image_statistics(const Source& source, uint64_t seed, const Communicator& world,
                                 const std::atomic<bool>* stop = nullptr);

struct ImageSizes {
  ImageSize smallest;  ///< of heights and of widths; 0 where no image can be read
  ImageSize largest;
};

/// The sizes that 200 images drawn by `seed` have (all where there are fewer), shared among the ranks as
/// image_statistics() does. Collective.
ImageSizes image_sizes(const Source& source, uint64_t seed, const Communicator& world);

/// The size of one image of the source. UserError naming it where it cannot be read.
ImageSize size_of_image(const Source& source, int64_t sample);

/// The size of the first image that can be read, where up to `skipped` before it cannot. UserError naming the
/// first of all where there is none.
ImageSize size_of_first_image(const Source& source, int64_t skipped);

}  // namespace weft
