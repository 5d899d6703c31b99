#include "weft/data/source/byte_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

void ByteReader::read(int64_t offset, std::span<std::byte> into) const {
  const auto bytes = static_cast<int64_t>(into.size());
  if (offset < 0 || offset > size() || bytes > size() - offset) {
    user_error("{}: ends at byte {}, and {} bytes at {} were expected; is it cut short?", name(), size(),
               bytes, offset);
  }
  if (bytes > 0) read_within(offset, into);
}

std::string ByteReader::text(int64_t offset, int64_t bytes) const {
  // Checked before the memory is asked for: a broken header may promise anything.
  if (bytes < 0 || bytes > size()) {
    user_error("{}: promises {} bytes at {}, and has only {} in all", name(), bytes, offset, size());
  }
  std::string result(static_cast<size_t>(bytes), '\0');
  read(offset, std::as_writable_bytes(std::span(result)));
  return result;
}

FileReader::FileReader(const std::filesystem::path& path) : name_(path.string()) {
  // A pipe without a writer would keep open() waiting.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) user_error("{}: cannot be opened: {}", name_, std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    user_error("{}: is no regular file", name_);
  }
  size_ = status.st_size;
}

FileReader::~FileReader() { ::close(descriptor_); }

void FileReader::read_within(int64_t offset, std::span<std::byte> into) const {
  size_t done = 0;
  while (done < into.size()) {
    const ssize_t got =
        ::pread(descriptor_, into.data() + done, into.size() - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) user_error("{}: cannot be read at byte {}: {}", name_, offset, std::strerror(errno));
    if (got == 0) user_error("{}: became shorter while it was read", name_);
    done += static_cast<size_t>(got);
  }
}

void MemoryReader::read_within(int64_t offset, std::span<std::byte> into) const {
  std::memcpy(into.data(), bytes_.data() + offset, into.size());
}

int64_t size_of_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    user_error("{}: cannot be looked at: {}", path.string(), std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) user_error("{}: is no regular file", path.string());
  return status.st_size;
}

}  // namespace weft
