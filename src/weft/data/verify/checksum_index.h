#pragma once
// What the records of a data set were when they were first read, so that a disk or a network that changes
// them later is noticed.
#include <filesystem>
#include <string>
#include <unordered_map>

#include "weft/data/verify/record_log.h"

namespace weft {

/// About 50 bytes of memory and 40 of disk a record. Used by one thread, and one index a file and process.
class ChecksumIndex {
 public:
  /// Reads what `file` holds about the data set with this key; starts anew where that is nothing, or another
  /// data set's. UserError where the file cannot be written.
  ChecksumIndex(std::filesystem::path file, uint64_t key);
  /// Flushes.
  ~ChecksumIndex();
  ChecksumIndex(const ChecksumIndex&) = delete;
  ChecksumIndex& operator=(const ChecksumIndex&) = delete;

  enum class Verdict {
    first,      ///< not seen before; remembered from now on
    same,       ///< as when first read
    different,  ///< other bytes than when first read; the index keeps the first
  };
  Verdict check(int64_t record, int64_t bytes, uint64_t checksum);

  struct Known {
    int64_t bytes = 0;
    uint64_t checksum = 0;
    bool operator==(const Known&) const = default;
  };
  std::optional<Known> find(int64_t record) const;
  int64_t size() const { return static_cast<int64_t>(known_.size()); }

  /// Writes what is new; also done every few thousand records. A file that cannot be written any more is
  /// given up.
  void flush();
  /// A sentence about a file that was given up, once; empty: nothing.
  std::string trouble() { return std::exchange(trouble_, {}); }

 private:
  std::filesystem::path file_;
  std::unordered_map<int64_t, Known> known_;
  std::optional<RecordLog> log_;
  std::string trouble_;
};

/// What a log says about records, the first word about each. Entries that are no such fact are left out.
std::unordered_map<int64_t, ChecksumIndex::Known> known_records(std::span<const LogEntry> entries);

}  // namespace weft
