#include "weft/datasets/array_augmentation/turn.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weft {

namespace {

constexpr std::array<std::string_view, 3> kAxes{"depth", "height", "width"};

}  // namespace

void Turn::add_to(VolumeTransform& transform) const {
  for (size_t i = 0; i < kAxes.size(); ++i) transform.flip[i] = std::ranges::count(mirror, kAxes[i]) > 0;
  transform.rotate = rotate;
}

Complaint Turn::check(const Recipe& /*recipe*/) const {
  for (const std::string& axis : mirror) {
    if (std::ranges::count(kAxes, axis) > 0) continue;
    return RecipeComplaint{
        "data.mirror",
        fmt::format("data.mirror names \"{}\"; expected some of \"depth\", \"height\", \"width\"", axis)};
  }
  return std::nullopt;
}

void register_turn(KindsOf<ArrayAugmentation>& kinds) { kinds.add<Turn>(); }

}  // namespace weft
