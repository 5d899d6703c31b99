#include "weft/base/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "weft/base/check.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// Where a chain of links ends, whether anything is there or not.
fs::path place_of(fs::path path) {
  constexpr int kMostLinks = 40;  // as the kernel
  std::error_code error;
  for (int link = 0; link < kMostLinks && fs::is_symlink(path, error); ++link) {
    const fs::path to = fs::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / to;  // `to` alone, where it begins at the root
  }
  return path;
}

fs::path own_part_of(fs::path path) { return PartFile::part_of(path += fmt::format(".{}", getpid())); }

}  // namespace

PartFile::PartFile(const fs::path& path, std::string_view what, Name name)
    : place_(place_of(path)), part_(name == Name::own ? own_part_of(place_) : part_of(place_)) {
  std::error_code error;
  if (fs::exists(place_, error) && !fs::is_regular_file(place_, error)) {
    user_error("{}: this is a folder, a device or a pipe, expected a place for a {}", place_.string(), what);
  }
}

PartFile::~PartFile() {
  if (!is_taken_) ::unlink(part_.c_str());
}

int PartFile::sync() const {
  const int file = ::open(part_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return error;
}

int PartFile::take() {
  if (std::rename(part_.c_str(), place_.c_str()) != 0) return errno;
  is_taken_ = true;
  return 0;
}

}  // namespace weft
