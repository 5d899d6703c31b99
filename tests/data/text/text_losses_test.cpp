#include "weft/data/text/text_losses.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

/// Bytes as they are.
class Whole : public Tokenizer {
 public:
  std::vector<int32_t> encode(std::string_view text) const override { return {text.begin(), text.end()}; }
  std::string decode(const std::vector<int32_t>& tokens) const override {
    return {tokens.begin(), tokens.end()};
  }
  int64_t vocabulary_size() const override { return 128; }
};

/// The same, lower case.
class Lower final : public Whole {
 public:
  std::string decode(const std::vector<int32_t>& tokens) const override {
    std::string text;
    for (const int32_t token : tokens) text += static_cast<char>(std::tolower(token));
    return text;
  }
};

std::vector<std::string> said(const Tokenizer& tokenizer, std::string_view text) {
  TextLosses losses(tokenizer);
  losses.look(text, tokenizer.encode(text));
  return losses.remarks();
}

TEST(TextLosses, AreNoneWhereTheTextComesBack) { EXPECT_TRUE(said(Whole(), " a\n\tb ").empty()); }

TEST(TextLosses, NameTheFirstCharacterThatCameBackAsAnother) {
  EXPECT_EQ(
      said(Lower(), "a bCD"),
      std::vector<std::string>{"the tokenizer: makes other characters of some, as its normalizer says; the "
                               "first is \"C\", made \"c\""});
}

}  // namespace
}  // namespace weft
