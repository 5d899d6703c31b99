#pragma once
#include <array>
#include <cstdint>

#include "weft/base/philox.h"
#include "weft/data/decode/pixel_change.h"

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

/// What may be drawn.
struct ColourRanges {
  double brightness = 0;  ///< factors from [1 - x, 1 + x], as for contrast and saturation
  double contrast = 0;
  double saturation = 0;
  double hue = 0;  ///< shift from [-x, x], in turns; at most 0.5
};
ColourJitter draw_colour_jitter(const ColourRanges& ranges, const RandomStream& random);

/// In place. Brightness, contrast and saturation give Pillow's bytes; hue is turned in f32 (Pillow's 8-bit
/// hue would lose colours).
void apply(const ColourJitter& jitter, const PixelView& pixels);

/// The changes in random order.
class ColourChange final : public PixelChange {
 public:
  explicit ColourChange(const ColourRanges& ranges) : ranges_(ranges) {}
  Reach reach(const RandomStream& random) const override;
  void apply(const PixelView& pixels, PixelBuffer& scratch, const RandomStream& random) const override;

 private:
  ColourRanges ranges_;
};

}  // namespace weft
