#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "weft/data/text/tokenizer.h"

namespace weft {

/// All tokens of a corpus, in memory.
using Tokens = std::vector<int32_t>;

/// Reads a text file, a folder tree of text files (in order of their paths; each real file once, however many
/// links lead to it; files with a zero byte are taken for binary and left out), or a token file (*.tokens).
/// UserError that begins with `key`, the recipe's key that names the path, where nothing is found or it
/// cannot be read.
Tokens read_corpus(const std::filesystem::path& path, const Tokenizer& tokenizer,
                   const std::string& key = "data.path");

/// The last `fraction` of the tokens, cut off `tokens` (nanoGPT's split: the first part trains).
Tokens cut_validation(Tokens& tokens, double fraction);

}  // namespace weft
