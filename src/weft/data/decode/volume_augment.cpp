#include "weft/data/decode/volume_augment.h"

#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr std::array<std::array<uint8_t, 3>, 6> kPermutations{
    {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {1, 0, 2}, {2, 1, 0}}};
constexpr size_t kEvenPermutations = 3;  // the first ones

bool keeps_shape(const std::array<uint8_t, 3>& axes, const Dims& shape) {
  for (size_t i = 0; i < 3; ++i) {
    if (shape[i] != shape[static_cast<size_t>(axes[i])]) return false;
  }
  return true;
}

struct Rotations {
  std::array<VolumePlacement, 24> choices;
  size_t count = 0;
};

Rotations rotations_of(const Dims& shape) {
  Rotations rotations;
  for (size_t permutation = 0; permutation < kPermutations.size(); ++permutation) {
    if (!keeps_shape(kPermutations[permutation], shape)) continue;
    for (unsigned flips = 0; flips < 8; ++flips) {
      const std::array<bool, 3> flipped{(flips & 1) != 0, (flips & 2) != 0, (flips & 4) != 0};
      // A rotation has determinant 1: an odd permutation comes with an odd number of flips.
      const bool odd_flips = flipped[0] ^ flipped[1] ^ flipped[2];
      if (odd_flips == (permutation >= kEvenPermutations))
        rotations.choices[rotations.count++] = {kPermutations[permutation], flipped};
    }
  }
  return rotations;
}

/// The placement, mirrored along the axes whose bits are set, of those that the transform may mirror.
VolumePlacement mirrored(VolumePlacement placement, const VolumeTransform& transform, uint32_t bits) {
  for (size_t i = 0; i < 3; ++i) {
    if (transform.flip[i] && ((bits >> i) & 1) != 0) placement.flipped[i] = !placement.flipped[i];
  }
  return placement;
}

/// Where the input's element of the first element of a part lies, and how far to step for each axis.
struct Steps {
  int64_t start = 0;
  std::array<int64_t, 3> step{};
};

Steps steps_of(const VolumePlacement& placement, const Dims& shape, const Region& input_region,
               const Region& part, int64_t point_bytes) {
  Steps steps;
  const std::array<int64_t, 3> strides{
      input_region.ranges[1].size() * input_region.ranges[2].size() * point_bytes,
      input_region.ranges[2].size() * point_bytes, point_bytes};
  for (size_t i = 0; i < 3; ++i) {
    const auto axis = static_cast<size_t>(placement.axis[i]);
    const int64_t first = placement.flipped[i] ? shape[i] - 1 - part.ranges[i].begin : part.ranges[i].begin;
    steps.start += (first - input_region.ranges[axis].begin) * strides[axis];
    steps.step[i] = placement.flipped[i] ? -strides[axis] : strides[axis];
  }
  return steps;
}

/// A row of `count` points of kBytes each (0: of `point_bytes`), kBytes known so that a copy is one move.
template <size_t kBytes>
std::byte* copy_points(const std::byte* from, int64_t step, int64_t count, size_t point_bytes,
                       std::byte* to) {
  const size_t bytes = kBytes == 0 ? point_bytes : kBytes;
  for (int64_t i = 0; i < count; ++i, from += step, to += bytes) std::memcpy(to, from, bytes);
  return to;
}

std::byte* copy_row(const std::byte* from, int64_t step, int64_t count, size_t bytes, std::byte* to) {
  if (step == static_cast<int64_t>(bytes)) {
    const size_t row_bytes = static_cast<size_t>(count) * bytes;
    std::memcpy(to, from, row_bytes);
    return to + row_bytes;
  }
  switch (bytes) {
    case 1:
      return copy_points<1>(from, step, count, bytes, to);
    case 2:
      return copy_points<2>(from, step, count, bytes, to);
    case 4:
      return copy_points<4>(from, step, count, bytes, to);
    case 8:
      return copy_points<8>(from, step, count, bytes, to);
    case 16:
      return copy_points<16>(from, step, count, bytes, to);
    default:
      return copy_points<0>(from, step, count, bytes, to);
  }
}

}  // namespace

RandomStream volume_stream(uint64_t seed, int64_t epoch, int64_t sample) {
  // The upper bits keep clear of the streams of other purposes.
  constexpr uint64_t kVolume = uint64_t{0x766f6c} << 40;  // "vol"
  return {seed, kVolume + static_cast<uint64_t>(sample), static_cast<uint64_t>(epoch)};
}

VolumePlacement draw_volume_placement(const VolumeTransform& transform, const Dims& shape,
                                      const RandomStream& random) {
  WEFT_CHECK(shape.size() == 4, "a volume has the shape [D, H, W, C], not {}", to_string(shape));
  VolumePlacement placement;
  if (transform.rotate) {
    const Rotations rotations = rotations_of(shape);
    placement = rotations.choices[random.below(0, rotations.count)];
  }
  return mirrored(placement, transform, random.block(1)[0]);
}

std::vector<VolumePlacement> possible_placements(const VolumeTransform& transform, const Dims& shape) {
  const Rotations rotations = transform.rotate ? rotations_of(shape) : Rotations{{}, 1};
  std::vector<VolumePlacement> placements;
  for (size_t i = 0; i < rotations.count; ++i) {
    for (uint32_t bits = 0; bits < 8; ++bits)
      placements.push_back(mirrored(rotations.choices[i], transform, bits));
  }
  return placements;
}

Region volume_input_region(const VolumePlacement& placement, const Dims& shape, const Region& part) {
  WEFT_CHECK(shape.size() == 4 && part.ranges.size() == 4, "a part of a volume has four dimensions");
  Region input = part;  // the channels stay
  for (size_t i = 0; i < 3; ++i) {
    const Range range = part.ranges[i];
    input.ranges[static_cast<size_t>(placement.axis[i])] =
        placement.flipped[i] ? Range{shape[i] - range.end, shape[i] - range.begin} : range;
  }
  return input;
}

void write_volume(const VolumePlacement& placement, const Dims& shape, const View& input,
                  const Region& input_region, const Region& part, const View& output) {
  if (part.empty()) return;
  WEFT_CHECK(input.type.dtype == output.type.dtype, "a volume of {} cannot be written as {}",
             name_of(input.type.dtype), name_of(output.type.dtype));
  WEFT_CHECK(input_region.contains(volume_input_region(placement, shape, part)),
             "part {} of a volume needs more of the input than {}", to_string(part), to_string(input_region));
  const int64_t elem_bytes = bytes_of(input.type.dtype);
  const int64_t point_bytes = input_region.ranges[3].size() * elem_bytes;
  const Steps steps = steps_of(placement, shape, input_region, part, point_bytes);
  const Range channels = part.ranges[3];
  const auto copied = static_cast<size_t>(channels.size() * elem_bytes);
  const std::byte* plane =
      input.data + steps.start + (channels.begin - input_region.ranges[3].begin) * elem_bytes;
  std::byte* to = output.data;
  for (int64_t z = 0; z < part.ranges[0].size(); ++z, plane += steps.step[0]) {
    const std::byte* row = plane;
    for (int64_t y = 0; y < part.ranges[1].size(); ++y, row += steps.step[1]) {
      to = copy_row(row, steps.step[2], part.ranges[2].size(), copied, to);
    }
  }
}

}  // namespace weft
