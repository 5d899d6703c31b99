#pragma once
// Whether weights come with the tokenizer of a recipe: else every token would mean another.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "weft/recipe/recipe.h"

namespace weft {

/// Calls `complain` with a sentence where `folder` has files of a tokenizer (vocab.json and merges.txt,
/// tokenizer.model, vocab.txt, tokenizer.json) that are not those of the recipe's data.tokenizer, or others
/// beside them that add tokens or settings to it (foreign_additions.h). A folder without the former says
/// nothing, as one that `weft export` wrote for bytes. For data whose samples are text. UserError where a
/// file cannot be read.
void compare_foreign_tokenizer(const Recipe& recipe, const std::filesystem::path& folder,
                               const std::function<void(const std::string&)>& complain);

/// UserError where such files of another tokenizer than the recipe's lie in `folder`, except those named
/// `replaced`, or additions beside these: transformers would read them beside weights that are exported
/// there.
void expect_no_other_tokenizer(const Recipe& recipe, const std::filesystem::path& folder,
                               const std::vector<std::string>& replaced);

}  // namespace weft
