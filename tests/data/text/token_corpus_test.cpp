#include "weft/data/text/token_corpus.h"

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"
#include "weft/data/text/token_file.h"

namespace weft {
namespace {

using testing::expect_user_error;

/// Of the letters a to j, whatever else there is; it loses that.
class Letters final : public Tokenizer {
 public:
  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> tokens;
    for (const char letter : text) {
      if (letter >= 'a' && letter <= 'j') tokens.push_back(letter - 'a');
    }
    return tokens;
  }
  std::string decode(const std::vector<int32_t>& tokens) const override {
    std::string text;
    for (const int32_t token : tokens) text += static_cast<char>('a' + token);
    return text;
  }
  int64_t vocabulary_size() const override { return 10; }
};

class TokenCorpusTest : public SourceTest {};

TEST_F(TokenCorpusTest, IsAFolderInTheOrderOfPathsOrAFileOfTokens) {
  write(folder_ / "text/b/two.txt", "cd");
  write(folder_ / "text/a.txt", "ab");
  write(folder_ / "text/binary", std::string("jj\0jj", 5));
  fs::create_symlink(folder_ / "text/a.txt", folder_ / "text/link.txt");
  EXPECT_EQ(read_corpus(folder_ / "text", Letters()).tokens, (Tokens{0, 1, 2, 3}));
  write_token_file(folder_ / "some.tokens", Tokens{9, 0});
  EXPECT_EQ(read_corpus(folder_ / "some.tokens", Letters()).tokens, (Tokens{9, 0}));
}

TEST_F(TokenCorpusTest, RefusesTokensOfAnotherTokenizer) {
  write_token_file(folder_ / "some.tokens", Tokens{9, 0}, fingerprint(Letters()) + 1);
  expect_user_error(
      [&] { read_corpus(folder_ / "some.tokens", Letters()); },
      "/some.tokens: another tokenizer than data.tokenizer made its tokens; name the one that did");
  write_token_file(folder_ / "some.tokens", Tokens{9, 0}, fingerprint(Letters()));
  EXPECT_EQ(read_corpus(folder_ / "some.tokens", Letters()).tokens, (Tokens{9, 0}));
}

TEST_F(TokenCorpusTest, SaysWhatItCannotRead) {
  write_token_file(folder_ / "some.tokens", Tokens{9, 10});
  expect_user_error([&] { read_corpus(folder_ / "some.tokens", Letters()); },
                    "/some.tokens has the token 10, and the tokenizer has 10 tokens");
  expect_user_error([&] { read_corpus(folder_ / "none", Letters(), "data.validation_path"); },
                    "data.validation_path: " + (folder_ / "none").string() + " does not exist");
  expect_user_error([&] { read_corpus("/no/such", Letters()); }, "data.path: /no/such does not exist");
  fs::create_directories(folder_ / "empty");
  expect_user_error([&] { read_corpus(folder_ / "empty", Letters()); },
                    "data.path: " + (folder_ / "empty").string() +
                        " holds no text (files with a zero byte are taken for binary)");
  write(folder_ / "empty.txt", "XYZ");
  expect_user_error([&] { read_corpus(folder_ / "empty.txt", Letters()); },
                    "/empty.txt holds no text (files with a zero byte are taken for binary)");
}

TEST_F(TokenCorpusTest, TheValidationIsCutOffItsEnd) {
  Tokens tokens{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(cut_validation(tokens, 0.2), (Tokens{8, 9}));
  EXPECT_EQ(tokens.size(), 8U);
}

}  // namespace
}  // namespace weft
