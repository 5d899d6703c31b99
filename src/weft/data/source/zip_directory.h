#pragma once
// The directory of a ZIP archive (PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5.3), which .npz files are.
#include <string>
#include <vector>

#include "weft/data/source/byte_reader.h"

namespace weft {

struct ZipMember {
  std::string name;
  int64_t offset = 0;  ///< of its first byte
  int64_t bytes = 0;   ///< stored
  uint32_t crc32 = 0;  ///< of what is stored, where that is not compressed
  bool compressed = false;
  bool encrypted = false;
};

/// UserError on a file that is no ZIP archive, or broken.
std::vector<ZipMember> read_zip_directory(const ByteReader& file);

}  // namespace weft
