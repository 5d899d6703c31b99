// Any bytes are either a NetCDF-3 header whose variables lie within the file, or a UserError.
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/data/source/netcdf_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const weft::MemoryReader file(std::as_bytes(std::span(data, size)), "fuzz");
  try {
    for (const weft::NetcdfVariable& variable : weft::read_netcdf_header(file)) {
      const int64_t first = variable.shape.empty() ? 1 : variable.shape[0];
      if (first < 0 || variable.stride < 0) std::abort();
      if (first == 0) continue;
      // The last row of the first dimension is the last that is read.
      int64_t last = 0;
      if (__builtin_mul_overflow(first - 1, variable.stride, &last)) std::abort();
      weft::Dims row = variable.shape;
      if (!row.empty()) row.erase(row.begin());
      const int64_t bytes = weft::elems_of(row) * variable.type.bytes;
      if (variable.offset < 0 || bytes < 0 || last > file.size() - variable.offset - bytes) std::abort();
    }
  } catch (const weft::UserError&) {
  }
  return 0;
}
