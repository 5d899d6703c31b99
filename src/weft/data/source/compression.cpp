#include "weft/data/source/compression.h"

namespace weft {

std::string_view compression_of(std::string_view head) {
  using namespace std::string_view_literals;
  struct Mark {
    std::string_view bytes;
    std::string_view name;
  };
  constexpr Mark kMarks[] = {{"\x1f\x8b"sv, "gzip"},
                             {"\x1f\x9d"sv, "compress"},
                             {"BZh"sv, "bzip2"},
                             {"\xfd\x37zXZ\0"sv, "xz"},
                             {"\x5d\0\0"sv, "lzma"},
                             {"\x28\xb5\x2f\xfd"sv, "zstd"},
                             {"\x04\x22\x4d\x18"sv, "lz4"},
                             {"PK\x03\x04"sv, "zip"},
                             {"7z\xbc\xaf\x27\x1c"sv, "7-Zip"},
                             {"LZIP"sv, "lzip"}};
  for (const Mark& mark : kMarks) {
    if (head.starts_with(mark.bytes)) return mark.name;
  }
  return {};
}

}  // namespace weft
