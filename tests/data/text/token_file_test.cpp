#include "weft/data/text/token_file.h"

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

using testing::expect_user_error;

/// Bytes; where it joins, two equal ones that follow each other are taken for one.
class Other final : public Tokenizer {
 public:
  Other(std::shared_ptr<const Tokenizer> bytes, bool joins) : bytes_(std::move(bytes)), joins_(joins) {}
  std::vector<int32_t> encode(std::string_view text) const override {
    std::vector<int32_t> tokens = bytes_->encode(text);
    if (joins_) tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    return tokens;
  }
  std::string decode(const std::vector<int32_t>& tokens) const override { return bytes_->decode(tokens); }
  int64_t vocabulary_size() const override { return bytes_->vocabulary_size(); }

 private:
  std::shared_ptr<const Tokenizer> bytes_;
  bool joins_;
};

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
  item[7] = '3';
  expect_user_error([&] { parse(item); }, "a.tokens: is a token file of version 3; 1 and 2 are known");
  expect_user_error([&] { parse(good.substr(0, 27)); }, "a.tokens: is cut short within its header");
  expect_user_error([&] { parse(good.substr(0, good.size() - 2)); },
                    "a.tokens: the header promises 3 tokens and the file has 4 bytes for them");
}

TEST_F(TokenFileTest, KnowsWhatMadeIt) {
  const auto bytes = make_tokenizer("bytes");
  const uint64_t maker = fingerprint(*bytes);
  EXPECT_EQ(maker, fingerprint(*make_tokenizer("bytes")));
  // Files keep it: where this number changes, none that was made before is read any more.
  EXPECT_EQ(maker, 10115253492595907772U);
  write_token_file(file_, std::vector<int32_t>{1, 2, 3}, maker);
  const std::string file = read(file_);
  const TokenFileHeader header = parse_token_header(std::as_bytes(std::span(file)), std::ssize(file), "a");
  EXPECT_EQ(header.tokenizer, maker);
  EXPECT_NO_THROW(expect_made_by(maker, header, "a"));
  // That its ids mean the same is not enough: other texts become other tokens.
  for (const bool joins : {false, true}) {
    const Other other(bytes, joins);
    EXPECT_EQ(fingerprint(other) == maker, !joins);
    if (!joins) continue;
    expect_user_error([&] { expect_made_by(fingerprint(other), header, "a"); },
                      "a: another tokenizer than data.tokenizer made its tokens; name the one that did");
  }
}

TEST_F(TokenFileTest, OfTheFirstVersionKnowsNoTokenizer) {
  write_token_file(file_, std::vector<int32_t>{7, 8, 9}, 5);
  std::string old = read(file_);
  old[7] = '1';
  old.erase(20, 8);
  EXPECT_EQ(parse(old), (std::vector<int32_t>{7, 8, 9}));
  const TokenFileHeader header = parse_token_header(std::as_bytes(std::span(old)), std::ssize(old), "a");
  EXPECT_EQ(header.tokenizer, 0U);
  EXPECT_NO_THROW(expect_made_by(fingerprint(*make_tokenizer("bytes")), header, "a"));
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
