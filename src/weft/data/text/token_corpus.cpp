#include "weft/data/text/token_corpus.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "weft/base/check.h"
#include "weft/data/text/token_file.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

std::string read_all(const fs::path& path, const std::string& key) {
  std::ifstream file(path, std::ios::binary);
  if (!file) user_error("{}: {} cannot be read", key, path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> files_under(const fs::path& folder, const std::string& key) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  if (error) user_error("{}: {}: {}", key, folder.string(), error.message());
  std::sort(files.begin(), files.end());
  std::set<fs::path> seen;
  std::erase_if(files, [&](const fs::path& file) { return !seen.insert(fs::canonical(file)).second; });
  return files;
}

void append(const fs::path& path, const Tokenizer& tokenizer, const std::string& key, Tokens& tokens) {
  const std::string text = read_all(path, key);
  Tokens more;
  if (path.extension() == ".tokens") {
    more = parse_token_file(std::as_bytes(std::span(text)), path.string());
    const auto bad = std::find_if(more.begin(), more.end(),
                                  [&](int32_t token) { return token >= tokenizer.vocabulary_size(); });
    if (bad != more.end()) {
      user_error("{}: {} has the token {}, and the tokenizer has {} tokens", key, path.string(), *bad,
                 tokenizer.vocabulary_size());
    }
  } else if (text.find('\0') == std::string::npos) {
    more = tokenizer.encode(text);
  }
  tokens.insert(tokens.end(), more.begin(), more.end());
}

}  // namespace

Tokens read_corpus(const fs::path& path, const Tokenizer& tokenizer, const std::string& key) {
  if (!fs::exists(path)) user_error("{}: {} does not exist", key, path.string());
  Tokens tokens;
  if (fs::is_directory(path)) {
    for (const fs::path& file : files_under(path, key)) append(file, tokenizer, key, tokens);
  } else {
    append(path, tokenizer, key, tokens);
  }
  if (tokens.empty()) {
    user_error("{}: {} holds no text (files with a zero byte are taken for binary)", key, path.string());
  }
  return tokens;
}

Tokens cut_validation(Tokens& tokens, double fraction) {
  const auto kept = static_cast<std::ptrdiff_t>(static_cast<double>(tokens.size()) * (1 - fraction));
  Tokens tail(tokens.begin() + kept, tokens.end());
  tokens.resize(static_cast<size_t>(kept));
  return tail;
}

}  // namespace weft
