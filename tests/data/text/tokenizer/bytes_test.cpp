#include <gtest/gtest.h>

#include "weft/data/text/tokenizer.h"

namespace weft {
namespace {

TEST(Bytes, AreTokens) {
  const auto bytes = make_tokenizer("bytes");
  EXPECT_EQ(bytes->vocabulary_size(), 256);
  EXPECT_EQ(bytes->encode("ab\xff"), (std::vector<int32_t>{97, 98, 255}));
  EXPECT_EQ(bytes->decode({97, 98, 255}), "ab\xff");
  EXPECT_EQ(bytes->decode({97, 256, -1}), "a") << "ids that there are not give nothing";
}

}  // namespace
}  // namespace weft
