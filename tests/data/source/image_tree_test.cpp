#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using ImageTreeTest = SourceTest;

TEST_F(ImageTreeTest, SamplesAreSortedByClassAndName) {
  // Many enough that several threads ask for sizes.
  for (int i = 199; i >= 0; --i) {
    write(folder_ / "train" / (i % 2 == 0 ? "dog" : "cat") /
              fmt::format("{:03}.{}", i, i % 3 == 0 ? "PNG" : "jpg"),
          std::string(static_cast<size_t>(i), 'x'));
  }
  write(folder_ / "train/dog/notes.txt", "no image");
  fs::create_directories(folder_ / "train/empty");
  const auto opened = open_source({folder_, {}, "train"});
  EXPECT_EQ(opened.format, "images");
  const Source& source = *opened.source;
  ASSERT_EQ(source.count(), 200);
  EXPECT_EQ(std::vector<std::string>(source.classes().begin(), source.classes().end()),
            (std::vector<std::string>{"cat", "dog", "empty"}));
  EXPECT_TRUE(source.encoded_images());
  EXPECT_EQ(source.fields()[0].type, (TensorType{DType::u8, {-1, -1, 3}}));
  for (int64_t i = 0; i < 200; ++i) {
    const int64_t number = i < 100 ? 2 * i + 1 : 2 * (i - 100);
    EXPECT_EQ(source.label(i), i < 100 ? 0 : 1);
    EXPECT_EQ(record_bytes(source, i, {}), number);
    EXPECT_EQ(fs::path(source.name(i)).stem(), fmt::format("{:03}", number));
  }
}

TEST_F(ImageTreeTest, SaysWhatIsMissing) {
  write(folder_ / "a/b/note.txt", "x");
  EXPECT_EQ(refusal(folder_ / "a"), "a: its folders hold no images, expected <class>/*.jpg, *.jpeg or *.png");
  EXPECT_EQ(refusal(folder_ / "none"), "none: cannot be opened: No such file or directory");
  write(folder_ / "a/b/1.jpg", "x");
  EXPECT_EQ(refusal(folder_ / "a", {"pixels"}),
            "a: a tree of images has only the field 'image'; leave out fields");
  fs::create_directories(folder_ / "bare");
  EXPECT_EQ(refusal(folder_ / "bare").substr(0, 57),
            "bare: is no data set that can be read, expected one of: a");
  write(folder_ / "both/a.npy", "x");
  write(folder_ / "both/a.tar", "x");
  EXPECT_EQ(refusal(folder_ / "both"),
            "both: could be read as numpy and as tar; put them into folders of their own");
  write(folder_ / "empty.npy", "");
  EXPECT_EQ(refusal(folder_ / "empty.npy"), "empty.npy: the file is empty");
}

/// Runs `act` as one whom no folder of mode 0 lets in; root is let in everywhere.
void without_privileges(const std::function<void()>& act) {
  const bool is_root = ::geteuid() == 0;
  ASSERT_EQ(is_root ? ::seteuid(65534) : 0, 0);
  act();
  ASSERT_EQ(is_root ? ::seteuid(0) : 0, 0);
}

TEST_F(ImageTreeTest, SaysWhichFolderCannotBeListed) {
  write(folder_ / "set/cat/1.jpg", "x");
  write(folder_ / "set/dog/1.jpg", "x");
  for (const char* closed : {"set/dog", "set"}) {
    fs::permissions(folder_ / closed, fs::perms::none);
    std::string said;
    without_privileges([&] { said = refusal(folder_ / "set"); });
    fs::permissions(folder_ / closed, fs::perms::all);
    EXPECT_EQ(said, std::string(closed) + ": the folder cannot be listed: Permission denied");
  }
}

}  // namespace
}  // namespace weft
