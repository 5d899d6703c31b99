#include "weft/store/durable_file.h"

#include <fcntl.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "weft/base/check.h"

namespace weft {

struct DurableFile::HashState {
  XXH64_state_t state{};
};

void file_error(std::string_view verb, const std::filesystem::path& path, int error) {
  const std::string why = std::generic_category().message(error);
  if (error != ENOSPC && error != EDQUOT) user_error("could not {} {}: {}", verb, path.string(), why);
  std::error_code ignored;
  const auto space = std::filesystem::space(path.parent_path().empty() ? "." : path.parent_path(), ignored);
  const std::string free =
      ignored ? "free space unknown" : fmt::format("{} MiB free there", space.available >> 20);
  user_error("could not {} {}: {} ({})", verb, path.string(), why, free);
}

DurableFile::DurableFile(const std::filesystem::path& path, Pace* pace)
    : part_(path, "file", PartFile::Name::known), pace_(pace), hash_(std::make_unique<HashState>()) {
  descriptor_ = ::open(part_.part().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) file_error("create", path, errno);
  XXH64_reset(&hash_->state, 0);
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void DurableFile::append(std::span<const std::byte> bytes) {
  bytes_ += static_cast<int64_t>(bytes.size());
  while (!bytes.empty()) {
    const std::span<std::byte> room = buffer_.bytes().subspan(buffered_);
    const auto part = bytes.first(std::min(bytes.size(), room.size()));
    std::memcpy(room.data(), part.data(), part.size());
    buffered_ += part.size();
    bytes = bytes.subspan(part.size());
    if (buffered_ < kDirectIoPiece) continue;
    // Small files stay in the kernel's cache: only a full piece asks.
    if (!is_direct_) is_direct_ = set_direct_io(descriptor_, true);
    write_piece();
  }
}

void DurableFile::append(std::string_view text) {
  append(std::as_bytes(std::span(text.data(), text.size())));
}

void DurableFile::seal() {
  // The last piece may end anywhere.
  if (is_direct_ == true) is_direct_ = !set_direct_io(descriptor_, false);
  write_piece();
  if (::fsync(descriptor_) != 0) file_error("fsync", path(), errno);
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (::close(descriptor) != 0) file_error("close", path(), errno);
  checksum_ = XXH64_digest(&hash_->state);
}

void DurableFile::finish() {
  if (descriptor_ >= 0) seal();
  if (const int error = part_.take(); error != 0) file_error("name", path(), error);
}

void DurableFile::write_piece() {
  std::span<const std::byte> bytes = buffer_.bytes().first(buffered_);
  // It is in the core's cache still.
  XXH64_update(&hash_->state, bytes.data(), bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EINVAL && is_direct_ == true && set_direct_io(descriptor_, false)) {
      // This file system wants more of memory or lengths, or the rest of a write that a full disk cut short.
      is_direct_ = false;
      continue;
    }
    if (written <= 0) file_error("write", path(), written < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  buffered_ = 0;
  if (pace_ != nullptr) pace_->rest();
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
