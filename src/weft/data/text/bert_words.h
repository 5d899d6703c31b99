#pragma once
// How BERT makes words of a text (Devlin et al., NAACL 2019), as the package `tokenizers` does: its
// BertNormalizer and BertPreTokenizer.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

struct BertRules {
  bool lower_case = true;
  bool strip_accents = true;     ///< letters are parted from their marks (NFD), which go (category Mn)
  bool split_ideographs = true;  ///< each Chinese character is a word
};

/// The words and signs of a text, in UTF-8; a sign of punctuation is one by itself. Control characters, those
/// of private use, U+FFFD and bytes that are no UTF-8 are left out: they do not even end a word.
std::vector<std::string> bert_words(std::string_view text, const BertRules& rules);

/// Unicode's property White_Space.
bool is_white_space(int32_t character);

/// Without the white space that it ends with.
std::string_view without_trailing_space(std::string_view text);

}  // namespace weft
