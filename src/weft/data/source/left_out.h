#pragma once
// What a source found and does not read: counted by what it is, said once, and an error where it is most of
// what is there.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Whether people and their systems put files of this name beside data without meaning any: ".DS_Store",
/// "Thumbs.db", "__MACOSX" and the like. Nothing is said of them.
bool is_hidden_name(std::string_view name);

std::string in_small_letters(std::string_view text);

/// The ending of a file's name in small letters, with its dot; "" where it has none.
std::string ending_of(std::string_view name);

class LeftOut {
 public:
  /// One file, counted by the ending of its name; hidden names are not counted.
  void add_file(std::string_view name);
  /// One thing that might have been a sample, by its noun or ending: "hard link", ".gif".
  void add(const std::string& what) { add(what, 1, true); }
  /// One thing that goes with a sample: said, but never an error.
  void add_beside_sample(const std::string& what) { add(what, 1, false); }
  void add_all(const LeftOut& other);

  /// "PATH: 12 files left out, such as a.gif: 7 .gif, 5 .txt"; none where nothing was left out.
  std::vector<std::string> remarks(const std::string& path) const;
  /// "7 .gif, 5 .txt", the most frequent first.
  std::string list() const;
  /// UserError where more is left out than there are samples. Lists and notes (.txt, .json, .csv and the
  /// like) and what goes with a sample do not count here.
  void check(const std::string& path, int64_t samples) const;
  bool empty() const { return total_ == 0; }

 private:
  void add(const std::string& what, int64_t count, bool might_be_sample);

  std::map<std::string, int64_t> counts_;
  std::string first_;  ///< name of the first file; empty: what there is has none
  int64_t total_ = 0;
  int64_t might_be_samples_ = 0;
};

}  // namespace weft
