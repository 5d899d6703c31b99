#include "weft/data/source/left_out.h"

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/base/plural.h"

namespace weft {

namespace {

constexpr std::string_view kNoEnding = "without an ending";
constexpr size_t kMostListed = 8;
/// Lists, notes and labels of other tools.
constexpr std::array<std::string_view, 10> kNotes{".txt", ".json", ".jsonl", ".csv", ".tsv",
                                                  ".xml", ".md",   ".yaml",  ".yml", ".html"};

/// "7 .gif", "1 hard link", "2 hard links".
std::string counted(const std::string& what, int64_t count) {
  const bool is_noun = what[0] != '.' && what != kNoEnding;
  return fmt::format("{} {}{}", count, what, is_noun && count != 1 ? "s" : "");
}

}  // namespace

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

bool is_hidden_name(std::string_view name) {
  const std::string small = in_small_letters(name);
  return name.starts_with('.') || small == "thumbs.db" || small == "desktop.ini" || small == "__macosx" ||
         small == "@eadir";
}

std::string ending_of(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string() : in_small_letters(name.substr(dot));
}

void LeftOut::add(const std::string& what, int64_t count, bool might_be_sample) {
  counts_[what] += count;
  total_ += count;
  if (might_be_sample) might_be_samples_ += count;
}

void LeftOut::add_file(std::string_view name) {
  if (is_hidden_name(name)) return;
  if (first_.empty()) first_ = name;
  const std::string ending = ending_of(name);
  const bool is_note = std::find(kNotes.begin(), kNotes.end(), ending) != kNotes.end();
  add(ending.empty() ? std::string(kNoEnding) : ending, 1, !is_note);
}

void LeftOut::add_all(const LeftOut& other) {
  if (first_.empty()) first_ = other.first_;
  for (const auto& [what, count] : other.counts_) counts_[what] += count;
  total_ += other.total_;
  might_be_samples_ += other.might_be_samples_;
}

std::string LeftOut::list() const {
  std::vector<std::pair<std::string, int64_t>> items(counts_.begin(), counts_.end());
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  int64_t others = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i >= kMostListed) {
      others += items[i].second;
    } else {
      text += (i == 0 ? "" : ", ") + counted(items[i].first, items[i].second);
    }
  }
  if (others > 0) text += fmt::format(", {} of other kinds", others);
  return text;
}

std::vector<std::string> LeftOut::remarks(const std::string& path) const {
  if (empty()) return {};
  std::string example;
  if (!first_.empty()) example = (total_ == 1 ? ", " : ", such as ") + first_;
  return {fmt::format("{}: {} left out{}: {}", path, plural(total_, "file"), example, list())};
}

void LeftOut::check(const std::string& path, int64_t samples) const {
  if (might_be_samples_ <= samples) return;
  user_error("{}: left out would be {}, which is more than the {}; convert them, or take them away", path,
             list(), plural(samples, "sample"));
}

}  // namespace weft
