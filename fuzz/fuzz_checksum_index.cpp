// Any bytes are a record log or none, and as a checksum index name only possible records.
#include <cstdint>
#include <cstring>
#include <span>

#include "weft/base/check.h"
#include "weft/data/verify/checksum_index.h"
#include "weft/data/verify/record_checksum.h"

namespace {

void read_index(std::span<const std::byte> bytes) {
  const auto contents = weft::parse_record_log(bytes, 1);
  if (!contents) return;
  WEFT_CHECK(contents->entries.size() < bytes.size() / 40, "more entries than bytes for them");
  for (const auto& [record, known] : weft::known_records(contents->entries)) {
    WEFT_CHECK(record >= 0 && known.bytes >= 0, "record {} of {} bytes", record, known.bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  const std::span input(bytes, count);
  read_index(std::as_bytes(input));
  // With checks that fit, up to the line that the first byte chooses.
  std::vector<uint64_t> words(count / 8);
  if (words.size() < 5) return 0;
  std::memcpy(words.data(), bytes, words.size() * 8);
  words[0] = 0x31474f4c54464557;
  const size_t broken = 1 + bytes[0] % 32;
  for (size_t line = 0; line < words.size() / 5; ++line) {
    const auto fields = std::as_bytes(std::span(words).subspan(line * 5, 4));
    words[line * 5 + 4] = weft::record_checksum(fields, line == 0 ? 0 : words[1]) + (line == broken ? 1 : 0);
  }
  read_index(std::as_bytes(std::span(words)));
  return 0;
}
