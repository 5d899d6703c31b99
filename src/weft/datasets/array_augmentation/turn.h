#pragma once
#include "weft/datasets/array_augmentation.h"

namespace weft {

/// Mirroring and quarter turns, which leave what a simulation computes as likely as it was.
struct Turn final : KindOf<Turn, ArrayAugmentation> {
  static constexpr std::string_view kName = "turn";
  static constexpr std::string_view kMeaning = "samples mirrored and turned at random.";
  std::vector<std::string> mirror;
  bool rotate = false;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("mirror", self.mirror,
        "axes along which training samples are mirrored at random, such as [\"depth\", \"height\", "
        "\"width\"]");
    key("rotate", self.rotate,
        "whether training samples are turned at random by quarter turns that keep their shape");
  }
  void add_to(VolumeTransform& transform) const override;
  void expect_axes(const std::vector<std::string>& axes) const override;
  Complaint check(const Recipe& recipe) const override;
};

}  // namespace weft
