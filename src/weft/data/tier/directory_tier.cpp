#include "weft/data/tier/directory_tier.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include "weft/base/byte_size.h"
#include "weft/base/check.h"
#include "weft/data/tier/cache_file.h"
#include "weft/data/tier/cache_folder.h"
#include "weft/data/tier/cache_journal.h"
#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

using Clock = std::chrono::steady_clock;

/// Copies of records whose writing is under way.
constexpr int64_t kBufferBytes = int64_t{64} << 20;
constexpr double kLongestPutMs = 100;
constexpr double kLastWritesMs = 5000;
constexpr int64_t kFlushEntries = 1024;
/// Of a journal that are past before it is worth another.
constexpr int64_t kPastEntries = 4096;
constexpr auto kLookEvery = std::chrono::seconds(1);

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

class DirectoryTier final : public Tier {
 public:
  explicit DirectoryTier(const DirectoryTierOptions& options);
  DirectoryTier(const DirectoryTier&) = delete;
  DirectoryTier& operator=(const DirectoryTier&) = delete;
  ~DirectoryTier() override;

  std::string name() const override { return directory_; }
  int64_t capacity() const override { return broken_ ? 0 : file_.limit(); }
  int64_t used() const override { return broken_ ? 0 : file_.space().used_bytes(); }
  bool holds(RecordId record) const override { return records_.contains(record); }
  bool put(RecordId record, std::span<const std::byte> bytes, uint64_t checksum) override;
  void drop(RecordId record) override;
  std::optional<Stored> find(RecordId record) const override;
  void progress() override;
  std::string trouble() override { return std::exchange(trouble_, {}); }

 private:
  struct Kept {
    CachedExtent extent;
    bool written = false;
  };
  struct Write {
    RecordId record = 0;
    CachedExtent extent;
    std::vector<std::byte> bytes;
    bool dropped = false;  ///< while it was written: its place is free when that ends
  };

  void recover();
  void check_recovered();
  bool start_journal();
  bool start_journal_on_full_disk();
  /// Entries of a journal that is just not worth another.
  int64_t longest_journal() const { return 4 * std::ssize(records_) + kPastEntries; }
  bool make_room(int64_t bytes);
  void collect_writes(double ms);
  void end_write(Write& write, const ReadResult& result);
  void flush_journal();
  void lose_journal();
  void shrink(int error);
  void break_down(const std::string& why);

  std::string directory_;
  uint64_t key_;
  CacheFolder folder_;
  CacheFile file_;
  std::optional<RecordLog> journal_;  ///< null: it could not be written
  std::unordered_map<RecordId, Kept> records_;
  std::unordered_map<uint64_t, Write> writes_;
  int64_t buffered_ = 0;
  uint64_t next_write_ = 0;
  bool has_unflushed_drops_ = false;
  bool broken_ = false;
  std::string trouble_;
  Clock::time_point looked_ = Clock::now();
  std::vector<ReadResult> results_;
  std::unique_ptr<AsyncReader> writer_;  ///< last: destroyed first, while the buffers live
};

DirectoryTier::DirectoryTier(const DirectoryTierOptions& options)
    : directory_(options.directory.string()),
      key_(options.key),
      folder_(options.directory, options.rank),
      file_(folder_.path() / "data", options.bytes),
      writer_(make_async_reader(options.depth)) {
  recover();
  if (!start_journal() && !start_journal_on_full_disk()) {
    user_error("{}: the cache's journal cannot be written: {}", directory_, std::strerror(errno));
  }
}

DirectoryTier::~DirectoryTier() {
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(kLastWritesMs);
  while (!writes_.empty() && Clock::now() < end) collect_writes(kLongestPutMs);
  flush_journal();
  if (writer_->stop(kLastWritesMs)) return;
  // The kernel may still read them: they are left to the end of the process.
  static_cast<void>(std::make_unique<std::unordered_map<uint64_t, Write>>(std::move(writes_)).release());
}

// --- what an earlier run left -----------------------------------------------------------------------------

