#include "weft/base/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"

namespace weft {

namespace {

/// Null, and errno, where that fails.
std::FILE* open_without_waiting(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return nullptr;
  // What is read is waited for again: a command may take its time.
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
  return fdopen(descriptor, "rb");
}

/// One without an end, as /dev/zero; a terminal ends, and so does /dev/null.
bool is_endless(std::FILE* file) {
  struct stat about = {};
  if (fstat(fileno(file), &about) != 0 || !S_ISCHR(about.st_mode) || isatty(fileno(file)) != 0) return false;
  struct stat null = {};
  return stat("/dev/null", &null) != 0 || about.st_rdev != null.st_rdev;
}

bool is_pipe(std::FILE* file) {
  struct stat about = {};
  return fstat(fileno(file), &about) == 0 && S_ISFIFO(about.st_mode);
}

}  // namespace

std::string read_text(const std::filesystem::path& path, std::string_view what, size_t most) {
  const auto fail = [&] {
    if (errno == ENOENT) user_error("{}: the {} does not exist", path.string(), what);
    user_error("{}: the {} cannot be read: {}", path.string(), what, std::strerror(errno));
  };
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(open_without_waiting(path), &std::fclose);
  if (file == nullptr) fail();
  if (is_endless(file.get())) user_error("{}: the {} is a device, expected a file", path.string(), what);
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
  if (text.empty() && is_pipe(file.get())) {
    user_error("{}: the {} is a pipe into which nothing was written", path.string(), what);
  }
  return text;
}

}  // namespace weft
