#pragma once
#include <memory>
#include <span>
#include <string>

#include "weft/data/source/source.h"

namespace weft {

/// Reads the bytes of a checksum that a file keeps, in pieces. What is wrong, as a sentence; empty: nothing.
std::string trouble_with(const Source& source, const KeptChecksum& checksum);

/// As trouble_with, of the first checksum of these sources that is another. Those of at most `most` bytes in
/// all are looked at, each once though sources share it; larger ones are passed over.
std::string trouble_with_small(std::span<const std::shared_ptr<const Source>> sources, int64_t most);

}  // namespace weft
