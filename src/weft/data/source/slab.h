#pragma once
#include <cstdint>
#include <vector>

#include "weft/data/source/source.h"

namespace weft {

/// Appends an extent; one that begins where the last ends is joined to it. Empty ones are left out.
void append_extent(std::vector<Extent>& extents, Extent extent);

/// Appends the runs of bytes that `part` is of a row-major array of `shape` whose first byte lies at `offset`
/// of `file`: in row-major order, as few as there can be.
void append_slab(std::vector<Extent>& extents, int32_t file, int64_t offset, const Dims& shape,
                 const Region& part, int64_t elem_bytes);

/// Product of sizes and element bytes; null where it overflows or a size is negative. A size of zero does not
/// hide an overflow of the others.
bool checked_bytes(const Dims& shape, int64_t elem_bytes, int64_t& bytes);

}  // namespace weft
