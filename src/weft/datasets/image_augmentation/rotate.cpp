#include "weft/datasets/image_augmentation/rotate.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "weft/base/name_hash.h"

namespace weft {

namespace {

void copy_pixel(const PixelView& from, int64_t y, int64_t x, uint8_t* to) {
  const bool inside = y >= 0 && y < from.rows.size() && x >= 0 && x < from.columns.size();
  if (inside) {
    std::memcpy(to, from.at(from.rows.begin + y, from.columns.begin + x), kPixelBytes);
  } else {
    std::memset(to, 0, kPixelBytes);
  }
}

class Rotation final : public PixelChange {
 public:
  explicit Rotation(double degrees) : most_(degrees * std::numbers::pi / 180) {}
  Reach reach(const RandomStream& /*random*/) const override { return Reach::image; }
  void apply(const PixelView& pixels, PixelBuffer& scratch, const RandomStream& random) const override {
    turn(pixels, scratch, most_ * (2 * random.uniform(name_hash("rotate")) - 1));
  }

 private:
  double most_;  ///< radians
};

}  // namespace

void turn(const PixelView& pixels, PixelBuffer& scratch, double angle) {
  const PixelView before = scratch.resize(pixels.rows, pixels.columns);
  for (int64_t y = pixels.rows.begin; y < pixels.rows.end; ++y) {
    std::memcpy(before.at(y, before.columns.begin), pixels.at(y, pixels.columns.begin),
                static_cast<size_t>(before.row_bytes));
  }
  const double down = static_cast<double>(pixels.rows.size() - 1) / 2;
  const double across = static_cast<double>(pixels.columns.size() - 1) / 2;
  for (int64_t y = 0; y < pixels.rows.size(); ++y) {
    for (int64_t x = 0; x < pixels.columns.size(); ++x) {
      const double from_middle_y = static_cast<double>(y) - down;
      const double from_middle_x = static_cast<double>(x) - across;
      const int64_t from_y =
          std::lround(down + from_middle_y * std::cos(angle) - from_middle_x * std::sin(angle));
      const int64_t from_x =
          std::lround(across + from_middle_y * std::sin(angle) + from_middle_x * std::cos(angle));
      copy_pixel(before, from_y, from_x, pixels.at(pixels.rows.begin + y, pixels.columns.begin + x));
    }
  }
}

void Rotate::add_to(ImageTransform& transform) const {
  if (degrees > 0) transform.changes.push_back(std::make_shared<Rotation>(degrees));
}

void register_rotate(KindsOf<ImageAugmentation>& kinds) { kinds.add<Rotate>(); }

}  // namespace weft
