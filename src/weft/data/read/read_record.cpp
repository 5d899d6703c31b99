#include "weft/data/read/read_record.h"

#include <fstream>

#include "weft/base/check.h"

namespace weft {

std::vector<std::byte> read_record(const Source& source, int64_t sample, std::span<const Region> parts) {
  std::vector<Extent> extents;
  source.locate(sample, parts, extents);
  std::vector<std::byte> record;
  for (const Extent& extent : extents) {
    std::ifstream file(source.files()[static_cast<size_t>(extent.file)], std::ios::binary);
    file.seekg(extent.offset);
    const size_t before = record.size();
    record.resize(before + static_cast<size_t>(extent.bytes));
    if (!file.read(reinterpret_cast<char*>(record.data() + before), extent.bytes)) {
      user_error("data.path: {} cannot be read", source.name(sample));
    }
  }
  return record;
}

}  // namespace weft
