#include "weft/data/verify/kept_checksums.h"

#include <algorithm>
#include <set>
#include <utility>

#include "weft/base/check.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/crc32.h"

namespace weft {

namespace {

constexpr int64_t kPiece = int64_t{1} << 20;

uint32_t crc32_in(const FileReader& file, const Extent& extent) {
  std::vector<std::byte> memory(static_cast<size_t>(std::min(extent.bytes, kPiece)));
  uint32_t crc = 0;
  for (int64_t done = 0; done < extent.bytes;) {
    const int64_t bytes = std::min(extent.bytes - done, kPiece);
    const auto piece = std::span(memory).first(static_cast<size_t>(bytes));
    file.read(extent.offset + done, piece);
    crc = crc32_of(piece, crc);
    done += bytes;
  }
  return crc;
}

}  // namespace

std::string trouble_with(const Source& source, const KeptChecksum& checksum) {
  try {
    const FileReader file(source.files()[static_cast<size_t>(checksum.extent.file)]);
    if (crc32_in(file, checksum.extent) == checksum.crc32) return {};
  } catch (const UserError& error) {
    return error.what();
  }
  return fmt::format("{} {}", checksum.name, kBrokenChecksum);
}

std::string trouble_with_small(std::span<const std::shared_ptr<const Source>> sources, int64_t most) {
  std::set<std::pair<std::filesystem::path, int64_t>> seen;
  for (const auto& source : sources) {
    for (const KeptChecksum& checksum : source->kept_checksums()) {
      const Extent& extent = checksum.extent;
      if (extent.bytes > most) continue;
      if (!seen.emplace(source->files()[static_cast<size_t>(extent.file)], extent.offset).second) continue;
      most -= extent.bytes;
      std::string trouble = trouble_with(*source, checksum);
      if (!trouble.empty()) return trouble;
    }
  }
  return {};
}

}  // namespace weft
