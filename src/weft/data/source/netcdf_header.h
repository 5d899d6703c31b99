#pragma once
// The header of NetCDF-3: classic, 64-bit offset and 64-bit data ("The NetCDF Classic Format Specification",
// Unidata).
#include <optional>
#include <string>
#include <vector>

#include "weft/data/source/byte_reader.h"
#include "weft/data/source/netcdf_conventions.h"
#include "weft/tensor/region.h"

namespace weft {

struct NetcdfVariable {
  std::string name;
  std::vector<std::string> dimensions;
  Dims shape;  ///< with the number of records where it has the record dimension
  bool is_record = false;
  bool is_text = false;
  StoredType type;  ///< as the header has it; `conventions` may give it another sign
  Conventions conventions;
  int64_t offset = 0;  ///< of its first byte (of its first record)
  int64_t stride = 0;  ///< bytes from one index of the first dimension to the next
};

/// UserError where the file is none, or cut short.
std::vector<NetcdfVariable> read_netcdf_header(const ByteReader& file);

}  // namespace weft
