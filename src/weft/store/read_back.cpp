#include "weft/store/read_back.h"

#include <fcntl.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>

#include "weft/store/direct_io.h"
#include "weft/store/durable_file.h"

namespace weft {

namespace {

/// Closes what it holds.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) file_error("open", path, errno);
  }
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

WrittenFile read_back(const std::filesystem::path& path, Pace* pace) {
  const OpenFile file(path);
  // What is clean in the kernel's cache is dropped, so that the disk is asked also where it cannot be passed.
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  bool is_direct = set_direct_io(file.get(), true);
  const DirectIoBuffer buffer;
  XXH64_state_t hash;
  XXH64_reset(&hash, 0);
  WrittenFile found;
  while (true) {
    const ssize_t count = ::pread(file.get(), buffer.bytes().data(), buffer.bytes().size(), found.bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EINVAL && is_direct) {
      is_direct = !set_direct_io(file.get(), false);
      continue;
    }
    if (count < 0) file_error("read", path, errno);
    if (count == 0) break;
    XXH64_update(&hash, buffer.bytes().data(), static_cast<size_t>(count));
    found.bytes += count;
    if (pace != nullptr) pace->rest();
  }
  found.checksum = XXH64_digest(&hash);
  return found;
}

}  // namespace weft
