#include "weft/base/text_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"

namespace weft {

std::string read_text(const std::filesystem::path& path, std::string_view what, size_t most) {
  const auto fail = [&] {
    if (errno == ENOENT) user_error("{}: the {} does not exist", path.string(), what);
    user_error("{}: the {} cannot be read: {}", path.string(), what, std::strerror(errno));
  };
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
  if (file == nullptr) fail();
  std::string text;
  std::array<char, 65536> piece;
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), file.get())) {
    text.append(piece.data(), count);
    if (text.size() > most) {
      user_error("{}: the {} is longer than {}", path.string(), what,
                 format_bytes(static_cast<int64_t>(most)));
    }
  }
  if (std::ferror(file.get()) != 0) fail();
  return text;
}

}  // namespace weft
