#include "weft/data/decode/image_placement.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"

namespace weft {

namespace {

double between(uint32_t word, double low, double high) { return low + (high - low) * (word / 4294967296.0); }

struct Window {
  const ImageTransform& transform;
  const ImageSize& image;
  const RandomStream& random;
  const std::string& name;
};

ImagePlacement whole(const Window& at) {
  ImagePlacement place;
  place.height = static_cast<double>(at.image.height);
  place.width = static_cast<double>(at.image.width);
  place.scaled = at.image;
  return place;
}

ImagePlacement unchanged(const Window& at) {
  if (at.image != ImageSize{at.transform.height, at.transform.width}) {
    user_error(
        "{}: the image is {}x{}, and without a crop it must be {}x{}; set size (data.size in a recipe), to "
        "which images of all sizes are scaled",
        at.name, at.image.width, at.image.height, at.transform.width, at.transform.height);
  }
  return whole(at);
}

ImagePlacement padded(const Window& at, const PhiloxBlock& words) {
  ImagePlacement place = whole(at);
  const int64_t free_rows = at.image.height + 2 * at.transform.padding - at.transform.height;
  const int64_t free_columns = at.image.width + 2 * at.transform.padding - at.transform.width;
  if (free_rows < 0 || free_columns < 0) {
    user_error(
        "{}: the image is {}x{}, too small to cut {}x{} out of it padded by {}; set size (data.size in a "
        "recipe), to which images of all sizes are scaled",
        at.name, at.image.width, at.image.height, at.transform.width, at.transform.height,
        at.transform.padding);
  }
  place.down = below(words[0], free_rows + 1) - at.transform.padding;
  place.right = below(words[1], free_columns + 1) - at.transform.padding;
  return place;
}

ImagePlacement centre(const Window& at) {
  ImagePlacement place = whole(at);
  const int64_t shorter = std::min(at.image.height, at.image.width);
  place.scaled = {at.transform.resize * at.image.height / shorter,
                  at.transform.resize * at.image.width / shorter};
  const int64_t free_rows = place.scaled.height - at.transform.height;
  const int64_t free_columns = place.scaled.width - at.transform.width;
  if (free_rows < 0 || free_columns < 0) {
    user_error("{}: scaled to {}x{}, the image is too small to cut {}x{} out of it", at.name,
               place.scaled.width, place.scaled.height, at.transform.width, at.transform.height);
  }
  // Halves go to the even side, as torchvision's round() has it.
  place.down = std::lrint(static_cast<double>(free_rows) / 2);
  place.right = std::lrint(static_cast<double>(free_columns) / 2);
  return place;
}

void set_box(ImagePlacement& place, int64_t top, int64_t left, int64_t height, int64_t width) {
  place.top = static_cast<double>(top);
  place.left = static_cast<double>(left);
  place.height = static_cast<double>(height);
  place.width = static_cast<double>(width);
}

/// Szegedy et al., "Going Deeper with Convolutions" (CVPR 2015), section 6; ten attempts, then the largest
/// box in the middle whose aspect ratio is allowed.
ImagePlacement random_resized(const Window& at) {
  constexpr uint64_t kFirstBlock = 4;
  constexpr uint64_t kAttempts = 10;
  ImagePlacement place;
  place.scaled = {at.transform.height, at.transform.width};
  const auto height = static_cast<double>(at.image.height);
  const auto width = static_cast<double>(at.image.width);
  const auto& [least, most] = at.transform.aspect;
  for (uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
    const PhiloxBlock words = at.random.block(kFirstBlock + attempt);
    const double area = height * width * between(words[0], at.transform.area[0], at.transform.area[1]);
    const double aspect = std::exp(between(words[1], std::log(least), std::log(most)));
    const int64_t columns = std::lrint(std::sqrt(area * aspect));
    const int64_t rows = std::lrint(std::sqrt(area / aspect));
    if (columns < 1 || columns > at.image.width || rows < 1 || rows > at.image.height) continue;
    set_box(place, below(words[2], at.image.height - rows + 1), below(words[3], at.image.width - columns + 1),
            rows, columns);
    return place;
  }
  int64_t rows = at.image.height;
  int64_t columns = at.image.width;
  if (width / height < least) rows = std::max<int64_t>(1, std::min(rows, std::lrint(width / least)));
  if (width / height > most) columns = std::max<int64_t>(1, std::min(columns, std::lrint(height * most)));
  set_box(place, (at.image.height - rows) / 2, (at.image.width - columns) / 2, rows, columns);
  return place;
}

ImagePlacement cropped(const Window& at, const PhiloxBlock& words) {
  switch (at.transform.crop) {
    case ImageTransform::Crop::none:
      return unchanged(at);
    case ImageTransform::Crop::centre:
      return centre(at);
    case ImageTransform::Crop::padded:
      return padded(at, words);
    case ImageTransform::Crop::random_resized:
      return random_resized(at);
  }
  return unchanged(at);
}

}  // namespace

ImagePlacement place_image(const ImageTransform& transform, const ImageSize& image,
                           const RandomStream& random, const std::string& name) {
  const PhiloxBlock words = random.block(0);
  ImagePlacement place = cropped({transform, image, random, name}, words);
  place.mirrored = transform.mirror && (words[2] >> 31) != 0;
  return place;
}

}  // namespace weft
