#pragma once
// A file of facts about records that is only ever appended to, and read back after any crash. Little-endian:
// a header (magic "WEFTLOG1", key, boot, count, check), then entries (record, offset, bytes, checksum,
// check); every number has 8 bytes, and a check is the xxHash3 of what stands before it. The tier's journal
// and the checksum index are such files.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "weft/data/read/open_file.h"

namespace weft {

struct LogEntry {
  int64_t record = 0;
  int64_t offset = 0;
  int64_t bytes = 0;
  uint64_t checksum = 0;
  bool operator==(const LogEntry&) const = default;
};

struct LogContents {
  uint64_t key = 0;
  /// False: entries that had reached the file are missing, or the system was started anew since (so that what
  /// the entries speak of may not have reached the disk).
  bool trusted = false;
  std::vector<LogEntry> entries;  ///< up to the first that is cut short or broken
};

/// Null: no log, or its header is broken. `boot` is the number of the system's start.
std::optional<LogContents> parse_record_log(std::span<const std::byte> bytes, uint64_t boot);
/// Null also where there is no such file, or it cannot be read.
std::optional<LogContents> read_record_log(const std::filesystem::path& path);
/// Whether a file begins as a log does, but for one byte that may be broken, and as far as it goes; also
/// where there is none. Else it is something else's.
bool may_be_record_log(const std::filesystem::path& path);
/// A number that differs from one start of the system to the next; 0 where that is not known.
uint64_t boot_number();

class RecordLog {
 public:
  static constexpr int64_t kEntryBytes = 40;  ///< in the file
  /// Writes a new log beside `path`, then puts it in its place. Null: that failed, errno says why.
  static std::optional<RecordLog> create(const std::filesystem::path& path, uint64_t key,
                                         std::span<const LogEntry> entries);

  /// Kept in memory until flush().
  void append(const LogEntry& entry);
  int64_t unflushed() const { return static_cast<int64_t>(buffer_.size()); }
  /// After it a killed process loses nothing. False: the file cannot be written, errno says why; the entries
  /// are kept.
  bool flush();
  /// In the file and not yet in it.
  int64_t entries() const { return count_ + unflushed(); }

 private:
  RecordLog(OpenFile file, uint64_t key) : file_(std::move(file)), key_(key) {}
  bool write_header();

  OpenFile file_;
  uint64_t key_;
  int64_t count_ = 0;  ///< in the file
  std::vector<LogEntry> buffer_;
};

}  // namespace weft