void DirectoryTier::recover() {
  const std::optional<LogContents> found = read_record_log(folder_.path() / "journal");
  if (!found || found->key != key_) {
    // Space of another data set: given back before it is taken again.
    if (!file_.clear()) user_error("{}: the cache cannot be emptied: {}", directory_, std::strerror(errno));
    return;
  }
  for (const auto& [record, extent] : replay_journal(found->entries, file_.space())) {
    records_.emplace(record, Kept{extent, true});
  }
  if (!found->trusted) check_recovered();
}

// Reads all and drops what is not as it was written.
void DirectoryTier::check_recovered() {
  std::unordered_map<uint64_t, std::vector<std::byte>> buffers;
  std::vector<RecordId> waiting;
  for (const auto& [record, kept] : records_) waiting.push_back(record);
  int64_t reading = 0;
  while (!waiting.empty() || !buffers.empty()) {
    while (!waiting.empty() && (buffers.empty() || (reading < kBufferBytes && buffers.size() < 1024))) {
      const RecordId record = waiting.back();
      const CachedExtent& extent = records_.at(record).extent;
      waiting.pop_back();
      std::vector<std::byte>& buffer = buffers[static_cast<uint64_t>(record)];
      buffer.resize(static_cast<size_t>(extent.bytes));
      reading += extent.bytes;
      writer_->submit({.id = static_cast<uint64_t>(record),
                       .file = file_.number(),
                       .offset = extent.offset,
                       .bytes = extent.bytes,
                       .into = buffer.data()});
    }
    results_.clear();
    writer_->collect(results_, kLongestPutMs);
    for (const ReadResult& result : results_) {
      const auto at = records_.find(static_cast<RecordId>(result.id));
      const CachedExtent extent = at->second.extent;
      const std::vector<std::byte>& buffer = buffers.at(result.id);
      if (result.bytes != extent.bytes || record_checksum(buffer) != extent.checksum) {
        file_.space().give(extent.offset, extent.bytes);
        records_.erase(at);
      }
      reading -= extent.bytes;
      buffers.erase(result.id);
    }
  }
}

// --- the journal ------------------------------------------------------------------------------------------

// A new one with what is held now: at the start, and when the old one is mostly past.
bool DirectoryTier::start_journal() {
  std::vector<LogEntry> entries;
  entries.reserve(records_.size());
  for (const auto& [record, kept] : records_) {
    if (kept.written) entries.push_back(kept_entry(record, kept.extent));
  }
  journal_ = RecordLog::create(folder_.path() / "journal", key_, entries);
  has_unflushed_drops_ = false;
  return journal_.has_value();
}

// What fills the disk may be this very cache: better an empty one than no run.
bool DirectoryTier::start_journal_on_full_disk() {
  if (!is_full(errno) || !file_.clear()) return false;
  records_.clear();
  return start_journal();
}

void DirectoryTier::flush_journal() {
  if (!journal_) return;
  const bool good = journal_->entries() > longest_journal() ? start_journal() : journal_->flush();
  if (!good) lose_journal();
  has_unflushed_drops_ = false;
}

// Without its end a journal says that dropped records are held: better none.
void DirectoryTier::lose_journal() {
  if (trouble_.empty()) {
    trouble_ =
        fmt::format("{}: the cache's journal cannot be written ({}); the next run will not find this cache",
                    folder_.path().string(), std::strerror(errno));
  }
  journal_.reset();
  std::error_code ignored;
  std::filesystem::remove(folder_.path() / "journal", ignored);
}

// --- trouble ----------------------------------------------------------------------------------------------

void DirectoryTier::shrink(int error) {
  trouble_ = fmt::format("{}: the disk takes no more ({}); this cache goes on with {}",
                         folder_.path().string(), std::strerror(error), format_bytes(capacity()));
}

void DirectoryTier::break_down(const std::string& why) {
  if (broken_) return;
  broken_ = true;
  trouble_ = fmt::format("{}: {}; this cache is given up, and its records come from elsewhere",
                         folder_.path().string(), why);
  records_.clear();
  journal_.reset();
  file_.clear_if_deleted();  // reads under way end early, and the source is read
}

// --- records ----------------------------------------------------------------------------------------------

// Waits a moment for buffers of earlier writes.
bool DirectoryTier::make_room(int64_t bytes) {
  const auto end = Clock::now() + std::chrono::duration<double, std::milli>(kLongestPutMs);
  while (buffered_ > 0 && buffered_ + bytes > kBufferBytes) {
    const std::chrono::duration<double, std::milli> left = end - Clock::now();
    if (left.count() <= 0) return false;
    collect_writes(left.count());
  }
  return true;
}

