#pragma once
// The head of a .npy file (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/stored_type.h"
#include "weft/tensor/region.h"

namespace weft {

struct NumpyHeader {
  StoredType type;
  Dims shape;
  int64_t data_offset = 0;  ///< of the first element, in the file
  std::string problem;      ///< why the elements cannot be read ("has ..."); empty: they can
};

/// Reads the header of the array that lies at [begin, begin + bytes) of `file` (in an .npz it is a part).
/// UserError on what is no array that is all there. One that is not of numbers, or not row-major, has a
/// `problem`: beside others in an archive it is none's concern.
NumpyHeader read_numpy_header(const ByteReader& file, int64_t begin, int64_t bytes, const std::string& name);

}  // namespace weft
