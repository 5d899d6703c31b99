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

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

ReplacedFile::ReplacedFile(const fs::path& path, std::string what)
    : what_(std::move(what)), part_(path, what_, PartFile::Name::own) {
  file_ = ::open(folder_of(part_.place()).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  is_nameless_ = file_ >= 0;
  if (!is_nameless_) file_ = ::open(part_.part().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) fail(errno);
  buffer_.reserve(kBuffer);
}

ReplacedFile::~ReplacedFile() {
  if (file_ >= 0) ::close(file_);
}

void ReplacedFile::fail(int error) const {
  user_error("{}: the {} cannot be written: {}", part_.place().string(), what_, std::strerror(error));
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
  if (is_nameless_) {
    const fs::path& part = part_.part();
    ::unlink(part.c_str());
    const std::string nameless = fmt::format("/proc/self/fd/{}", file_);
    if (::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, part.c_str(), AT_SYMLINK_FOLLOW) != 0) fail(errno);
  }
  if (const int error = part_.take(); error != 0) fail(error);
}

}  // namespace weft
