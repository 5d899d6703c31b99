#include "weft/data/verify/record_log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "weft/data/verify/record_checksum.h"

namespace weft {

namespace {

constexpr uint64_t kMagic = 0x31474f4c54464557;  // "WEFTLOG1"
constexpr size_t kFields = 5;
using Line = std::array<uint64_t, kFields>;  // header and entries alike; the last is the check
constexpr int64_t kLineBytes = RecordLog::kEntryBytes;
static_assert(sizeof(Line) == kLineBytes);

uint64_t check_of(const Line& line, uint64_t seed) {
  return record_checksum(std::as_bytes(std::span(line).first(kFields - 1)), seed);
}

// Entries are seeded with the key: those of an older log in the same place do not pass.
Line line_of(const LogEntry& entry, uint64_t key) {
  Line line = {static_cast<uint64_t>(entry.record), static_cast<uint64_t>(entry.offset),
               static_cast<uint64_t>(entry.bytes), entry.checksum, 0};
  line.back() = check_of(line, key);
  return line;
}

Line line_at(std::span<const std::byte> bytes, size_t index) {
  Line line;
  std::memcpy(line.data(), bytes.data() + index * sizeof(Line), sizeof(Line));
  return line;
}

bool write_all(int file, const void* data, int64_t bytes, int64_t offset) {
  const auto* from = static_cast<const std::byte*>(data);
  while (bytes > 0) {
    const ssize_t wrote = ::pwrite(file, from, static_cast<size_t>(bytes), offset);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    from += wrote;
    offset += wrote;
    bytes -= wrote;
  }
  return true;
}

}  // namespace

std::optional<LogContents> parse_record_log(std::span<const std::byte> bytes, uint64_t boot) {
  if (bytes.size() < sizeof(Line)) return std::nullopt;
  const Line header = line_at(bytes, 0);
  if (header[0] != kMagic || header.back() != check_of(header, 0)) return std::nullopt;
  LogContents contents;
  contents.key = header[1];
  for (size_t i = 1; i < bytes.size() / sizeof(Line); ++i) {
    const Line line = line_at(bytes, i);
    if (line.back() != check_of(line, contents.key)) break;
    contents.entries.push_back({static_cast<int64_t>(line[0]), static_cast<int64_t>(line[1]),
                                static_cast<int64_t>(line[2]), line[3]});
  }
  contents.trusted = boot != 0 && header[2] == boot && contents.entries.size() >= header[3];
  return contents;
}

bool may_be_record_log(const std::filesystem::path& path) {
  std::array<char, sizeof(kMagic)> magic{};
  std::memcpy(magic.data(), &kMagic, sizeof(kMagic));
  std::array<char, sizeof(kMagic)> begin{};
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), begin.size());
  const auto got = static_cast<size_t>(file.gcount());
  size_t same = 0;
  for (size_t i = 0; i < got; ++i) same += begin[i] == magic[i] ? 1 : 0;
  return same + 1 >= got;
}

std::optional<LogContents> read_record_log(const std::filesystem::path& path) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::vector<std::byte> bytes(static_cast<size_t>(status.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(file.number(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return parse_record_log(std::span(bytes).first(done), boot_number());
}

uint64_t boot_number() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return text.empty() ? 0 : record_checksum(std::as_bytes(std::span(text)));
}

std::optional<RecordLog> RecordLog::create(const std::filesystem::path& path, uint64_t key,
                                           std::span<const LogEntry> entries) {
  std::filesystem::path beside = path;
  beside += ".new";
  OpenFile file(::open(beside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return std::nullopt;
  RecordLog log(std::move(file), key);
  log.buffer_.assign(entries.begin(), entries.end());
  if (!log.write_header() || !log.flush() || ::rename(beside.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(beside.c_str());
    errno = error;
    return std::nullopt;
  }
  return log;
}

void RecordLog::append(const LogEntry& entry) { buffer_.push_back(entry); }

bool RecordLog::write_header() {
  Line header = {kMagic, key_, boot_number(), static_cast<uint64_t>(count_), 0};
  header.back() = check_of(header, 0);
  return write_all(file_.number(), header.data(), kLineBytes, 0);
}

bool RecordLog::flush() {
  if (buffer_.empty()) return true;
  std::vector<Line> lines;
  lines.reserve(buffer_.size());
  for (const LogEntry& entry : buffer_) lines.push_back(line_of(entry, key_));
  const auto added = static_cast<int64_t>(lines.size());
  if (!write_all(file_.number(), lines.data(), added * kLineBytes, (1 + count_) * kLineBytes)) return false;
  count_ += added;
  // The count comes after the entries: a log never promises what it does not have.
  if (!write_header()) {
    count_ -= added;
    return false;
  }
  buffer_.clear();
  return true;
}

}  // namespace weft
