#include "weft/data/text/text_pieces.h"

#include "tests/data/source/source_fixture.h"
#include "tests/ops/expect_error.h"

namespace weft {
namespace {

class TextPiecesTest : public SourceTest {
 protected:
  std::vector<std::string> pieces_of(const std::string& text, size_t usual, size_t most) const {
    write(folder_ / "a.txt", text);
    TextPieces pieces(folder_ / "a.txt", "data.path", may_cut_, usual, most);
    std::vector<std::string> all;
    std::string so_far;
    while (pieces.next()) {
      all.emplace_back(pieces.piece());
      so_far += pieces.piece();
      EXPECT_TRUE(so_far.ends_with(std::string(pieces.before()) + all.back()));
    }
    return all;
  }
  using Pieces = std::vector<std::string>;
  TextPieces::MayCut may_cut_ = [](std::string_view, std::string_view) { return true; };
};

TEST_F(TextPiecesTest, EndBeforeWhiteSpaceThatFollowsSomethingElse) {
  EXPECT_EQ(pieces_of("ab cd\nef  gh", 6, 100), (Pieces{"ab cd", "\nef", "  gh"}));
  EXPECT_EQ(pieces_of("ab \u3000 cd efg h", 7, 100), (Pieces{"ab", " \u3000 cd efg", " h"}))
      << "white space of Unicode is not parted from other";
  EXPECT_EQ(pieces_of("", 6, 100), Pieces{});
  EXPECT_EQ(pieces_of("   ", 1, 100), Pieces{"   "});
}

TEST_F(TextPiecesTest, AreCutBetweenCharactersWhereThereIsNoWhiteSpace) {
  EXPECT_EQ(pieces_of("abcdefghijkl", 2, 5), (Pieces{"abcde", "fghi", "jkl"}));
  EXPECT_EQ(pieces_of("\u4e2d\u6587\u4e2d\u6587", 4, 4), (Pieces{"\u4e2d", "\u6587", "\u4e2d", "\u6587"}));
  EXPECT_EQ(pieces_of("\x80\x80\x80\x80\x80\x80\x80", 4, 4).size(), 2U) << "no UTF-8 at all";
}

TEST_F(TextPiecesTest, EndOnlyWhereTheTokenizerMayCut) {
  may_cut_ = [](std::string_view before, std::string_view after) {
    EXPECT_FALSE(before.empty());
    return before.ends_with(".") && after.starts_with(" ");
  };
  EXPECT_EQ(pieces_of("of the. of a.\nb. c d e f g h", 8, 100),
            (Pieces{"of the.", " of a.\nb.", " c d e f g h"}));
  EXPECT_EQ(pieces_of("of the of the", 4, 8), (Pieces{"of the", " of the"}))
      << "where there is no such place";
}

TEST_F(TextPiecesTest, AreTheTextWhateverItIs) {
  std::mt19937 random(5);
  const std::string kinds[] = {" ", "\n", "a", "bc", "\u4e2d", "\u3000", "\xff", "\xe4", "\u2003", "\r\n"};
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += kinds[random() % std::size(kinds)];
    const size_t usual = 1 + random() % 40;
    std::string joined;
    for (const std::string& piece : pieces_of(text, usual, usual + random() % 40)) joined += piece;
    EXPECT_EQ(joined, text);
  }
}

TEST_F(TextPiecesTest, SayThatAFileCannotBeRead) {
  const std::string none = (folder_ / "none").string();
  testing::expect_user_error([&] { TextPieces(none, "--text", may_cut_); },
                             "--text: " + none + " cannot be read: No such file or directory");
  TextPieces folder(folder_, "--text", may_cut_);
  testing::expect_user_error([&] { folder.next(); },
                             "--text: " + folder_.string() + " cannot be read: Is a directory");
}

}  // namespace
}  // namespace weft
