#pragma once
// Tensors of one safetensors file whose first dimension is the sample.
#include <memory>

#include "weft/data/source/source_registry.h"

namespace weft {

/// UserError as open_source.
std::unique_ptr<Source> open_safetensors(const SourcePlace& place, const SourceOptions& options);

}  // namespace weft
