// Any bytes are either an archive whose members lie within it, and whose samples are images among these, or a
// UserError.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "weft/base/check.h"
#include "weft/data/source/read_shard.h"
#include "weft/data/source/tar_members.h"

namespace {

/// Gives each block that says "ustar" the checksum that a header has: no mutation finds it by chance.
void mend_checksums(std::string& archive) {
  for (size_t at = 0; at + 512 <= archive.size(); at += 512) {
    if (archive.compare(at + 257, 5, "ustar") != 0) continue;
    archive.replace(at + 148, 8, 8, ' ');
    unsigned sum = 0;
    for (size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(archive[at + i]);
    for (size_t i = 6; i-- > 0; sum /= 8) archive[at + 148 + i] = static_cast<char>('0' + sum % 8);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string archive(reinterpret_cast<const char*>(data), size);
  mend_checksums(archive);
  const weft::MemoryReader file(std::as_bytes(std::span(archive)), "fuzz");
  try {
    weft::TarWalk walk(file);
    int64_t end = 0;
    walk.each([&](const weft::TarMember& member) {
      // Members follow each other; a link's contents lie before it.
      if (member.bytes < 0 ||
          (member.is_link ? member.offset + member.bytes > end : member.offset < end + 512))
        std::abort();
      if (!member.is_link) end = member.offset + member.bytes;
      if (end > file.size()) std::abort();
      if (member.bytes < 4096 && static_cast<int64_t>(walk.contents(member).size()) != member.bytes)
        std::abort();
    });
    for (const weft::ShardSample& sample : weft::read_shard(file).samples) {
      if (!sample.image.other.empty() || sample.image.offset + sample.image.bytes > file.size()) std::abort();
    }
  } catch (const weft::UserError&) {
  }
  return 0;
}
