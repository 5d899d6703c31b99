#pragma once
#include <array>
#include <cstdint>

#include "weft/datasets/image_augmentation.h"

namespace weft {

/// Changes of colour, in the order in which they are made; each rounds to bytes, as torchvision's do.
struct ColourJitter {
  enum class Change : uint8_t { brightness, contrast, saturation, hue };
  std::array<Change, 4> order{Change::brightness, Change::contrast, Change::saturation, Change::hue};
  double brightness = 1;
  double contrast = 1;
  double saturation = 1;
  double hue = 0;  ///< in turns

  bool active = false;
  /// Contrast looks at the mean of the whole image.
  bool needs_whole_image() const { return contrast != 1; }
};

/// In place. Brightness, contrast and saturation give Pillow's bytes; hue is turned in f32 (Pillow's 8-bit
/// hue would lose colours).
void apply(const ColourJitter& jitter, const PixelView& pixels);

/// Random changes of colour, as torchvision's ColorJitter makes them, in random order.
struct JitterColours final : KindOf<JitterColours, ImageAugmentation> {
  static constexpr std::string_view kName = "colour_jitter";
  static constexpr std::string_view kMeaning = "colours changed at random.";
  double brightness = 0;
  double contrast = 0;
  double saturation = 0;
  double hue = 0;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("brightness", self.brightness, from_zero(),
        "colour jitter of training images: factor drawn from [1 - x, 1 + x]; 0: none");
    key("contrast", self.contrast, from_zero(), "the same for contrast");
    key("saturation", self.saturation, from_zero(), "the same for saturation");
    key("hue", self.hue, between(0, 0.5), "shift of the hue, drawn from [-x, x] turns");
  }
  /// The changes of one sample.
  ColourJitter draw(const RandomStream& random) const;
  void add_to(ImageTransform& transform) const override;
};

}  // namespace weft
