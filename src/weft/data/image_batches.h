#pragma once
#include <memory>

#include "weft/data/batch_source.h"
#include "weft/data/image_folder.h"

namespace weft {

struct ImageOptions {
  int64_t batch = 0;  ///< rows of one global batch
  uint64_t seed = 0;
  bool shuffle = true;
  bool augment = false;  ///< a random crop of the image padded by 4, and a random mirror image
  ImageFolder::Statistics statistics;
};

/// Tensors: pixels [batch, height, width, 3], normalised, f32, f64 or bf16; labels i32 [batch]. Every epoch
/// has each image at most once, in an order drawn by (seed, epoch); a last partial batch is left out.
/// Augmentation is drawn by (seed, epoch, image), so it does not depend on who loads the image.
class ImageBatches final : public BatchSource {
 public:
  /// UserError when there are fewer images than one batch has.
  ImageBatches(std::shared_ptr<const ImageFolder> images, ImageOptions options);
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) const override;

 private:
  std::shared_ptr<const ImageFolder> images_;
  ImageOptions options_;
};

/// All images in their order, as they are. Rows past the last are zeros with the label -1 (not counted).
class ImageEvaluation final : public BatchSource {
 public:
  ImageEvaluation(std::shared_ptr<const ImageFolder> images, ImageOptions options);
  void fill(int64_t number, std::span<const View> outputs, std::span<const Region> regions) const override;
  int64_t batches() const;

 private:
  std::shared_ptr<const ImageFolder> images_;
  ImageOptions options_;
};

}  // namespace weft
