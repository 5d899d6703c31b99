#pragma once
#include "weft/data/decode/image_transform.h"
#include "weft/data/load/sample_form.h"
#include "weft/data/source/source.h"

namespace weft {

/// Encoded images: pixels [height, width, 3], normalised, and the class id, i32. Files are read whole.
class ImageForm final : public SampleForm {
 public:
  /// shared: the loader and the recipe's data know the source as well.
  /// `needs_labels`: an image without a label is a bad sample; else its class id is -1.
  ImageForm(std::shared_ptr<const Source> source, const ImageTransform& transform, uint64_t seed,
            bool needs_labels = false)
      : source_(std::move(source)), transform_(transform), seed_(seed), needs_labels_(needs_labels) {}
  std::vector<TensorType> row_types(DType floating) const override;
  std::unique_ptr<Assembler> assembler(std::span<const Region> rows, DType floating,
                                       int workers) const override;

 private:
  std::shared_ptr<const Source> source_;
  ImageTransform transform_;
  uint64_t seed_;
  bool needs_labels_;
};

}  // namespace weft
