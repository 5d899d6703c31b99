#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weft/data/text/tokenizer.h"

namespace weft {

/// What of a text its tokens do not give back, counted: everything is decoded again and compared.
class TextLosses {
 public:
  explicit TextLosses(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}

  /// `tokens` are those of `text`.
  void look(std::string_view text, const std::vector<int32_t>& tokens);
  /// Sentences for people; none: nothing was lost.
  std::vector<std::string> remarks() const;

 private:
  const Tokenizer* tokenizer_;
  int64_t newlines_ = 0;
  int64_t tabs_ = 0;
  int64_t spaces_ = 0;   ///< of white space inside, whatever it became
  int64_t unknown_ = 0;  ///< tokens of what has none
  std::string changed_;  ///< the first character that came back as another, and that one
  std::string change_;
};

}  // namespace weft
