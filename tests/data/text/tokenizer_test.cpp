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

}  // namespace
}  // namespace weft
