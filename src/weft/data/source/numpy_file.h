#pragma once
// NumPy arrays: one .npy or uncompressed .npz whose first dimension is the sample, or a folder of .npy files
// of one sample each. Elements of 8 and 16 bits that Weft has no type for become f32 (stored_type.h).
#include <memory>

#include "weft/data/source/source_registry.h"

namespace weft {

/// UserError as open_source.
std::unique_ptr<Source> open_numpy(const SourcePlace& place, const SourceOptions& options);

}  // namespace weft
