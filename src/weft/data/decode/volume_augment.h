#pragma once
// Flips and quarter turns of volumes [D, H, W, C], each rank its part.
#include <array>
#include <cstdint>
#include <vector>

#include "weft/base/philox.h"
#include "weft/tensor/view.h"

namespace weft {

/// What may be drawn. Axes swap only where the volume has the same size along both.
struct VolumeTransform {
  std::array<bool, 3> flip{};  ///< along D, H, W, each with probability 1/2
  bool rotate = false;         ///< any rotation by quarter turns that keeps the shape, all equally likely
};

/// One of the 48 ways to lay a box's axes onto themselves.
struct VolumePlacement {
  std::array<uint8_t, 3> axis{0, 1, 2};  ///< the input's axis that each axis of the output runs along
  std::array<bool, 3> flipped{};         ///< whether it runs backwards, by axis of the output
  bool operator==(const VolumePlacement&) const = default;
};

/// The random numbers of one volume in one epoch.
RandomStream volume_stream(uint64_t seed, int64_t epoch, int64_t sample);

/// The draw for a volume of `shape` [D, H, W, C]; the result has the same shape.
VolumePlacement draw_volume_placement(const VolumeTransform& transform, const Dims& shape,
                                      const RandomStream& random);

/// All that may be drawn, some of them more than once.
std::vector<VolumePlacement> possible_placements(const VolumeTransform& transform, const Dims& shape);

/// The box of the input that becomes the box `part` of the output.
Region volume_input_region(const VolumePlacement& placement, const Dims& shape, const Region& part);

/// Writes the box `part` of the output to `output` (of its shape) from `input`, which holds the box
/// `input_region` of the input and so what volume_input_region() asks for. One dtype; no overlap.
void write_volume(const VolumePlacement& placement, const Dims& shape, const View& input,
                  const Region& input_region, const Region& part, const View& output);

}  // namespace weft
