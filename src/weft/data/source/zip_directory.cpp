#include "weft/data/source/zip_directory.h"

#include <algorithm>
#include <string_view>

#include "weft/base/check.h"

namespace weft {

namespace {

constexpr std::string_view kEndMark{"PK\5\6", 4};
constexpr std::string_view kEnd64Mark{"PK\6\6", 4};
constexpr std::string_view kLocator64Mark{"PK\6\7", 4};
constexpr std::string_view kEntryMark{"PK\1\2", 4};
constexpr std::string_view kLocalMark{"PK\3\4", 4};
constexpr int64_t kEndBytes = 22;
constexpr size_t kEntryBytes = 46;
constexpr int64_t kLocalBytes = 30;
constexpr uint64_t kIn64 = 0xffffffff;  ///< the number stands in the 64-bit field instead

uint64_t number(std::string_view text, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text[at + i]);
  return value;
}

[[noreturn]] void broken(const ByteReader& file) {
  user_error("{}: the archive's directory is broken; is the file cut short?", file.name());
}

struct DirectoryPlace {
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

DirectoryPlace find_directory(const ByteReader& file) {
  // The end record is last, but for a comment of up to 64 KiB.
  const int64_t tail_bytes = std::min<int64_t>(file.size(), kEndBytes + 65535);
  const int64_t tail_at = file.size() - tail_bytes;
  const std::string tail = file.text(tail_at, tail_bytes);
  const size_t end = tail.rfind(kEndMark);
  if (end == std::string::npos || tail.size() - end < static_cast<size_t>(kEndBytes)) {
    user_error("{}: is no ZIP archive, or cut short: it has no directory at its end", file.name());
  }
  DirectoryPlace place{number(tail, end + 16, 4), number(tail, end + 12, 4)};
  if (place.offset != kIn64 && place.bytes != kIn64) return place;
  const int64_t locator_at = tail_at + static_cast<int64_t>(end) - 20;
  if (locator_at < 0) broken(file);
  const std::string locator = file.text(locator_at, 20);
  const uint64_t record_at = number(locator, 8, 8);
  if (!locator.starts_with(kLocator64Mark) || record_at > static_cast<uint64_t>(locator_at)) broken(file);
  const std::string record = file.text(static_cast<int64_t>(record_at), 56);
  if (!record.starts_with(kEnd64Mark)) broken(file);
  return {number(record, 48, 8), number(record, 40, 8)};
}

/// Replaces sizes and offset that did not fit 32 bits by those of the extra field 1.
void read_64_bit_fields(std::string_view extra, uint64_t& raw, uint64_t& stored, uint64_t& local,
                        const ByteReader& file) {
  while (extra.size() >= 4) {
    const size_t bytes = number(extra, 2, 2);
    if (bytes > extra.size() - 4) broken(file);
    if (number(extra, 0, 2) == 1) {
      size_t at = 4;
      for (uint64_t* value : {&raw, &stored, &local}) {
        if (*value != kIn64) continue;
        if (at + 8 > bytes + 4) broken(file);
        *value = number(extra, at, 8);
        at += 8;
      }
    }
    extra.remove_prefix(4 + bytes);
  }
}

ZipMember read_member(std::string_view entry, std::string_view name, std::string_view extra,
                      const ByteReader& file) {
  uint64_t raw = number(entry, 24, 4);
  uint64_t stored = number(entry, 20, 4);
  uint64_t local = number(entry, 42, 4);
  read_64_bit_fields(extra, raw, stored, local, file);
  const auto size = static_cast<uint64_t>(file.size());
  if (local > size || stored > size) broken(file);
  const std::string head = file.text(static_cast<int64_t>(local), kLocalBytes);
  if (!head.starts_with(kLocalMark)) broken(file);
  // The local header's name and extra field may have other lengths than the directory's.
  const uint64_t begin = local + kLocalBytes + number(head, 26, 2) + number(head, 28, 2);
  if (begin > size || stored > size - begin) broken(file);
  return {std::string(name),
          static_cast<int64_t>(begin),
          static_cast<int64_t>(stored),
          static_cast<uint32_t>(number(entry, 16, 4)),
          number(entry, 10, 2) != 0,
          (number(entry, 8, 2) & 1) != 0};
}

}  // namespace

std::vector<ZipMember> read_zip_directory(const ByteReader& file) {
  const DirectoryPlace place = find_directory(file);
  const auto size = static_cast<uint64_t>(file.size());
  if (place.offset > size || place.bytes > size - place.offset) broken(file);
  const std::string text = file.text(static_cast<int64_t>(place.offset), static_cast<int64_t>(place.bytes));
  std::vector<ZipMember> members;
  std::string_view rest = text;
  while (!rest.empty()) {
    if (rest.size() < kEntryBytes || !rest.starts_with(kEntryMark)) broken(file);
    const size_t name_bytes = number(rest, 28, 2);
    const size_t extra_bytes = number(rest, 30, 2);
    const size_t whole = kEntryBytes + name_bytes + extra_bytes + number(rest, 32, 2);
    if (whole > rest.size()) broken(file);
    members.push_back(read_member(rest, rest.substr(kEntryBytes, name_bytes),
                                  rest.substr(kEntryBytes + name_bytes, extra_bytes), file));
    rest.remove_prefix(whole);
  }
  return members;
}

}  // namespace weft
