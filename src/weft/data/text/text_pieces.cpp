#include "weft/data/text/text_pieces.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "weft/base/check.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

namespace {

/// As much as goes before a piece is kept: some words.
constexpr size_t kBefore = Tokenizer::kSeam;

bool is_plain_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool goes_on(char c) {
  return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u;
}  // of UTF-8: not the first byte

/// The first byte of the character that has byte `at`, or `at` where that is no UTF-8.
size_t character_at(std::string_view text, size_t at) {
  for (size_t back = 0; back < 4 && back <= at; ++back) {
    if (!goes_on(text[at - back])) return at - back;
  }
  return at;
}

/// Whether the character whose last byte is at `at` is white space: Unicode's too (categories Z, and U+0085).
bool ends_space(std::string_view text, size_t at) {
  const std::string_view last = text.substr(0, at + 1).substr(character_at(text, at));
  if (last.size() == 1) return is_plain_space(last[0]);
  if (last == "\u00a0" || last == "\u0085" || last == "\u1680" || last == "\u202f" || last == "\u205f" ||
      last == "\u3000" || last == "\u2028" || last == "\u2029") {
    return true;
  }
  return last >= "\u2000" && last <= "\u200a";
}

bool is_cut(std::string_view text, size_t at) {
  return is_plain_space(text[at]) && !ends_space(text, at - 1);
}

}  // namespace

TextPieces::TextPieces(const std::filesystem::path& path, std::string key, MayCut may_cut, size_t usual,
                       size_t most)
    : path_(path.string()),
      key_(std::move(key)),
      may_cut_(std::move(may_cut)),
      usual_(usual),
      most_(most),
      file_(std::fopen(path.c_str(), "rbe")) {
  if (!file_) user_error("{}: {} cannot be read: {}", key_, path_, std::strerror(errno));
}

void TextPieces::read(size_t bytes) {
  const size_t old = buffer_.size();
  buffer_.resize(old + bytes);
  const size_t got = std::fread(buffer_.data() + old, 1, bytes, file_.get());
  if (std::ferror(file_.get()) != 0)
    user_error("{}: {} cannot be read: {}", key_, path_, std::strerror(errno));
  buffer_.resize(old + got);
  at_end_ = got < bytes;
}

/// Where the piece that begins at begin_ ends: 0 where that needs more text.
size_t TextPieces::find_cut() const {
  const std::string_view text = buffer_;
  size_t some = 0;  // between words, where the tokenizer might have none
  for (size_t at = buffer_.size() - 1; at > begin_; --at) {
    if (!is_cut(buffer_, at)) continue;
    if (some == 0) some = at;
    const size_t before = at > kBefore ? character_at(text, at - kBefore) : 0;
    if (may_cut_(text.substr(before, at - before), text.substr(at, kBefore))) return at;
  }
  if (buffer_.size() - begin_ < most_) return 0;
  if (some > 0) return some;
  const size_t last = character_at(buffer_, buffer_.size() - 1);
  return last > begin_ ? last : buffer_.size();
}

bool TextPieces::next() {
  if (end_ > 0) {
    const size_t kept = end_ > kBefore ? character_at(buffer_, end_ - kBefore) : 0;
    buffer_.erase(0, kept);
    begin_ = end_ - kept;
  }
  end_ = 0;
  while (end_ == 0) {
    while (!at_end_ && buffer_.size() - begin_ < usual_) read(usual_);
    if (at_end_) {
      end_ = buffer_.size();
      break;
    }
    end_ = find_cut();
    if (end_ == 0) read(usual_);
  }
  return end_ > begin_;
}

}  // namespace weft
