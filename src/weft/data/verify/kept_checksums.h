#pragma once
#include <string>

#include "weft/data/source/source.h"

namespace weft {

/// Reads the bytes of a checksum that a file keeps, in pieces. What is wrong, as a sentence; empty: nothing.
std::string trouble_with(const Source& source, const KeptChecksum& checksum);

/// Checks those of at most `most` bytes in all. UserError for the first that is another.
void expect_kept_checksums(const Source& source, int64_t most);

}  // namespace weft
