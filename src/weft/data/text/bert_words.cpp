#include "weft/data/text/bert_words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "weft/base/check.h"

namespace weft {

namespace {

/// A character of a text and its bytes; `value` is -1 where they are one that is no UTF-8.
struct Character {
  int32_t value = -1;
  std::string_view bytes;
};

Character first_of(std::string_view text) {
  int32_t value = -1;
  const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                      static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (bytes <= 0) return {-1, text.substr(0, 1)};
  return {value, text.substr(0, static_cast<size_t>(bytes))};
}

bool is_category(int32_t character, utf8proc_category_t first, utf8proc_category_t last) {
  const utf8proc_category_t category = utf8proc_category(character);
  return category >= first && category <= last;
}

bool is_separator(int32_t character) {
  return is_category(character, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

/// What cleaning leaves of white space: other control characters are left out, as vertical tabs are.
bool is_gap(int32_t character) {
  return character == '\t' || character == '\n' || character == '\r' || is_separator(character);
}

bool is_left_out(int32_t character) {
  constexpr int32_t kReplacement = 0xfffd;
  return character == kReplacement || is_category(character, UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CO);
}

bool is_punctuation(int32_t character) {
  const bool is_ascii_sign = (character >= '!' && character <= '/') ||
                             (character >= ':' && character <= '@') ||
                             (character >= '[' && character <= '`') || (character >= '{' && character <= '~');
  return is_ascii_sign || is_category(character, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

/// The blocks that BERT takes for Chinese: ideographs, and no kana or Hangul. One begins at U+2B920, where
/// Unicode's begins at U+2B820: so BERT has it.
bool is_ideograph(int32_t character) {
  struct Block {
    int32_t first;
    int32_t last;
  };
  constexpr Block kBlocks[] = {{0x4e00, 0x9fff},   {0x3400, 0x4dbf},   {0x20000, 0x2a6df},
                               {0x2a700, 0x2b73f}, {0x2b740, 0x2b81f}, {0x2b920, 0x2ceaf},
                               {0xf900, 0xfaff},   {0x2f800, 0x2fa1f}};
  return std::ranges::any_of(
      kBlocks, [&](const Block& block) { return character >= block.first && character <= block.last; });
}

std::string cleaned(std::string_view text, bool split_ideographs) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_of(text);
    text.remove_prefix(next.bytes.size());
    if (next.value < 0) continue;
    if (is_gap(next.value)) {
      clean += ' ';
    } else if (split_ideographs && is_ideograph(next.value)) {
      clean += ' ';
      clean += next.bytes;
      clean += ' ';
    } else if (!is_left_out(next.value)) {
      clean += next.bytes;
    }
  }
  return clean;
}

/// The characters of UTF-8, parted from their marks and in canonical order where `decomposed`.
std::vector<int32_t> characters_of(const std::string& text, bool decomposed) {
  const auto options = static_cast<utf8proc_option_t>(decomposed ? UTF8PROC_DECOMPOSE : 0);
  std::vector<int32_t> characters(2 * text.size());  // NFD makes three characters of two bytes at most
  const utf8proc_ssize_t count = utf8proc_decompose(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
      characters.data(), static_cast<utf8proc_ssize_t>(characters.size()), options);
  WEFT_CHECK(count >= 0 && count <= std::ssize(characters), "utf8proc: {}", utf8proc_errmsg(count));
  characters.resize(static_cast<size_t>(count));
  return characters;
}

void append_utf8(std::string& text, int32_t character) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t count = utf8proc_encode_char(character, bytes.data());
  text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(count));
}

/// The one character whose lower case is two: Unicode's SpecialCasing.txt has no other that is so in every
/// language and at every place.
constexpr int32_t kDottedCapitalI = 0x130;
constexpr int32_t kDotAbove = 0x307;

}  // namespace

bool is_white_space(int32_t character) {
  return (character >= '\t' && character <= '\r') || character == 0x85 || is_separator(character);
}

std::string_view without_trailing_space(std::string_view text) {
  size_t kept = 0;
  for (size_t at = 0; at < text.size();) {
    const Character next = first_of(text.substr(at));
    at += next.bytes.size();
    if (next.value < 0 || !is_white_space(next.value)) kept = at;
  }
  return text.substr(0, kept);
}

std::vector<std::string> bert_words(std::string_view text, const BertRules& rules) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  const auto add = [&](int32_t character) {
    const bool stands_alone = is_punctuation(character);
    if (stands_alone || character == ' ') end_word();
    if (character != ' ') append_utf8(word, character);
    if (stands_alone) end_word();
  };
  for (const int32_t character : characters_of(cleaned(text, rules.split_ideographs), rules.strip_accents)) {
    if (rules.strip_accents && utf8proc_category(character) == UTF8PROC_CATEGORY_MN) continue;
    add(rules.lower_case ? utf8proc_tolower(character) : character);
    if (rules.lower_case && character == kDottedCapitalI) add(kDotAbove);
  }
  end_word();
  return words;
}

}  // namespace weft
