#include "weft/data/text/token_file.h"

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

class TokenFileTest : public SourceTest {
 protected:
  fs::path file_ = folder_ / "a.tokens";
  std::vector<int32_t> parse(const std::string& bytes) const {
    return parse_token_file(std::as_bytes(std::span(bytes)), "a.tokens");
  }
};

TEST_F(TokenFileTest, HoldsNarrowAndWideTokens) {
  for (const std::vector<int32_t>& tokens : {std::vector<int32_t>{1, 65535, 0}, {1, 65536, 0x7fffffff}, {}}) {
    write_token_file(file_, tokens);
    EXPECT_EQ(parse(read(file_)), tokens);
  }
}

TEST_F(TokenFileTest, SaysWhatIsWrongWithAFile) {
  write_token_file(file_, std::vector<int32_t>{1, 2, 3});
  const std::string good = read(file_);
  expect_user_error([&] { parse(good.substr(0, 12)); }, "a.tokens: this is no token file of Weft's");
  std::string item = good;
  item[8] = 3;
  expect_user_error([&] { parse(item); }, "a.tokens: tokens of 3 bytes; 2 or 4 are known");
  expect_user_error([&] { parse(good.substr(0, good.size() - 2)); },
                    "a.tokens: the header promises 3 tokens and the file has 4 bytes for them");
}

TEST_F(TokenFileTest, SaysThatItCannotBeWritten) {
  expect_user_error([&] { write_token_file(folder_ / "none/a.tokens", std::vector<int32_t>{1}); },
                    "/none/a.tokens: the token file cannot be written");
}

TEST_F(TokenFileTest, ASampleHasATokenAtLeast) {
  write_token_file(file_, std::vector<int32_t>{1, 2, 3});
  SourceOptions options;
  options.path = file_;
  options.window = 0;
  expect_user_error([&] { open_source(options); }, "window: 0 tokens a sample, expected at least 1");
}

}  // namespace
}  // namespace weft
