#include "weft/data/text/tokenizer.h"

#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using TokenizerTest = SourceTest;

TEST_F(TokenizerTest, AFolderWithoutAVocabularyIsNone) {
  const std::string folder = folder_.string();
  EXPECT_EQ(message_of([&] { make_tokenizer(folder); }),
            "data.tokenizer: \"" + folder + "\" is none, expected " + tokenizers_there_are());
  write(folder_ / "vocab.json", "{}");
  EXPECT_EQ(message_of([&] { make_tokenizer(folder); }),
            "data.tokenizer: \"" + folder + "\" is none, expected " + tokenizers_there_are());
}

TEST_F(TokenizerTest, OneWhoseFileIsMissingIsNotThere) {
  EXPECT_TRUE(tokenizer_is_there("bytes"));
  EXPECT_FALSE(tokenizer_is_there((folder_ / "missing.model").string()));
  EXPECT_FALSE(tokenizer_is_there(folder_.string()));
  write(folder_ / "some.model", "whatever it is: loading says so");
  EXPECT_TRUE(tokenizer_is_there((folder_ / "some.model").string()));
  write(folder_ / "vocab.json", "{}");
  write(folder_ / "merges.txt", "");
  EXPECT_TRUE(tokenizer_is_there(folder_.string()));
}

}  // namespace
}  // namespace weft
