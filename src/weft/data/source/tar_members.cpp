#include "weft/data/source/tar_members.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "weft/base/check.h"
#include "weft/data/source/compression.h"

namespace weft {

namespace {

constexpr int64_t kBlock = 512;
constexpr int64_t kFarWindow = 3 * kBlock;
constexpr int64_t kNearWindow = 64 << 10;
constexpr int64_t kSmallMember = 16 << 10;
constexpr int64_t kMaxExtended = 1 << 20;  ///< of pax records and long names
constexpr int64_t kPadding = 20;           ///< blocks of which most writers make a multiple

int64_t padded(int64_t bytes) { return (bytes + kBlock - 1) / kBlock * kBlock; }

std::string_view text_at(std::string_view block, size_t at, size_t bytes) {
  const std::string_view text = block.substr(at, bytes);
  return text.substr(0, text.find('\0'));
}

/// Octal digits, or GNU's and star's base 256 where the first bit is set; null where it is neither.
std::optional<int64_t> number_at(std::string_view block, size_t at, size_t bytes) {
  const std::string_view raw = block.substr(at, bytes);
  if ((static_cast<unsigned char>(raw[0]) & 0x80U) != 0) {
    uint64_t value = static_cast<unsigned char>(raw[0]) & 0x7fU;
    for (const char c : raw.substr(1)) {
      if (value >> 55 != 0) return std::nullopt;
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return static_cast<int64_t>(value);
  }
  int64_t value = 0;
  size_t i = 0;
  while (i < raw.size() && raw[i] == ' ') ++i;
  for (; i < raw.size() && raw[i] >= '0' && raw[i] <= '7'; ++i) value = value * 8 + (raw[i] - '0');
  if (i < raw.size() && raw[i] != '\0' && raw[i] != ' ') return std::nullopt;
  return value;
}

bool is_zero(const std::string& block) { return block.find_first_not_of('\0') == std::string::npos; }

/// What a member of this type is, where it is neither a file nor a folder.
std::string_view other_than_file(char type) {
  switch (type) {
    case '1':
      return "dangling hard link";
    case '2':
      return "symbolic link";
    case '3':
    case '4':
    case '6':
      return "pipe, socket or device";
    case 'S':
      return "sparse file";
    default:
      return "member of an unknown type";
  }
}

/// Files, and what is contiguous, which is a file on every system of today.
bool is_file(char type) { return type == '0' || type == '7'; }

/// Folders, also as GNU's backups list them, comments, and names of volumes.
bool says_nothing(char type) { return type == '5' || type == 'D' || type == 'g' || type == 'V'; }

bool checksum_fits(std::string_view block) {
  int64_t sum = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return number_at(block, 148, 8) == sum;
}

}  // namespace

struct TarWalk::Header {
  std::string path;
  int64_t bytes = 0;
  char kind = '0';
  std::string target;  ///< of a link
};

/// What an extended header says about the member after it.
struct TarWalk::Overrides {
  std::optional<std::string> path;
  std::optional<std::string> target;
  std::optional<int64_t> bytes;
  bool is_sparse = false;
};

void TarWalk::broken(int64_t offset, std::string_view what) const {
  const std::string head = file_.text(0, std::min<int64_t>(8, file_.size()));
  const std::string_view compression = offset == 0 ? compression_of(head) : "";
  if (!compression.empty()) {
    user_error(
        "{}: is compressed by {}, whatever its name says, which leaves no way to a single sample; unpack it "
        "to a .tar",
        file_.name(), compression);
  }
  user_error("{}: is no tar archive or is damaged: {} at byte {}", file_.name(), what, offset);
}

std::string TarWalk::at(int64_t offset, int64_t bytes) {
  const auto in_window = [&] {
    return offset >= window_at_ && offset + bytes <= window_at_ + static_cast<int64_t>(window_.size());
  };
  if (!in_window()) {
    const int64_t ahead = last_member_ <= kSmallMember ? kNearWindow : kFarWindow;
    // Past the end the read itself says what is wrong.
    window_ = file_.text(offset, std::max(bytes, std::min(ahead, file_.size() - offset)));
    window_at_ = offset;
  }
  return window_.substr(static_cast<size_t>(offset - window_at_), static_cast<size_t>(bytes));
}

TarWalk::Header TarWalk::parse_header(const std::string& block, int64_t offset) const {
  if (!checksum_fits(block)) broken(offset, "no header where one was expected");
  Header header;
  const std::optional<int64_t> bytes = number_at(block, 124, 12);
  if (!bytes || *bytes < 0) broken(offset, "a size that is no number");
  header.bytes = *bytes;
  header.kind = block[156] == '\0' ? '0' : block[156];
  header.path = text_at(block, 0, 100);
  header.target = text_at(block, 157, 100);
  // GNU's format has other things where ustar has a prefix of the name.
  if (std::string_view(block).substr(257, 6) == std::string_view("ustar\0", 6) && block[345] != '\0') {
    header.path = fmt::format("{}/{}", text_at(block, 345, 155), header.path);
  }
  return header;
}

/// "LENGTH KEY=VALUE\n", LENGTH counting all of it.
void TarWalk::read_pax(const std::string& records, int64_t offset, Overrides& next) const {
  std::string_view rest = records;
  while (!rest.empty() && rest[0] != '\0') {
    size_t length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    const auto digits = static_cast<size_t>(end - rest.data());
    if (error != std::errc() || length > rest.size() || length < digits + 3 || rest[digits] != ' ') {
      broken(offset, "a pax record that is none");
    }
    const std::string_view record = rest.substr(digits + 1, length - digits - 2);
    const size_t equals = record.find('=');
    if (equals == std::string_view::npos) broken(offset, "a pax record without a value");
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (key == "path") next.path = std::string(value);
    if (key == "linkpath") next.target = std::string(value);
    if (key == "size") {
      int64_t bytes = -1;
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), bytes);
      if (parsed.ec != std::errc() || bytes < 0) broken(offset, "a pax size that is no number");
      next.bytes = bytes;
    }
    if (key.starts_with("GNU.sparse.")) next.is_sparse = true;
    rest.remove_prefix(length);
  }
}

