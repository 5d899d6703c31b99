// Any bytes are a journal or none; what it says is held lies within the data file and does not overlap.
#include <cstdint>
#include <cstring>
#include <map>
#include <span>

#include "weft/base/check.h"
#include "weft/data/tier/cache_journal.h"

namespace {

constexpr int64_t kFileBytes = 1 << 16;

void replay(std::span<const weft::LogEntry> entries) {
  weft::FreeExtents space(64);
  space.grow(kFileBytes);
  std::map<int64_t, int64_t> places;
  int64_t used = 0;
  for (const auto& [record, extent] : weft::replay_journal(entries, space)) {
    places.emplace(extent.offset, extent.bytes);
    used += space.rounded(extent.bytes);
  }
  int64_t end = 0;
  for (const auto& [offset, bytes] : places) {
    WEFT_CHECK(offset >= end && bytes <= kFileBytes - offset, "{} + {} overlaps or lies outside", offset,
               bytes);
    end = offset + bytes;
  }
  WEFT_CHECK(used == space.used_bytes(), "{} bytes are held, {} are used", used, space.used_bytes());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  const std::span input(bytes, count);
  if (const auto contents = weft::parse_record_log(std::as_bytes(input), 1)) replay(contents->entries);
  // The same without checks, which no fuzzer finds by chance.
  std::vector<weft::LogEntry> entries(count / sizeof(weft::LogEntry));
  if (!entries.empty()) std::memcpy(entries.data(), bytes, entries.size() * sizeof(weft::LogEntry));
  replay(entries);
  // And with numbers that are likely to mean something.
  entries.clear();
  for (size_t i = 0; i + 3 < count; i += 4) {
    entries.push_back({bytes[i] % 16, bytes[i + 1] * 64 - 64 * 8, (bytes[i + 2] - 16) * 30, bytes[i + 3]});
  }
  replay(entries);
  return 0;
}
