// Of data/source/tar_members.h: tar archives as GNU tar and Python's tarfile write them, and broken ones.
#include <cstdlib>

#include "tests/data/source/source_fixture.h"
#include "weft/data/source/tar_shards.h"

namespace weft {
namespace {

class TarTest : public SourceTest {
 protected:
  /// Files of a shard, then the archive made of them in this order by the system's tar.
  void pack(const fs::path& archive, const std::vector<std::pair<std::string, std::string>>& files,
            const std::string& format) const {
    const fs::path tree = folder_ / "tree";
    fs::remove_all(tree);
    fs::create_directories(archive.parent_path());
    std::string names;
    for (const auto& [name, bytes] : files) {
      write(tree / name, bytes);
      names += " '" + name + "'";
    }
    const std::string command =
        fmt::format("tar --format={} -C '{}' -cf '{}'{}", format, tree.string(), archive.string(), names);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  static std::string bytes_of_sample(const Source& source, int64_t sample) {
    const std::vector<std::byte> record = read_record(source, sample, {});
    return {reinterpret_cast<const char*>(record.data()), record.size()};
  }
};

TEST_F(TarTest, FindsEverySampleInEveryFormat) {
  const std::string deep = "a-folder-of-some-length/" + std::string(90, 'd') + "/";
  const std::string very_long = deep + std::string(120, 'n');
  for (const std::string format : {"ustar", "pax", "gnu", "v7"}) {
    std::vector<std::pair<std::string, std::string>> files{
        {"0001.jpg", "first image"},
        {"0001.cls", "3\n"},
        {"0002.png", std::string(70000, 'x')},
        {"0002.cls", "1"},
        {"empty.jpeg", ""},
        {"empty.cls", "0"},
        {"train/0003.seg.PNG", "third"},
        {"train/0003.json", R"({"label": 2, "other": [1, 2]})"},
    };
    if (format != "v7") files.insert(files.end(), {{deep + "x.jpg", "deep"}, {deep + "x.cls", "1"}});
    if (format == "pax" || format == "gnu") files.emplace_back(very_long + ".jpg", "long");
    const fs::path archive = folder_ / (format + ".tar");
    pack(archive, files, format);
    const auto opened = open_source({archive});
    EXPECT_EQ(opened.format, "tar");
    const Source& source = *opened.source;
    ASSERT_EQ(source.count(), format == "v7" ? 4 : format == "ustar" ? 5 : 6) << format;
    EXPECT_TRUE(source.encoded_images());
    EXPECT_EQ(bytes_of_sample(source, 0), "first image");
    EXPECT_EQ(bytes_of_sample(source, 1), std::string(70000, 'x'));
    EXPECT_EQ(bytes_of_sample(source, 2), "");
    EXPECT_EQ(bytes_of_sample(source, 3), "third");
    EXPECT_EQ(source.label(0), 3);
    EXPECT_EQ(source.label(1), 1);
    EXPECT_EQ(source.label(2), 0);
    EXPECT_EQ(source.label(3), 2);
    EXPECT_EQ(source.classes().size(), 4U);
    EXPECT_EQ(source.name(3), archive.string() + ": train/0003.seg.PNG");
    if (source.count() > 4) {
      EXPECT_EQ(bytes_of_sample(source, 4), "deep") << format;
    }
    if (source.count() > 5) {
      EXPECT_EQ(bytes_of_sample(source, 5), "long") << format;
      EXPECT_EQ(source.name(5), archive.string() + ": " + very_long + ".jpg");
      EXPECT_EQ(source.label(5), -1);
    }
  }
}

TEST_F(TarTest, ShardsComeInTheOrderOfTheirNames) {
  for (int i = 11; i >= 0; --i) {
    pack(folder_ / fmt::format("set/train-{:03}.tar", i),
         {{fmt::format("{}.jpg", i), fmt::format("image {}", i)},
          {fmt::format("{}.txt", i), i % 2 == 0 ? "cat" : "a dog\n"}},
         "gnu");
  }
  const auto folder = open(folder_ / "set");
  ASSERT_EQ(folder->count(), 12);
  for (int64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(bytes_of_sample(*folder, i), fmt::format("image {}", i));
    EXPECT_EQ(folder->classes()[static_cast<size_t>(folder->label(i))], i % 2 == 0 ? "cat" : "a dog");
  }
  const auto some = open(folder_ / "set/train-{003..005}.tar");
  ASSERT_EQ(some->count(), 3);
  EXPECT_EQ(bytes_of_sample(*some, 0), "image 3");
  EXPECT_EQ(refusal(folder_ / "set/train-{010..012}.tar"),
            "set/train-012.tar: cannot be opened: No such file or directory");
}

TEST_F(TarTest, BracesExpand) {
  EXPECT_EQ(expand_braces("a-{08..10}.tar"), (std::vector<std::string>{"a-08.tar", "a-09.tar", "a-10.tar"}));
  EXPECT_EQ(expand_braces("{0..1}/{5..6}"), (std::vector<std::string>{"0/5", "0/6", "1/5", "1/6"}));
  for (const char* bad : {"{a..b}.tar", "{5..3}.tar", "{1,2}.tar", "{1..2.tar", "{..}.tar"}) {
    EXPECT_EQ(message_of([&] { expand_braces(bad); }),
              std::string(bad) + ": braces hold a range of numbers, as in train-{000..009}.tar");
  }
  EXPECT_EQ(message_of([&] { expand_braces("{0..9999}{0..9999}"); }),
            "{0..9999}{0..9999}: names more than 1000000 files");
}

TEST_F(TarTest, SaysWhatCannotBeRead) {
  pack(folder_ / "a.tar", {{"1.jpg", std::string(2000, 'a')}, {"2.jpg", std::string(2000, 'b')}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "a.tar", {"pixels"}), "a.tar: has only the field 'image'; leave out fields");
  const std::string good = read(folder_ / "a.tar");
  write(folder_ / "cut.tar", good.substr(0, 4000));
  EXPECT_EQ(refusal(folder_ / "cut.tar"),
            "cut.tar: '2.jpg' has 2000 bytes at 3072, and the archive ends at 4000; is it cut short?");
  std::string broken = good;
  broken[2560] = 'X';
  write(folder_ / "broken.tar", broken);
  EXPECT_EQ(refusal(folder_ / "broken.tar"),
            "broken.tar: is no tar archive or is damaged: no header where one was expected at byte 2560");
  write(folder_ / "foreign.tar", std::string(600, 'z'));
  EXPECT_EQ(refusal(folder_ / "foreign.tar"),
            "foreign.tar: is no tar archive or is damaged: no header where one was expected at byte 0");
  pack(folder_ / "none.tar", {{"a.npy", "x"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "none.tar"), "none.tar: holds no images (.jpg, .jpeg or .png)");
  pack(folder_ / "label.tar", {{"a.cls", "1"}, {"b.jpg", "x"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "label.tar"), "label.tar: sample 'a' has no image (.jpg, .jpeg or .png)");
  pack(folder_ / "twice.tar", {{"a.jpg", "1"}, {"a.png", "x"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "twice.tar"), "twice.tar: sample 'a' has two images");
  pack(folder_ / "json.tar", {{"a.jpg", "1"}, {"a.json", "{"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "json.tar"), "json.tar: a.json: is not valid JSON");
  write(folder_ / "b.tar.gz", "\x1f\x8b");
  EXPECT_EQ(
      refusal(folder_ / "b.tar.gz"),
      "b.tar.gz: .tar.gz archives are compressed, which leaves no way to a single sample; unpack them to "
      ".tar");
}

}  // namespace
}  // namespace weft
