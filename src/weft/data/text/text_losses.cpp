#include "weft/data/text/text_losses.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

namespace {

constexpr std::string_view kSpaces = " \t\n\v\f\r";

/// Tokens of what goes on after other text are decoded without the space before them, and the end of a text
/// has no part in what is between words.
std::string_view inside(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) + 1 - first);
}

int64_t lost(std::string_view text, std::string_view back, std::string_view what) {
  const auto count = [&](std::string_view in) {
    return std::ranges::count_if(in, [&](char c) { return what.find(c) != std::string_view::npos; });
  };
  return std::max<int64_t>(0, count(text) - count(back));
}

std::string without_spaces(std::string_view text) {
  std::string letters;
  std::ranges::copy_if(text, std::back_inserter(letters),
                       [](char c) { return kSpaces.find(c) == std::string_view::npos; });
  return letters;
}

/// The character of UTF-8 around byte `at`.
std::string character_around(std::string_view text, size_t at) {
  const auto goes_on = [&](size_t i) { return (static_cast<unsigned char>(text[i]) & 0xc0u) == 0x80u; };
  if (at >= text.size()) return {};
  size_t begin = at;
  while (begin > 0 && at - begin < 3 && goes_on(begin)) --begin;
  size_t end = at + 1;
  while (end < text.size() && end - begin < 4 && goes_on(end)) ++end;
  return std::string(text.substr(begin, end - begin));
}

}  // namespace

void TextLosses::look(std::string_view text, const std::vector<int32_t>& tokens) {
  const std::string back = tokenizer_->decode(tokens);
  if (back == text) return;
  newlines_ += lost(text, back, "\n");
  tabs_ += lost(text, back, "\t");
  spaces_ += lost(inside(text), inside(back), kSpaces);
  // A piece may have no token: all of it belongs to a run of unknown characters that has begun before.
  const auto unknown =
      std::ranges::count(tokens, tokenizer_->unknown()) + (tokens.empty() && !inside(text).empty() ? 1 : 0);
  unknown_ += unknown;
  if (unknown > 0 || !changed_.empty()) return;  // those are other characters too
  const std::string letters = without_spaces(text);
  const std::string letters_back = without_spaces(back);
  const auto [at, at_back] = std::ranges::mismatch(letters, letters_back);
  if (at == letters.end() && at_back == letters_back.end()) return;
  const auto place = static_cast<size_t>(at - letters.begin());
  changed_ = character_around(letters, place);
  change_ = character_around(letters_back, place);
}

std::vector<std::string> TextLosses::remarks() const {
  const std::string name = tokenizer_->name();
  std::vector<std::string> all;
  if (newlines_ > 0) {
    all.push_back(fmt::format("{}: makes spaces of newlines, as its normalizer says; {} newlines were lost",
                              name, newlines_));
  }
  if (tabs_ > 0) {
    all.push_back(
        fmt::format("{}: makes spaces of tabs, as its normalizer says; {} tabs were lost", name, tabs_));
  }
  if (spaces_ > 0) {
    all.push_back(
        fmt::format("{}: makes one space of several, as its normalizer says; {} were lost", name, spaces_));
  }
  if (unknown_ > 0) {
    all.push_back(
        fmt::format("{}: has no token for {} characters or runs of them, which were lost", name, unknown_));
  }
  if (!changed_.empty() || !change_.empty()) {
    all.push_back(fmt::format(
        "{}: makes other characters of some, as its normalizer says; the first is \"{}\", made \"{}\"", name,
        changed_, change_));
  }
  return all;
}

}  // namespace weft