bool DirectoryTier::put(RecordId record, std::span<const std::byte> bytes, uint64_t checksum) {
  if (holds(record)) return true;
  const auto size = static_cast<int64_t>(bytes.size());
  if (broken_ || size > file_.limit() || !make_room(size) || broken_) return false;
  int error = 0;
  // A disk without room for the journal would make this cache one that no other run finds.
  const std::optional<int64_t> offset = file_.take(size, longest_journal() * RecordLog::kEntryBytes, error);
  if (!offset) {
    if (is_full(error)) {
      shrink(error);
    } else if (error != 0) {
      break_down(std::strerror(error));
    }
    return false;
  }
  // What was dropped from this place must be known to be dropped before the place has other bytes.
  if (has_unflushed_drops_) flush_journal();
  const CachedExtent extent{*offset, size, checksum};
  Write& write = writes_[next_write_];
  write = {record, extent, {bytes.begin(), bytes.end()}};
  records_.emplace(record, Kept{extent, false});
  buffered_ += size;
  writer_->submit({.id = next_write_++,
                   .file = file_.number(),
                   .offset = extent.offset,
                   .bytes = size,
                   .into = write.bytes.data(),
                   .write = true});
  collect_writes(0);
  return holds(record);
}

void DirectoryTier::drop(RecordId record) {
  const auto at = records_.find(record);
  if (at == records_.end()) return;
  const Kept kept = at->second;
  records_.erase(at);
  if (kept.written) {
    if (journal_) journal_->append(dropped_entry(record));
    has_unflushed_drops_ = true;
    file_.space().give(kept.extent.offset, kept.extent.bytes);
    return;
  }
  for (auto& [id, write] : writes_) {
    if (write.extent.offset == kept.extent.offset) write.dropped = true;
  }
}

std::optional<Tier::Stored> DirectoryTier::find(RecordId record) const {
  const auto at = records_.find(record);
  if (at == records_.end() || !at->second.written) return std::nullopt;
  const CachedExtent& extent = at->second.extent;
  Stored stored{.bytes = extent.bytes, .checksum = extent.checksum};
  stored.read.file = file_.number();
  stored.read.offset = extent.offset;
  stored.read.bytes = extent.bytes;
  return stored;
}

// --- in the background ------------------------------------------------------------------------------------

void DirectoryTier::collect_writes(double ms) {
  results_.clear();
  writer_->collect(results_, ms);
  for (const ReadResult& result : results_) {
    const auto at = writes_.find(result.id);
    buffered_ -= at->second.extent.bytes;
    end_write(at->second, result);
    writes_.erase(at);
  }
}

void DirectoryTier::end_write(Write& write, const ReadResult& result) {
  if (broken_) return;
  const CachedExtent& extent = write.extent;
  const bool good = result.error == 0 && result.bytes == extent.bytes;
  if (good && !write.dropped) {
    records_.at(write.record).written = true;
    if (journal_) journal_->append(kept_entry(write.record, extent));
    return;
  }
  file_.space().give(extent.offset, extent.bytes);
  if (!write.dropped) records_.erase(write.record);
  if (good) return;
  if (is_full(result.error)) {
    file_.shrink();
    shrink(result.error);
  } else {
    break_down(fmt::format("a write failed ({})", std::strerror(result.error)));
  }
}

void DirectoryTier::progress() {
  collect_writes(0);
  if (broken_) return;
  const Clock::time_point now = Clock::now();
  const bool look = now - looked_ >= kLookEvery;
  if (journal_ && (look || journal_->unflushed() >= kFlushEntries)) flush_journal();
  if (!look) return;
  looked_ = now;
  if (folder_.vanished()) break_down("the directory has vanished");
}

}  // namespace

std::unique_ptr<Tier> make_directory_tier(const DirectoryTierOptions& options) {
  WEFT_CHECK(options.bytes >= 0 && options.rank >= 0, "a directory tier of {} bytes for rank {}",
             options.bytes, options.rank);
  return std::make_unique<DirectoryTier>(options);
}

}  // namespace weft
