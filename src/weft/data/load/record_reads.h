#pragma once
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "weft/data/load/record_fetch.h"
#include "weft/data/read/async_reader.h"
#include "weft/data/read/descriptor_share.h"
#include "weft/data/source/source.h"

namespace weft {

/// How the reading of a record ended.
struct ReadEnd {
  enum class Kind : uint8_t {
    whole,
    too_short,     ///< the file ends before the record does
    other_bytes,   ///< they are not those that an index of checksums has
    system_error,  ///< `error_number` says which
  };
  Kind kind = Kind::whole;
  int error_number = 0;  ///< errno, of a system_error

  /// In words, as in "it ends too early"; of an end that is not whole.
  std::string why() const;
  /// Whether reading again may end otherwise.
  bool may_pass() const;
};

/// The requests to files, several a record where it lies in several pieces. The fetcher's thread alone uses
/// it.
class RecordReads {
 public:
  using Ended = std::function<void(const FetchPtr& fetch, const ReadEnd& end)>;
  enum class Begun : uint8_t { under_way, nothing_to_read };

  /// Both outlive this.
  RecordReads(AsyncReader& reader, const Source& source);
  ~RecordReads();
  RecordReads(const RecordReads&) = delete;
  RecordReads& operator=(const RecordReads&) = delete;

  /// Reads pieces of the source's files, one after the other, into the fetch's buffer. Of a record without
  /// pieces nothing is under way, and no end is told.
  Begun read_source(const FetchPtr& fetch, std::span<const Extent> extents);
  /// Reads a tier's copy, as the tier says, into the fetch's buffer.
  void read_tier(const FetchPtr& fetch, const ReadTask& task);

  bool is_idle() const { return reads_.empty(); }
  /// Waits up to `ms` for a request to end, and tells `ended` of each record whose last one has. It may begin
  /// others. False: no request has ended.
  bool collect(double ms, const Ended& ended);

 private:
  void submit(const FetchPtr& fetch, ReadTask task);

  AsyncReader& reader_;
  const Source& source_;
  KeptOpen kept_open_;
  std::vector<int> open_files_;  ///< where they are kept open; empty: files are opened for each read
  std::unordered_map<uint64_t, FetchPtr> reads_;  ///< by ReadTask::id
  uint64_t next_id_ = 1;
  std::vector<ReadResult> results_;
};

}  // namespace weft
