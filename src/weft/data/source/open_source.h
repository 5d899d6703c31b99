#pragma once
#include <memory>
#include <string>

#include "weft/data/source/source_registry.h"

namespace weft {

struct OpenedSource {
  std::string format;
  std::unique_ptr<Source> source;
};

/// Opens the data set at options.path (or its subfolder options.split, where there is one), in the format
/// that it is of. A pattern's files are read as those of a folder, where the format reads folders, else one
/// after the other. UserError where it is none of those known, or two, or cannot be read, or holds no sample.
OpenedSource open_source(const SourceOptions& options);

/// The format that open_source() would read it in; empty: none is known that could. UserError where it is
/// two, or nothing is there.
std::string format_at(const SourceOptions& options);

}  // namespace weft