/// The map of a sparse file goes on in blocks after its header, each of which says whether another follows.
int64_t TarWalk::after_sparse_map(const std::string& block, int64_t begin) {
  bool goes_on = block[482] != '\0';
  while (goes_on) {
    if (begin + kBlock > file_.size()) broken(begin, "the map of a sparse file that does not end");
    goes_on = at(begin, kBlock)[504] != '\0';
    begin += kBlock;
  }
  return begin;
}

namespace {

/// "./a" is "a".
std::string without_dot(const std::string& path) { return path.starts_with("./") ? path.substr(2) : path; }

}  // namespace

TarMember TarWalk::member_of(const Header& header, const Overrides& said, int64_t begin, int64_t bytes) {
  TarMember member{said.path.value_or(header.path), begin, bytes};
  if (said.is_sparse) {
    member.other = other_than_file('S');
  } else if (is_file(header.kind)) {
    files_[without_dot(member.path)] = {begin, bytes};
  } else {
    const auto target =
        header.kind == '1' ? files_.find(without_dot(said.target.value_or(header.target))) : files_.end();
    if (target == files_.end()) {
      member.other = other_than_file(header.kind);
    } else {
      const Place place = target->second;
      member.offset = place.offset;
      member.bytes = place.bytes;
      member.is_link = true;
      files_[without_dot(member.path)] = place;  // which may be named by the next link
    }
  }
  return member;
}

