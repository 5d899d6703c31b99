#include "weft/data/verify/content_key.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "weft/base/check.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

constexpr int64_t kSamples = 128;
constexpr size_t kExtents = 16;  // of a sample
constexpr int64_t kEnd = 2048;   // bytes

void mix(uint64_t& key, std::span<const std::byte> bytes) { key = record_checksum(bytes, key); }

void mix_extent(uint64_t& key, const FileReader& file, const Extent& extent) {
  std::vector<std::byte> bytes(static_cast<size_t>(std::min(extent.bytes, 2 * kEnd)));
  const auto front = std::min<size_t>(bytes.size(), kEnd);
  const std::span<std::byte> all(bytes);
  file.read(extent.offset, all.first(front));
  file.read(extent.offset + extent.bytes - static_cast<int64_t>(bytes.size() - front), all.subspan(front));
  mix(key, bytes);
}

/// Samples that follow each other mostly lie in one file: it stays open.
class LastFile {
 public:
  explicit LastFile(const Source& source) : source_(source) {}
  const FileReader& at(int32_t file) {
    if (!reader_ || file_ != file) reader_.emplace(source_.files()[static_cast<size_t>(file)]);
    file_ = file;
    return *reader_;
  }

 private:
  const Source& source_;
  int32_t file_ = -1;
  std::optional<FileReader> reader_;
};

void mix_sample(uint64_t& key, const Source& source, LastFile& files, int64_t sample) {
  const int32_t label = source.label(sample);
  mix(key, std::as_bytes(std::span(&label, 1)));
  std::vector<Extent> extents;
  source.locate(sample, {}, extents);
  for (size_t i = 0; i < std::min(extents.size(), kExtents); ++i) {
    mix_extent(key, files.at(extents[i].file), extents[i]);
  }
}

}  // namespace

uint64_t content_key(const Source& source) {
  uint64_t key = 0;
  LastFile files(source);
  const int64_t count = source.count();
  const int64_t some = std::min(count, kSamples);
  for (int64_t i = 0; i < some; ++i) {
    try {
      mix_sample(key, source, files, i * count / some);
    } catch (const UserError&) {
      continue;
    }
  }
  return key;
}

}  // namespace weft
