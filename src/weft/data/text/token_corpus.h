#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weft/data/text/text_files.h"
#include "weft/data/text/tokenizer.h"

namespace weft {

/// All tokens of a corpus, in memory.
using Tokens = std::vector<int32_t>;

struct Corpus {
  Tokens tokens;
  std::vector<std::filesystem::path> files;
  std::vector<std::string> remarks;  ///< as encode_corpus
};

/// Encodes `files` (text, or token files) in order, a piece at a time; `take` is handed the tokens of each.
/// Returns sentences for people: which files were left out, and what of the text its tokens do not give back.
/// UserError that begins with the files' key where one cannot be read or they hold no text.
std::vector<std::string> encode_corpus(const TextFiles& files, const Tokenizer& tokenizer,
                                       const std::function<void(std::span<const int32_t>)>& take);

/// The corpus of find_text(path, key), in memory.
Corpus read_corpus(const std::filesystem::path& path, const Tokenizer& tokenizer,
                   const std::string& key = "data.path");

/// The last `fraction` of the tokens, cut off `tokens` (nanoGPT's split: the first part trains).
Tokens cut_validation(Tokens& tokens, double fraction);

}  // namespace weft
