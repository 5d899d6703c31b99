#include "weft/datasets/image_augmentation/colour_jitter.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weft {

namespace {

template <class Change>
void each_pixel(const PixelView& pixels, const Change& change) {
  for (int64_t y = pixels.rows.begin; y < pixels.rows.end; ++y) {
    uint8_t* pixel = pixels.at(y, pixels.columns.begin);
    for (int64_t x = 0; x < pixels.columns.size(); ++x, pixel += kPixelBytes) change(pixel);
  }
}

/// `value` moved away from, or towards, `base`; truncated as Pillow does.
uint8_t blend(int base, int value, float factor) {
  const float mixed = static_cast<float>(base) + factor * static_cast<float>(value - base);
  return static_cast<uint8_t>(std::clamp(mixed, 0.0f, 255.0f));
}

/// ITU-R 601 luma, rounded.
int luma(const uint8_t* pixel) {
  return (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;
}

/// The same change of every channel of every pixel, by a table.
void blend_all(const PixelView& pixels, int base, float factor) {
  std::array<uint8_t, 256> table{};
  for (int value = 0; value < 256; ++value) table[static_cast<size_t>(value)] = blend(base, value, factor);
  each_pixel(pixels, [&](uint8_t* pixel) {
    for (int c = 0; c < 3; ++c) pixel[c] = table[pixel[c]];
  });
}

void change_contrast(const PixelView& pixels, float factor) {
  int64_t sum = 0;
  each_pixel(pixels, [&](const uint8_t* pixel) { sum += luma(pixel); });
  const auto count = static_cast<double>(pixels.rows.size() * pixels.columns.size());
  blend_all(pixels, static_cast<int>(std::lround(static_cast<double>(sum) / count)), factor);
}

void change_saturation(const PixelView& pixels, float factor) {
  each_pixel(pixels, [&](uint8_t* pixel) {
    const int grey = luma(pixel);
    for (int c = 0; c < 3; ++c) pixel[c] = blend(grey, pixel[c], factor);
  });
}

/// Sixths of a turn, in [0, 6): red 0, green 2, blue 4. `span` is the distance of least and greatest channel.
float hue_of(const uint8_t* pixel, int most, int span) {
  const auto part = [&](int a, int b) { return static_cast<float>(a - b) / static_cast<float>(span); };
  if (most == pixel[0]) return part(pixel[1], pixel[2]) + (pixel[1] < pixel[2] ? 6.0f : 0.0f);
  if (most == pixel[1]) return part(pixel[2], pixel[0]) + 2.0f;
  return part(pixel[0], pixel[1]) + 4.0f;
}

void turn_hue(const PixelView& pixels, float sixths) {
  each_pixel(pixels, [&](uint8_t* pixel) {
    const int most = std::max({pixel[0], pixel[1], pixel[2]});
    const int least = std::min({pixel[0], pixel[1], pixel[2]});
    if (most == least) return;
    float hue = hue_of(pixel, most, most - least) + sixths;
    if (hue < 0) hue += 6;
    if (hue >= 6) hue -= 6;
    // A channel is at its greatest within one sixth of its own hue, least from two sixths on.
    const float own[3] = {0, 2, 4};
    for (int c = 0; c < 3; ++c) {
      const float away = std::abs(hue - own[c]);
      const float share = std::clamp(2 - std::min(away, 6 - away), 0.0f, 1.0f);
      pixel[c] = static_cast<uint8_t>(
          std::lround(static_cast<float>(least) + share * static_cast<float>(most - least)));
    }
  });
}

}  // namespace

void apply(const ColourJitter& jitter, const PixelView& pixels) {
  for (const ColourJitter::Change change : jitter.order) {
    switch (change) {
      case ColourJitter::Change::brightness:
        if (jitter.brightness != 1) blend_all(pixels, 0, static_cast<float>(jitter.brightness));
        break;
      case ColourJitter::Change::contrast:
        if (jitter.contrast != 1) change_contrast(pixels, static_cast<float>(jitter.contrast));
        break;
      case ColourJitter::Change::saturation:
        if (jitter.saturation != 1) change_saturation(pixels, static_cast<float>(jitter.saturation));
        break;
      case ColourJitter::Change::hue:
        if (jitter.hue != 0) turn_hue(pixels, static_cast<float>(jitter.hue * 6));
        break;
    }
  }
}

namespace {

class ColourChange final : public PixelChange {
 public:
  explicit ColourChange(const JitterColours& ranges) : ranges_(ranges) {}
  Reach reach(const RandomStream& random) const override {
    const ColourJitter jitter = ranges_.draw(random);
    if (!jitter.active) return Reach::nothing;
    return jitter.needs_whole_image() ? Reach::image : Reach::pixel;
  }
  void apply(const PixelView& pixels, PixelBuffer& /*scratch*/, const RandomStream& random) const override {
    weft::apply(ranges_.draw(random), pixels);
  }

 private:
  JitterColours ranges_;
};

}  // namespace

ColourJitter JitterColours::draw(const RandomStream& random) const {
  ColourJitter jitter;
  jitter.active = brightness > 0 || contrast > 0 || saturation > 0 || hue > 0;
  if (!jitter.active) return jitter;
  const PhiloxBlock order = random.block(2);
  const PhiloxBlock words = random.block(3);
  for (size_t i = 3; i > 0; --i) {
    std::swap(jitter.order[i], jitter.order[(uint64_t{order[i]} * (i + 1)) >> 32]);
  }
  const auto factor = [&](size_t word, double most) {
    const double least = std::max(0.0, 1 - most);
    return least + (1 + most - least) * (words[word] / 4294967296.0);
  };
  if (brightness > 0) jitter.brightness = factor(0, brightness);
  if (contrast > 0) jitter.contrast = factor(1, contrast);
  if (saturation > 0) jitter.saturation = factor(2, saturation);
  if (hue > 0) jitter.hue = hue * (2 * (words[3] / 4294967296.0) - 1);
  return jitter;
}

void JitterColours::add_to(ImageTransform& transform) const {
  if (brightness == 0 && contrast == 0 && saturation == 0 && hue == 0) return;
  transform.changes.push_back(std::make_shared<ColourChange>(*this));
}

void register_colour_jitter(KindsOf<ImageAugmentation>& kinds) { kinds.add<JitterColours>(); }

}  // namespace weft
