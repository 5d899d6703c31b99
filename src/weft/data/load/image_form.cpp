#include "weft/data/load/image_form.h"

#include "weft/data/load/image_assembler.h"

namespace weft {

std::vector<TensorType> ImageForm::row_types(DType floating) const {
  return {{floating, {transform_.height, transform_.width, 3}}, {DType::i32, {}}};
}

std::unique_ptr<Assembler> ImageForm::assembler(std::span<const Region> rows, DType floating,
                                                int workers) const {
  ImageAssembler::Options options;
  options.transform = transform_;
  options.seed = seed_;
  options.dtype = floating;
  options.part = rows[0];
  options.workers = workers;
  options.needs_labels = needs_labels_;
  return std::make_unique<ImageAssembler>(*source_, std::move(options));
}

}  // namespace weft
