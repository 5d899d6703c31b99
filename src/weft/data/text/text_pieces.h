#pragma once
// A file of text, a piece at a time, so that a corpus of any size is encoded in little memory.
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace weft {

/// Pieces end before white space that follows something else, where the tokenizer may cut
/// (Tokenizer::may_cut): none of its tokens spans that place. Text that has no such place for kMost bytes is
/// cut before other white space, and without any between two characters.
class TextPieces {
 public:
  static constexpr size_t kUsual = size_t{1} << 16;
  static constexpr size_t kMost = size_t{1} << 18;

  using MayCut = std::function<bool(std::string_view before, std::string_view after)>;

  /// UserError that begins with `key` where the file cannot be read, now or later.
  TextPieces(const std::filesystem::path& path, std::string key, MayCut may_cut, size_t usual = kUsual,
             size_t most = kMost);

  /// Goes to the next piece, the first at first; false: there is none.
  bool next();
  std::string_view piece() const { return std::string_view(buffer_).substr(begin_, end_ - begin_); }
  /// Some text that goes before the piece; empty: the piece is the first.
  std::string_view before() const { return std::string_view(buffer_).substr(0, begin_); }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void read(size_t bytes);
  size_t find_cut() const;

  std::string path_, key_;
  MayCut may_cut_;
  size_t usual_, most_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;  ///< what goes before, the piece, and what was read beyond it
  size_t begin_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;  ///< of the file
};

}  // namespace weft
