// Any bytes are either a .npy file, or a .npz of them, whose elements lie within it, or a UserError.
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/data/source/numpy_header.h"
#include "weft/data/source/slab.h"
#include "weft/data/source/zip_directory.h"

namespace {

void check_array(const weft::ByteReader& file, int64_t begin, int64_t bytes) {
  const weft::NumpyHeader header = weft::read_numpy_header(file, begin, bytes, "fuzz");
  if (!header.problem.empty()) return;  // nobody reads its elements
  int64_t length = 0;
  if (!weft::checked_bytes(header.shape, header.type.bytes, length)) std::abort();
  if (header.data_offset < begin || header.data_offset + length > begin + bytes) std::abort();
  if (!weft::dtype_of(header.type)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const weft::MemoryReader file(std::as_bytes(std::span(data, size)), "fuzz");
  try {
    check_array(file, 0, file.size());
  } catch (const weft::UserError&) {
  }
  try {
    for (const weft::ZipMember& member : weft::read_zip_directory(file)) {
      if (member.bytes < 0 || member.offset < 0 || member.offset + member.bytes > file.size()) std::abort();
      check_array(file, member.offset, member.bytes);
    }
  } catch (const weft::UserError&) {
  }
  return 0;
}
