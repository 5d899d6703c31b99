#pragma once
// Files that must survive a crash: large POSIX writes, a checksum of what was written, fsync; a full disk is
// an error.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "weft/base/pace.h"
#include "weft/base/part_file.h"
#include "weft/store/direct_io.h"

namespace weft {

/// A new file that takes its place when it is whole (base/part_file.h: PATH.part, whose growth other ranks
/// watch), written front to back, in pieces that go past the kernel's cache where the file system allows
/// that. Every failure of the system (a full disk, a short write, a failed fsync) is a UserError that names
/// the path, the cause and, of a full disk, the free space. What several processes may write, or what is
/// changed after it was written, is a ReplacedFile.
class DurableFile {
 public:
  /// `pace`, if there is one, is kept to, and outlives this.
  explicit DurableFile(const std::filesystem::path& path, Pace* pace = nullptr);
  /// Without finish() nothing is left of it.
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void append(std::span<const std::byte> bytes);
  void append(std::string_view text);
  /// Writes what is buffered, fsyncs and closes: all that a full disk can hinder. Once.
  void seal();
  /// Seals what is not sealed yet and gives it its name, which sync_folder() makes durable.
  void finish();
  const std::filesystem::path& path() const { return part_.place(); }
  /// Bytes appended so far.
  int64_t bytes() const { return bytes_; }
  /// xxHash64 (seed 0) of everything; only once it is sealed.
  uint64_t checksum() const { return checksum_; }

 private:
  struct HashState;
  void write_piece();

  PartFile part_;
  int descriptor_ = -1;
  int64_t bytes_ = 0;
  uint64_t checksum_ = 0;
  Pace* pace_;
  DirectIoBuffer buffer_;
  size_t buffered_ = 0;            ///< bytes of the buffer that are not written yet
  std::optional<bool> is_direct_;  ///< nothing: nobody has asked yet whether it can be
  std::unique_ptr<HashState> hash_;
};

/// Makes the names in a folder durable (fsync of the folder).
void sync_folder(const std::filesystem::path& folder);

/// Throws a UserError: "could not VERB PATH: CAUSE (FREE MiB free there)". `error` is an errno.
[[noreturn]] void file_error(std::string_view verb, const std::filesystem::path& path, int error);

}  // namespace weft
