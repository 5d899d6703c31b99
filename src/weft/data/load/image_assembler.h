#pragma once
#include <memory>

#include "weft/data/decode/image_decoder.h"
#include "weft/data/load/assembler.h"
#include "weft/data/source/source.h"

namespace weft {

/// Rows of two tensors: pixels [height, width, 3] (this rank's part of the transformed image) and the class
/// id, i32.
class ImageAssembler final : public Assembler {
 public:
  struct Options {
    ImageTransform transform;
    uint64_t seed = 0;
    DType dtype = DType::f32;
    Region part;  ///< of [height, width, 3]; no ranges: all
    int workers = 1;
    bool needs_labels = false;  ///< an image without one cannot be assembled
  };
  /// `source` must outlive this.
  ImageAssembler(const Source& source, Options options);
  std::vector<TensorType> row_types() const override;
  void assemble(int worker, int64_t epoch, int64_t sample, std::span<const std::byte> record,
                std::span<const View> row) override;
  void assemble_empty(std::span<const View> row) override;

 private:
  const Source& source_;
  Options options_;
  std::vector<std::unique_ptr<ImageDecoder>> decoders_;  ///< one a worker
};

}  // namespace weft
