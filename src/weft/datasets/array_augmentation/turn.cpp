#include "weft/datasets/array_augmentation/turn.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr std::array<std::string_view, 3> kAxes{"depth", "height", "width"};

}  // namespace

void Turn::add_to(VolumeTransform& transform) const {
  for (size_t i = 0; i < kAxes.size(); ++i) transform.flip[i] = std::ranges::count(mirror, kAxes[i]) > 0;
  transform.rotate = rotate;
}

void Turn::expect_axes(const std::vector<std::string>& axes) const {
  for (const std::string& axis : mirror) {
    if (std::ranges::count(axes, axis) > 0) continue;
    user_error("data.mirror names \"{}\", and the data's samples have no such axis, only {}", axis,
               fmt::join(axes, ", "));
  }
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
