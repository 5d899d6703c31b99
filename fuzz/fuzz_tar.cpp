// Any bytes are either an archive whose members lie within it, and whose samples are images among these, or a
// UserError.
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/data/source/read_shard.h"
#include "weft/data/source/tar_members.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const weft::MemoryReader file(std::as_bytes(std::span(data, size)), "fuzz");
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
