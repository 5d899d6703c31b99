// Any bytes are either a NetCDF-3 header whose variables lie within the file, or a UserError; whatever their
// attributes say, the first numbers of each are unpacked, and those that are absent are NaN.
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/data/source/netcdf_header.h"

namespace {

void unpack_first(const weft::ByteReader& file, const weft::NetcdfVariable& variable, int64_t elems) {
  const weft::Conventions& known = variable.conventions;
  if (!known.problem.empty() || variable.is_text) return;
  elems = std::min<int64_t>(elems, 4);
  const std::string stored = file.text(variable.offset, elems * variable.type.bytes);
  const auto bytes = std::as_bytes(std::span(stored));
  std::array<double, 4> values{};
  const bool is_plain = weft::is_whole(known.stored) && !(known.packing && known.packing->changes_numbers());
  const weft::DType dtype = weft::unpacked_dtype(known.stored, known.packing);
  auto* memory = reinterpret_cast<std::byte*>(values.data());
  try {
    weft::unpack_elements(bytes, known.stored, known.packing, {memory, {dtype, {elems}}}, "fuzz");
    if (!is_plain || !known.packing || known.stored.bytes == 8) return;
    std::array<int64_t, 4> raw{};
    auto* exact = reinterpret_cast<std::byte*>(raw.data());
    weft::unpack_elements(bytes, known.stored, known.packing, {exact, {weft::DType::i64, {elems}}}, "fuzz");
    weft::unpack_elements(bytes, known.stored, known.packing, {memory, {weft::DType::f64, {elems}}}, "fuzz");
    for (size_t i = 0; i < static_cast<size_t>(elems); ++i) {
      const bool is_absent = known.packing->absent.includes(raw[i]);
      if (std::isnan(values[i]) != is_absent) std::abort();
      if (!is_absent && values[i] != static_cast<double>(raw[i])) std::abort();
    }
  } catch (const weft::UserError&) {  // a number of 64 bits without a sign
  }
}

}  // namespace

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
      unpack_first(file, variable, weft::elems_of(row));
    }
  } catch (const weft::UserError&) {
  }
  return 0;
}
