// Of data/source/class_folder.h: class folders of images, and what lies in them.
#include <sys/stat.h>

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
  EXPECT_EQ(
      refusal(folder_ / "a"),
      "a: its folders hold no images, expected <class>/*.jpg, .jpeg, .png, .webp or .bmp; they hold 1 .txt");
  EXPECT_EQ(refusal(folder_ / "none"), "none: cannot be opened: No such file or directory");
  write(folder_ / "a/b/1.jpg", "x");
  EXPECT_EQ(
      refusal(folder_ / "a", {"pixels"}),
      "a: a tree of images has only the field 'image'; leave out data.input and data.target, or --fields");
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

TEST_F(ImageTreeTest, ReadsFilesAtAnyDepthBelowAClass) {
  for (const char* name :
       {"cat/b.jpg", "cat/2021/a.jpg", "cat/2021/06/c.webp", "cat/2020/d.BMP", "dog/e.png"}) {
    write(folder_ / "set" / name, "x");
  }
  write(folder_ / "elsewhere/f.jpg", "x");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "set/dog/linked");
  fs::create_directory_symlink(folder_ / "set/dog", folder_ / "set/dog/circle");
  fs::create_directory_symlink("..", folder_ / "set/dog/up");  // where cats are too
  const auto source = open(folder_ / "set");
  std::vector<std::string> names;
  for (int64_t i = 0; i < source->count(); ++i) {
    names.push_back(fs::path(source->name(i)).lexically_relative(folder_ / "set").string());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"cat/b.jpg", "cat/2020/d.BMP", "cat/2021/a.jpg",
                                             "cat/2021/06/c.webp", "dog/e.png", "dog/linked/f.jpg"}));
  EXPECT_EQ(source->label(3), 0);
  const std::string set = (folder_ / "set").string();
  EXPECT_EQ(source->remarks(),
            (std::vector<std::string>{
                set + ": 2 files left out: 2 circular links",
                set + ": 4 of 6 images lie in folders below their class folder, such as dog/linked/f.jpg"}));
}

TEST_F(ImageTreeTest, AFolderBehindALinkIsWhereTheKernelSaysItIs) {
  for (const char* name : {"far/set/cat/a.jpg", "far/set/dog/b.jpg"}) write(folder_ / name, "x");
  fs::create_directories(folder_ / "far/away");
  fs::create_directory_symlink(folder_ / "far/away", folder_ / "link");
  EXPECT_EQ(open(folder_ / "link/../set")->count(), 2);
}

TEST_F(ImageTreeTest, SaysWhatItLeavesOut) {
  for (const char* name : {"cat/1.jpg", "cat/2.jpg", "cat/3.jpg", "cat/a.gif", "cat/b.txt", "cat/c.txt",
                           "d.jpg", "list.csv", "cat/.hidden", "cat/Thumbs.db"}) {
    write(folder_ / "set" / name, "x");
  }
  fs::create_directories(folder_ / "set/cat/x.jpg");
  fs::create_directories(folder_ / "set/none");
  ASSERT_EQ(::mkfifo((folder_ / "set/cat/pipe.png").c_str(), 0600), 0);
  const auto source = open(folder_ / "set");
  EXPECT_EQ(source->count(), 3);
  const std::string set = (folder_ / "set").string();
  EXPECT_EQ(source->remarks(),
            (std::vector<std::string>{set + ": 7 files left out, such as list.csv: 2 .txt, 1 .csv, 1 .gif, 1 "
                                            ".jpg beside the class folders, 1 folder named "
                                            "like an image, 1 pipe, socket or device",
                                      set + ": 1 of 2 class folders hold no images, such as none"}));
  write(folder_ / "set/cat/b.gif", "x");
  EXPECT_EQ(refusal(folder_ / "set").substr(0, 32), "set: left out would be 2 .gif, 2");
}

TEST_F(ImageTreeTest, LinksToNothingAreSamplesThatCannotBeRead) {
  write(folder_ / "set/cat/1.jpg", "abc");
  fs::create_symlink("/nowhere/2.jpg", folder_ / "set/cat/2.jpg");
  fs::create_symlink("/nowhere/dog", folder_ / "set/dog");
  const auto source = open(folder_ / "set");
  ASSERT_EQ(source->count(), 2);
  EXPECT_EQ(record_bytes(*source, 0, {}), 3);
  EXPECT_EQ(record_bytes(*source, 1, {}), 1);
  EXPECT_EQ(source->remarks()[0], (folder_ / "set").string() + ": 1 file left out, dog: 1 without an ending");
}

TEST_F(ImageTreeTest, ImagesWithoutClassFoldersAreOneSentence) {
  write(folder_ / "flat/1.jpg", "x");
  write(folder_ / "flat/2.png", "x");
  EXPECT_EQ(refusal(folder_ / "flat"),
            "flat: holds images, but no class folders; put them into some, as in flat/cat/1.jpg");
}

TEST_F(ImageTreeTest, ClassFoldersBesideAnArchiveAreAQuestion) {
  write(folder_ / "set/cat/1.jpg", "x");
  write(folder_ / "set/backup.tar", "x");
  EXPECT_EQ(refusal(folder_ / "set"),
            "set: could be read as images and as tar; put them into folders of their own");
}

TEST_F(ImageTreeTest, AnArrayBesideThemIsLeftOutWhereImagesAreWanted) {
  write(folder_ / "set/cat/1.jpg", "x");
  write(folder_ / "set/mean.npy", "x");
  EXPECT_EQ(refusal(folder_ / "set"),
            "set: could be read as images and as numpy; put them into folders of their own");
  const auto opened = open_source({.path = folder_ / "set", .fields = {}, .split = {}, .images = true});
  EXPECT_EQ(opened.format, "images");
  EXPECT_EQ(opened.source->remarks()[0], (folder_ / "set").string() + ": 1 file left out, mean.npy: 1 .npy");
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