/// Returns where the next header is.
int64_t TarWalk::visit_member(int64_t offset, Overrides& next,
                              const std::function<void(const TarMember&)>& visit) {
  const std::string block = at(offset, kBlock);
  const Header header = parse_header(block, offset);
  int64_t begin = offset + kBlock;
  if (header.kind == 'S') begin = after_sparse_map(block, begin);
  // A link has no contents, whatever size of its target some writers note.
  const bool is_link = header.kind == '1' || header.kind == '2';
  const int64_t bytes = is_link ? 0 : next.bytes.value_or(header.bytes);
  if (bytes > file_.size() - begin) {
    user_error("{}: '{}' has {} bytes at {}, and the archive ends at {}; is it cut short?", file_.name(),
               next.path.value_or(header.path), bytes, begin, file_.size());
  }
  const bool extended = header.kind == 'x' || header.kind == 'L' || header.kind == 'K';
  if (extended && bytes > kMaxExtended) broken(offset, "an extended header that is too large");
  last_member_ = padded(bytes);
  if (header.kind == 'x') {
    read_pax(at(begin, bytes), offset, next);
  } else if (header.kind == 'L' || header.kind == 'K') {
    const std::string name = at(begin, bytes);
    (header.kind == 'L' ? next.path : next.target) = name.substr(0, name.find('\0'));
  } else if (!extended && !says_nothing(header.kind)) {
    const TarMember member = member_of(header, next, begin, bytes);
    // The oldest format has no type for folders.
    const bool is_folder = is_file(header.kind) && member.path.ends_with('/');
    if (!is_folder) visit(member);
  }
  // What was said about a member ends with it.
  if (!extended) next = {};
  return begin + last_member_;
}

/// Where the zeros from `offset` on end.
int64_t TarWalk::after_zeros(int64_t offset) {
  last_member_ = 0;
  while (offset + kBlock <= file_.size() && is_zero(at(offset, kBlock))) offset += kBlock;
  return offset;
}

void TarWalk::remark_on_end(int64_t zero_blocks) {
  if (zero_blocks == 0) {
    remarks_.push_back(
        fmt::format("{}: has no end mark after its last member; is it cut short?", file_.name()));
  } else if (zero_blocks == 1) {
    remarks_.push_back(
        fmt::format("{}: has half an end mark after its last member; is it cut short?", file_.name()));
  } else if (zero_blocks > 2 && (zero_blocks > kPadding + 1 || file_.size() % (kPadding * kBlock) != 0)) {
    remarks_.push_back(
        fmt::format("{}: its last {} bytes are zeros, more than an archive is padded with; is it cut short?",
                    file_.name(), zero_blocks * kBlock));
  }
}

void TarWalk::each(const std::function<void(const TarMember&)>& visit) {
  Overrides next;
  int64_t offset = 0;
  int64_t zero_blocks = 0;  // before `offset`
  int64_t archives = 1;
  remarks_.clear();
  files_.clear();
  while (offset + kBlock <= file_.size()) {
    if (is_zero(at(offset, kBlock))) {
      const int64_t end = after_zeros(offset);
      zero_blocks = (end - offset) / kBlock;
      offset = end;
      continue;
    }
    if (zero_blocks > 0 && offset > zero_blocks * kBlock) ++archives;
    zero_blocks = 0;
    offset = visit_member(offset, next, visit);
  }
  if (file_.size() < kBlock) broken(0, "fewer bytes than a header has");
  // Of a last member, the padding may be missing.
  const int64_t rest = std::max<int64_t>(0, file_.size() - offset);
  if (!is_zero(file_.text(std::min(offset, file_.size()), rest))) {
    if (zero_blocks > 0) broken(offset, "no header where one was expected");
    user_error("{}: ends at byte {}, {} bytes after a header began; is it cut short?", file_.name(),
               file_.size(), rest);
  }
  if (archives > 1) {
    remarks_.push_back(fmt::format("{}: is {} archives joined; all are read", file_.name(), archives));
  }
  remark_on_end(zero_blocks);
}

}  // namespace weft
