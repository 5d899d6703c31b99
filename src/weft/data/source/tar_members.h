#pragma once
// The members of a tar archive: POSIX.1-2001 (ustar and pax) and GNU's long names and large sizes.
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weft/data/source/byte_reader.h"

namespace weft {

struct TarMember {
  std::string path;
  int64_t offset = 0;  ///< of the first byte of its contents
  int64_t bytes = 0;
  std::string_view other = {};  ///< what it is instead of a regular file: "symbolic link"
  bool is_link = false;         ///< a hard link: its contents are those of a member before it
};

/// Calls `visit` with each member that is no folder, in order; reads headers only. What lies near a header is
/// read with it, so that small members cost few reads: `contents` gives a small member's bytes, often without
/// another. A hard link has the contents of the
/// member that it names. Archives that were joined (cat a.tar b.tar) are read one after the other. UserError
/// naming the archive where it is none, or is cut short within a member.
class TarWalk {
 public:
  explicit TarWalk(const ByteReader& file) : file_(file) {}
  void each(const std::function<void(const TarMember&)>& visit);
  /// After each(): sentences about how the archive ends, where that is not as it should.
  const std::vector<std::string>& remarks() const { return remarks_; }
  std::string contents(const TarMember& member) { return at(member.offset, member.bytes); }

 private:
  struct Header;
  struct Overrides;
  std::string at(int64_t offset, int64_t bytes);
  Header parse_header(const std::string& block, int64_t offset) const;
  void read_pax(const std::string& records, int64_t offset, Overrides& next) const;
  int64_t visit_member(int64_t offset, Overrides& next, const std::function<void(const TarMember&)>& visit);
  TarMember member_of(const Header& header, const Overrides& said, int64_t begin, int64_t bytes);
  int64_t after_sparse_map(const std::string& block, int64_t begin);
  int64_t after_zeros(int64_t offset);
  void remark_on_end(int64_t zero_blocks);
  [[noreturn]] void broken(int64_t offset, std::string_view what) const;

  const ByteReader& file_;
  std::string window_;
  int64_t window_at_ = 0;
  struct Place {
    int64_t offset = 0;
    int64_t bytes = 0;
  };
  std::unordered_map<std::string, Place> files_;  ///< those before, by their paths: what hard links may name
  std::vector<std::string> remarks_;
  int64_t last_member_ = 0;  ///< bytes, with padding: small ones are read ahead
};

}  // namespace weft
