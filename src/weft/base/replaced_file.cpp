#include "weft/base/replaced_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

constexpr size_t kBuffer = size_t{1} << 20;

/// The file that a link leads to is replaced, not the link.
fs::path place_of(const fs::path& path) {
  std::error_code error;
  const fs::path place = fs::is_symlink(path, error) ? fs::weakly_canonical(path, error) : path;
  return error ? path : place;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

ReplacedFile::ReplacedFile(const fs::path& path, std::string what)
    : path_(place_of(path)), beside_(path_), what_(std::move(what)) {
  std::error_code error;
  if (fs::exists(path_, error) && !fs::is_regular_file(path_, error)) {
    user_error("{}: this is a folder, a device or a pipe, expected a place for a {}", path_.string(), what_);
  }
  // Another process may be at the same file.
  beside_ += fmt::format(".{}.partial", getpid());
  file_ = ::open(folder_of(path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  if (file_ < 0) {
    file_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    has_name_ = file_ >= 0;
  }
  if (file_ < 0) fail(errno);
  buffer_.reserve(kBuffer);
}

ReplacedFile::~ReplacedFile() {
  if (file_ >= 0) ::close(file_);
  if (has_name_) ::unlink(beside_.c_str());
}

void ReplacedFile::fail(int error) const {
  user_error("{}: the {} cannot be written: {}", path_.string(), what_, std::strerror(error));
}

void ReplacedFile::write_all(const char* bytes, size_t count, int64_t offset) const {
  while (count > 0) {
    const ssize_t done = ::pwrite(file_, bytes, count, offset);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) fail(done < 0 ? errno : EIO);
    bytes += done;
    count -= static_cast<size_t>(done);
    offset += done;
  }
}

void ReplacedFile::flush() {
  write_all(buffer_.data(), buffer_.size(), written_);
  written_ += std::ssize(buffer_);
  buffer_.clear();
}

void ReplacedFile::write(const void* bytes, size_t count) {
  const char* from = static_cast<const char*>(bytes);
  buffer_.insert(buffer_.end(), from, from + count);
  if (buffer_.size() >= kBuffer) flush();
}

void ReplacedFile::write_over(int64_t offset, const void* bytes, size_t count) {
  flush();
  write_all(static_cast<const char*>(bytes), count, offset);
}

void ReplacedFile::commit() {
  flush();
  if (::fsync(file_) != 0) fail(errno);
  if (!has_name_) {
    ::unlink(beside_.c_str());
    const std::string nameless = fmt::format("/proc/self/fd/{}", file_);
    if (::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, beside_.c_str(), AT_SYMLINK_FOLLOW) != 0) fail(errno);
    has_name_ = true;
  }
  if (::rename(beside_.c_str(), path_.c_str()) != 0) fail(errno);
  has_name_ = false;
}

}  // namespace weft
