#pragma once
// Tar archives in WebDataset's naming: files that lie together and share a key (all before the first dot of
// the file's name) are one sample. Of a sample are read its image (key.jpg, .jpeg, .png, .webp, .bmp) and its
// label (key.cls, key.txt, or "label" of key.json: a number, or a name). Not compressed: parts of a
// compressed archive cannot be read alone.
#include <memory>
#include <string>
#include <vector>

#include "weft/data/source/source_registry.h"

namespace weft {

/// One .tar, a folder of them, or a pattern such as train-{000..009}.tar. Samples in the order of the
/// archives' names, then as they lie. Reads headers and labels, many archives at a time. UserError as
/// open_source.
std::unique_ptr<Source> open_tar_shards(const SourcePlace& place, const SourceOptions& options);

/// "a-{08..10}.tar" -> a-08.tar, a-09.tar, a-10.tar; several braces multiply. UserError on braces of another
/// form, or more than a million names.
std::vector<std::string> expand_braces(const std::string& pattern);

}  // namespace weft
