#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "weft/base/part_file.h"

namespace weft {

/// A file that takes its place when it is whole (base/part_file.h: PATH.PID.part): a report, a log, tokens,
/// which several processes may write at once. Where the file system can, what is not whole has no name. What
/// is large, and watched by others as it grows, is a DurableFile (store/durable_file.h).
class ReplacedFile {
 public:
  /// UserError where there is no place for it, or something that is no file is there; `what` names it to
  /// people: "token file".
  ReplacedFile(const std::filesystem::path& path, std::string what);
  /// Leaves nothing, unless commit() was called.
  ~ReplacedFile();
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;

  /// Appends. UserError.
  void write(const void* bytes, size_t count);
  /// Bytes that were written already are others. UserError.
  void write_over(int64_t offset, const void* bytes, size_t count);
  /// The file is whole, on the disk, and at its place. UserError.
  void commit();

 private:
  [[noreturn]] void fail(int error) const;
  void flush();
  void write_all(const char* bytes, size_t count, int64_t offset) const;

  std::string what_;
  PartFile part_;
  std::vector<char> buffer_;
  int64_t written_ = 0;
  int file_ = -1;
  bool is_nameless_ = false;
};

}  // namespace weft
