#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace weft {

/// How texts become other tokens by what a folder says beside a tokenizer's vocabulary than by the recipe's
/// `tokenizer`, which has that vocabulary: tokens that are added to it (added_tokens.json,
/// tokenizer_config.json, tokenizer.json), and what is put before or behind every text
/// (tokenizer_config.json). In a sentence that begins with the file; nothing where they change nothing.
/// Special tokens, which these files and special_tokens_map.json mark, are left out: transformers adds its
/// "<|endoftext|>" to any vocabulary, no ordinary text has them, and weights with rows for them have another
/// shape than the recipe's. UserError where a file cannot be read.
std::optional<std::string> foreign_additions(const std::filesystem::path& folder,
                                             const std::filesystem::path& tokenizer);

}  // namespace weft
