#pragma once
// Tar archives in WebDataset's naming: files that lie together and share a key (all before the first dot of
// the file's name) are one sample. Of a sample are read its image (key.jpg, .jpeg, .png, .webp, .bmp) and its
// label (key.cls, key.txt, or "label" of key.json: a number, or a name). Not compressed: parts of a
// compressed archive cannot be read alone.
#include <memory>

#include "weft/data/source/source_registry.h"

namespace weft {

/// One .tar, or a folder of them. Samples in the order of the archives' names, then as they lie. Reads
/// headers and labels, many archives at a time. UserError as open_source.
std::unique_ptr<Source> open_tar_shards(const SourcePlace& place, const SourceOptions& options);

}  // namespace weft
