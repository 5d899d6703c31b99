#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace weft {

/// The files of a corpus.
struct TextFiles {
  std::filesystem::path root;
  std::string key;  ///< the recipe's key, or the option, that names the root
  std::vector<std::filesystem::path> paths;
  std::string left_out;  ///< a sentence for people about the files that are no text; empty: there are none
};

/// A text file, a token file (*.tokens), a folder tree of them, in the order of their paths, or a pattern
/// (base/path_pattern.h) of files. In a folder,
/// files and folders whose names begin with a dot, files with a zero byte (taken for binary) and links that
/// lead nowhere or to a file that is read already are left out and counted. UserError that begins with `key`
/// where nothing is there, it is a device or a pipe, it cannot be read, or more files are binary than are
/// text.
TextFiles find_text(const std::filesystem::path& path, const std::string& key);

/// By its name or its first bytes.
bool is_token_file(const std::filesystem::path& path);

}  // namespace weft
