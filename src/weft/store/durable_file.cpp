#include "weft/store/durable_file.h"

#include <fcntl.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "weft/base/check.h"

namespace weft {
namespace {

constexpr size_t kBufferBytes = size_t{8} << 20;

}  // namespace

struct DurableFile::HashState {
  XXH64_state_t state{};
};

void file_error(std::string_view verb, const std::filesystem::path& path, int error) {
  std::error_code ignored;
  const auto space = std::filesystem::space(path.parent_path().empty() ? "." : path.parent_path(), ignored);
  const std::string free =
      ignored ? "free space unknown" : fmt::format("{} MiB free there", space.available >> 20);
  user_error("could not {} {}: {} ({})", verb, path.string(), std::generic_category().message(error), free);
}

DurableFile::DurableFile(std::filesystem::path path)
    : path_(std::move(path)), hash_(std::make_unique<HashState>()) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) file_error("create", path_, errno);
  XXH64_reset(&hash_->state, 0);
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void DurableFile::append(std::span<const std::byte> bytes) {
  bytes_ += static_cast<int64_t>(bytes.size());
  if (buffer_.size() + bytes.size() <= kBufferBytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return;
  }
  flush();
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kBufferBytes));
    write_out(piece);
    bytes = bytes.subspan(piece.size());
  }
}

void DurableFile::append(std::string_view text) {
  append(std::as_bytes(std::span(text.data(), text.size())));
}

void DurableFile::finish() {
  flush();
  if (::fsync(descriptor_) != 0) file_error("fsync", path_, errno);
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (::close(descriptor) != 0) file_error("close", path_, errno);
  checksum_ = XXH64_digest(&hash_->state);
}

void DurableFile::flush() {
  write_out(buffer_);
  buffer_.clear();
}

void DurableFile::write_out(std::span<const std::byte> bytes) {
  // Hashing piece by piece, just before the write, finds the bytes still in cache.
  XXH64_update(&hash_->state, bytes.data(), bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) file_error("write", path_, written < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) file_error("open", folder, errno);
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  // EINVAL: this file system cannot sync folders and needs no such call.
  if (error != 0 && error != EINVAL) file_error("fsync", folder, error);
}

}  // namespace weft
