#include "weft/data/verify/checksum_index.h"

#include <cerrno>
#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

/// Where a journal has an offset; no record lies there.
constexpr int64_t kNoOffset = -1;
constexpr int64_t kFlushEntries = 4096;

}  // namespace

std::unordered_map<int64_t, ChecksumIndex::Known> known_records(std::span<const LogEntry> entries) {
  std::unordered_map<int64_t, ChecksumIndex::Known> known;
  for (const LogEntry& entry : entries) {
    if (entry.offset != kNoOffset || entry.bytes < 0 || entry.record < 0) continue;
    known.emplace(entry.record, ChecksumIndex::Known{entry.bytes, entry.checksum});
  }
  return known;
}

ChecksumIndex::ChecksumIndex(std::filesystem::path file, uint64_t key) : file_(std::move(file)) {
  const std::optional<LogContents> contents = read_record_log(file_);
  if (!contents && !may_be_record_log(file_)) {
    user_error("{}: is no checksum index, and would be overwritten; name another file", file_.string());
  }
  if (contents && contents->key == key) known_ = known_records(contents->entries);
  std::vector<LogEntry> entries;
  entries.reserve(known_.size());
  for (const auto& [record, known] : known_) {
    entries.push_back({record, kNoOffset, known.bytes, known.checksum});
  }
  log_ = RecordLog::create(file_, key, entries);
  if (!log_) {
    user_error("{}: the checksum index cannot be written: {}", file_.string(), std::strerror(errno));
  }
}

ChecksumIndex::~ChecksumIndex() { flush(); }

ChecksumIndex::Verdict ChecksumIndex::check(int64_t record, int64_t bytes, uint64_t checksum) {
  const Known now{bytes, checksum};
  const auto [at, added] = known_.try_emplace(record, now);
  if (!added) return at->second == now ? Verdict::same : Verdict::different;
  if (log_) {
    log_->append({record, kNoOffset, bytes, checksum});
    if (log_->unflushed() >= kFlushEntries) flush();
  }
  return Verdict::first;
}

std::optional<ChecksumIndex::Known> ChecksumIndex::find(int64_t record) const {
  const auto at = known_.find(record);
  return at == known_.end() ? std::nullopt : std::optional(at->second);
}

void ChecksumIndex::flush() {
  if (!log_ || log_->flush()) return;
  trouble_ = fmt::format(
      "{}: the checksum index cannot be written any more ({}); {} new checksums are lost at the end",
      file_.string(), std::strerror(errno), log_->unflushed());
  log_.reset();
}

}  // namespace weft
