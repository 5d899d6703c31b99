#pragma once
#include "weft/data/decode/image_statistics.h"
#include "weft/datasets/data_kind.h"
#include "weft/datasets/image_augmentation.h"

namespace weft {

/// JPEG, PNG, WebP and BMP images: pixels [height, width, 3], normalised, and the class id.
struct Images final : KindOf<Images, DataKind> {
  static constexpr std::string_view kName = "images";
  static constexpr std::string_view kMeaning =
      "JPEG, PNG, WebP and BMP images, in folders named by their classes or in tar files.";
  int64_t size = 0;                     ///< pixels of a side; 0: images are as they are
  std::vector<double> mean, deviation;  ///< of red, green and blue in [0, 1]; none: measured
  Bundle<ImageAugmentation> augmentations;

  template <class Visitor, class Self>
  static void visit(Visitor& key, Self& self) {
    key("size", self.size, at_least(0),
        "side of the images in pixels, to which they are cut and scaled; 0: all are of one size, as they "
        "are");
    key("mean", self.mean, between(0, 1),
        "of red, green and blue, which is subtracted, such as [0.485, 0.456, 0.406]; empty: "
        "measured on 1000 images");
    key("deviation", self.deviation, above_zero_to(1),
        "standard deviation of red, green and blue, by which is divided, such as [0.229, 0.224, 0.225]; "
        "empty: measured");
    key.bundle(self.augmentations);
  }

  InputForm form() const override { return {.ids = false, .least_axes = 2, .most_axes = 2}; }
  bool knows_classes() const override { return true; }
  const BatchMixing* mixing() const override;

 protected:
  TrainingData open_samples(const Recipe& recipe, const Communicator& world, int64_t ids) const override;
  Complaint check_keys(const Recipe& recipe) const override;

 private:
  ImageStatistics statistics(const Recipe& recipe, const Source& source, const Communicator& world) const;
};

}  // namespace weft
