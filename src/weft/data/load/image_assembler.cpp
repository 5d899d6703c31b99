#include "weft/data/load/image_assembler.h"

#include <cstring>

#include "weft/base/check.h"

namespace weft {

ImageAssembler::ImageAssembler(const Source& source, Options options)
    : source_(source), options_(std::move(options)) {
  WEFT_CHECK(source_.encoded_images(), "images are assembled from a source of images");
  if (options_.part.ranges.empty()) {
    options_.part = Region::all({options_.transform.height, options_.transform.width, 3});
  }
  for (int i = 0; i < options_.workers; ++i) decoders_.push_back(std::make_unique<ImageDecoder>());
}

std::vector<TensorType> ImageAssembler::row_types() const {
  return {{options_.dtype, options_.part.shape()}, {DType::i32, {}}};
}

void ImageAssembler::assemble(int worker, int64_t epoch, int64_t sample, std::span<const std::byte> record,
                              std::span<const View> row) {
  if (options_.needs_labels && source_.label(sample) < 0) {
    user_error("{}: has no label, expected a class id", source_.name(sample));
  }
  decoders_[static_cast<size_t>(worker)]->decode(record, source_.name(sample), options_.transform,
                                                 augmentation_stream(options_.seed, epoch, sample),
                                                 options_.part, row[0]);
  *row[1].as<int32_t>() = source_.label(sample);
}

void ImageAssembler::assemble_empty(std::span<const View> row) {
  std::memset(row[0].data, 0, static_cast<size_t>(row[0].bytes()));
  *row[1].as<int32_t>() = -1;
}

}  // namespace weft
