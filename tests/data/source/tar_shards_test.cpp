// Of data/source/compression.h, data/source/tar_members.h, data/source/read_shard.h,
// data/source/tar_shards.h: tar archives as GNU tar and Python's tarfile write them, and broken ones.
#include <sys/stat.h>

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
    const std::vector<std::byte> record = plain_record(source, sample, {});
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
  const auto matching = open(folder_ / "set/train-00[89].tar");
  ASSERT_EQ(matching->count(), 2);
  EXPECT_EQ(bytes_of_sample(*matching, 0), "image 8");
  EXPECT_EQ(matching->classes().size(), 2U) << "labels of all archives are numbered together";
  EXPECT_EQ(open(folder_ / "s?t/*.tar")->count(), 12);
  EXPECT_EQ(refusal(folder_ / "set/train-{010..012}.tar"),
            "set/train-012.tar: cannot be opened: No such file or directory");
}

TEST_F(TarTest, ClassIdsThatDoNotOccurAreSaid) {
  pack(folder_ / "a.tar", {{"1.jpg", "1"}, {"1.cls", "0"}, {"2.jpg", "2"}, {"2.cls", "50"}}, "ustar");
  EXPECT_EQ(open(folder_ / "a.tar")->remarks(),
            std::vector{(folder_ / "a.tar").string() + ": of 51 classes (ids from 0 to 50) only 2 occur"});
  pack(folder_ / "b.tar", {{"1.jpg", "1"}, {"1.cls", "0"}, {"2.jpg", "2"}, {"2.cls", "1"}}, "ustar");
  EXPECT_TRUE(open(folder_ / "b.tar")->remarks().empty());
}

TEST_F(TarTest, SaysWhatCannotBeRead) {
  pack(folder_ / "a.tar", {{"1.jpg", std::string(2000, 'a')}, {"2.jpg", std::string(2000, 'b')}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "a.tar", {"pixels"}),
            "a.tar: has only the field 'image'; leave out data.input and data.target, or --fields");
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
  EXPECT_EQ(refusal(folder_ / "none.tar"),
            "none.tar: holds no images (.jpg, .jpeg, .png, .webp or .bmp); it holds 1 .npy");
  pack(folder_ / "json.tar", {{"a.jpg", "1"}, {"a.json", "{"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "json.tar"), "json.tar: a.json: is not valid JSON");
  write(folder_ / "b.tar.gz", "\x1f\x8b");
  EXPECT_EQ(
      refusal(folder_ / "b.tar.gz"),
      "b.tar.gz: .tar.gz archives are compressed, which leaves no way to a single sample; unpack them to "
      ".tar");
}

TEST_F(TarTest, WhatIsCompressedUnderAnotherNameIsSaid) {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string>> marks{
      {"gzip", "\x1f\x8b\x08"},    {"compress", "\x1f\x9d"}, {"bzip2", "BZh9"},
      {"xz", "\xfd\x37zXZ\0"s},    {"lzma", "\x5d\0\0"s},    {"zstd", "\x28\xb5\x2f\xfd"},
      {"lz4", "\x04\x22\x4d\x18"}, {"zip", "PK\x03\x04"},    {"7-Zip", "7z\xbc\xaf\x27\x1c"},
      {"lzip", "LZIP\1"},
  };
  for (const auto& [name, mark] : marks) {
    for (const size_t rest : {10, 3000}) {
      write(folder_ / "a.tar", mark + std::string(rest, 'x'));
      EXPECT_EQ(refusal(folder_ / "a.tar"),
                "a.tar: is compressed by " + name +
                    ", whatever its name says, which leaves no way to a single sample; unpack it to a .tar");
    }
  }
  // A member may have such a name.
  pack(folder_ / "b.tar", {{"BZh9.jpg", "x"}, {"BZh9.cls", "1"}}, "ustar");
  EXPECT_EQ(open(folder_ / "b.tar")->count(), 1);
}

TEST_F(TarTest, LabelsThatDoNotLieNextToTheirImagesAreSaid) {
  const auto said = [](const std::string& label, const std::string& image, int count) {
    return fmt::format(
        "{} is no neighbour of {}, whose label it seems to be, and is not read ({} such labels); the files "
        "of a sample lie next to each other in a tar and have one key, as 0001.jpg and 0001.cls",
        label, image, count);
  };
  pack(folder_ / "a.tar", {{"1.png", "x"}, {"2.png", "x"}, {"1.cls", "1"}, {"2.cls", "0"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "a.tar"), "a.tar: " + said("1.cls", "1.png", 2));
  pack(folder_ / "b.tar",
       {{"1.json", R"({"label": 1})"}, {"2.json", R"({"a": 1})"}, {"1.png", "x"}, {"2.png", "x"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "b.tar"), "b.tar: " + said("1.json", "1.png", 1));
  pack(folder_ / "c.tar", {{"images/1.png", "x"}, {"labels/1.txt", "1"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "c.tar"), "c.tar: " + said("labels/1.txt", "images/1.png", 1));
  pack(folder_ / "d.tar", {{"a/1.png", "x"}, {"b/1.png", "x"}, {"b/1.cls", "1"}, {"a/1.cls", "1"}}, "ustar");
  EXPECT_EQ(open(folder_ / "d.tar")->label(1), 1);
  pack(folder_ / "e.tar", {{"a/1.png", "x"}, {"b/1.png", "x"}, {"a/1.cls", "1"}, {"b/1.cls", "1"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "e.tar"), "e.tar: " + said("a/1.cls", "a/1.png", 2));
  pack(folder_ / "set/images.tar", {{"1.png", "x"}}, "ustar");
  pack(folder_ / "set/labels.tar", {{"1.cls", "1"}, {"2.cls", "1"}, {"3.cls", "1"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "set"), "set/labels.tar: " + said("1.cls", "1.png", 1));
  pack(folder_ / "some.tar", {{"1.png", "x"}, {"1.cls", "1"}, {"2.png", "x"}, {"3.png", "x"}, {"2.cls", "0"}},
       "ustar");
  const auto some = open(folder_ / "some.tar");
  EXPECT_EQ(some->label(1), -1);
  EXPECT_EQ(some->remarks()[1], (folder_ / "some.tar").string() + ": " + said("2.cls", "2.png", 1));
  pack(folder_ / "none.tar", {{"1.png", "x"}, {"README.txt", "of images"}}, "ustar");
  EXPECT_EQ(open(folder_ / "none.tar")->count(), 1) << "a text is no label of another image";
}

TEST_F(TarTest, NumbersAmongWhichIsANameAreSaidToBeNames) {
  pack(folder_ / "a.tar", {{"1.png", "x"}, {"1.cls", "10"}, {"2.png", "x"}, {"2.cls", "n/a"}}, "ustar");
  const auto source = open(folder_ / "a.tar");
  EXPECT_EQ(source->classes().size(), 2U);
  const std::string path = (folder_ / "a.tar").string();
  EXPECT_EQ(source->remarks(),
            std::vector{path + ": 2.png: its label 'n/a' is no number, so all labels are names, in the order "
                               "of their text: 1 of 2 labels are numbers"});
}

TEST_F(TarTest, AnArchiveThatEndsEarlyIsSaidOrRefused) {
  const fs::path path = folder_ / "a.tar";
  pack(path, {{"1.jpg", std::string(2000, 'a')}, {"2.jpg", std::string(2000, 'b')}},
       "ustar --blocking-factor=1");
  const std::string whole = read(path);  // 2560 bytes a member, and 1024 of zeros
  ASSERT_EQ(whole.size(), 6144U);
  EXPECT_TRUE(open(path)->remarks().empty());
  const auto remark = [&](const std::string& bytes, int64_t samples) {
    write(path, bytes);
    const auto source = open(path);
    EXPECT_EQ(source->count(), samples);
    return source->remarks().empty() ? "" : source->remarks()[0].substr(folder_.string().size() + 1);
  };
  const std::string no_end = "a.tar: has no end mark after its last member; is it cut short?";
  EXPECT_EQ(remark(whole.substr(0, 5120), 2), no_end);
  EXPECT_EQ(remark(whole.substr(0, 2560), 1), no_end);
  EXPECT_EQ(remark(whole.substr(0, 5100), 2), no_end);  // in the padding of the last member
  EXPECT_EQ(remark(whole.substr(0, 5632), 2),
            "a.tar: has half an end mark after its last member; is it cut short?");
  EXPECT_EQ(remark(whole.substr(0, 2560) + std::string(3584, '\0'), 1),
            "a.tar: its last 3584 bytes are zeros, more than an archive is padded with; is it cut short?");
  write(path, whole.substr(0, 2560 + 300));
  EXPECT_EQ(refusal(path), "a.tar: ends at byte 2860, 300 bytes after a header began; is it cut short?");
  // Padded as GNU tar does by default.
  EXPECT_EQ(remark(whole + std::string(10240 - 6144, '\0'), 2), "");
}

TEST_F(TarTest, JoinedArchivesAreReadOn) {
  pack(folder_ / "a.tar", {{"1.jpg", "a"}, {"1.cls", "0"}}, "ustar");
  pack(folder_ / "b.tar", {{"2.jpg", "b"}, {"2.cls", "1"}}, "gnu");
  const std::string a = read(folder_ / "a.tar");
  const std::string b = read(folder_ / "b.tar");
  write(folder_ / "ab.tar", a + b + a);
  const auto source = open(folder_ / "ab.tar");
  ASSERT_EQ(source->count(), 3);
  EXPECT_EQ(bytes_of_sample(*source, 1), "b");
  EXPECT_EQ(source->remarks()[0], (folder_ / "ab.tar").string() + ": is 3 archives joined; all are read");
  write(folder_ / "garbage.tar", a + std::string(1024, 'x'));
  EXPECT_EQ(refusal(folder_ / "garbage.tar"),
            "garbage.tar: is no tar archive or is damaged: no header where one was expected at byte 10240");
  write(folder_ / "rest.tar", a + "rest");
  EXPECT_EQ(refusal(folder_ / "rest.tar"),
            "rest.tar: is no tar archive or is damaged: no header where one was expected at byte 10240");
  // A hole of zeros in the middle.
  std::string holed = a + b;
  holed.replace(10240, 512, std::string(512, '\0'));
  write(folder_ / "holed.tar", holed);
  EXPECT_EQ(refusal(folder_ / "holed.tar"),
            "holed.tar: is no tar archive or is damaged: no header where one was expected at byte 10752");
}

TEST_F(TarTest, MembersThatAreNoFilesAreCounted) {
  const fs::path tree = folder_ / "tree";
  for (const char* name : {"d/1.jpg", "d/2.jpg", "d/3.jpg", "d/4.jpg"}) write(tree / name, "x");
  for (const char* name : {"d/5.jpg", "d/6.jpg", "d/8.jpg"}) fs::create_symlink("1.jpg", tree / name);
  ASSERT_EQ(::mkfifo((tree / "d/7.jpg").c_str(), 0600), 0);
  fs::resize_file(tree / "d/4.jpg", 20 << 20);  // a hole, which --sparse leaves out
  for (const std::string format : {"gnu", "pax"}) {
    const fs::path archive = folder_ / (format + ".tar");
    const std::string command = fmt::format("tar --format={} --sort=name --sparse -C '{}' -cf '{}' d", format,
                                            tree.string(), archive.string());
    ASSERT_EQ(std::system(command.c_str()), 0);
    EXPECT_EQ(refusal(archive), format +
                                    ".tar: left out would be 3 symbolic links, 1 pipe, socket or device, 1 "
                                    "sparse file, which is more "
                                    "than the 3 samples; convert them, or take them away");
  }
  for (const char* name : {"d/5.jpg", "d/7.jpg"}) fs::remove(tree / name);
  const std::string command = fmt::format("tar --sort=name -C '{}' -cf '{}' --sparse d", tree.string(),
                                          (folder_ / "some.tar").string());
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto source = open(folder_ / "some.tar");
  EXPECT_EQ(source->count(), 3);
  EXPECT_EQ(source->remarks()[0],
            (folder_ / "some.tar").string() + ": 3 files left out: 2 symbolic links, 1 sparse file");
}

// GNU tar writes the second name of a file as a link to the first; long names come in headers of their own.
TEST_F(TarTest, HardLinksHaveTheContentsOfWhatTheyName) {
  const fs::path tree = folder_ / "tree";
  for (const std::string format : {"v7", "ustar", "gnu", "pax"}) {
    const bool is_long = format == "gnu" || format == "pax";
    const std::string name = (is_long ? std::string(150, 'n') : "") + "1";
    fs::remove_all(tree);
    write(tree / (name + ".jpg"), "picture");
    write(tree / (name + ".cls"), "1");
    write(tree / "5.jpg", "other");
    write(tree / "5.cls", "0");
    for (const std::string ending : {".jpg", ".cls"}) {
      fs::create_hard_link(tree / (name + ending), tree / ("2" + ending));
      fs::create_hard_link(tree / (name + ending), tree / ("3" + ending));
    }
    const fs::path archive = folder_ / (format + ".tar");
    const std::string command =
        fmt::format("cd '{}' && tar --format={} -cf '{}' {}.jpg {}.cls 5.jpg 5.cls 2.jpg 2.cls 3.jpg 3.cls",
                    tree.string(), format, archive.string(), name, name);
    ASSERT_EQ(std::system(command.c_str()), 0);
    const auto source = open(archive);
    ASSERT_EQ(source->count(), 4) << format;
    for (const auto& [sample, label] : {std::pair{0, 1}, {1, 0}, {2, 1}, {3, 1}}) {
      EXPECT_EQ(bytes_of_sample(*source, sample), label == 1 ? "picture" : "other") << format;
      EXPECT_EQ(source->label(sample), label) << format;
    }
    EXPECT_EQ(source->name(3), archive.string() + ": 3.jpg");
    EXPECT_TRUE(source->remarks().empty());
  }
  // Some writers name one of both from the folder itself on.
  fs::create_hard_link(tree / "5.jpg", tree / "7.jpg");
  const std::string dotted =
      fmt::format("cd '{}' && tar -cf '{}' --transform 's,^\\./,,RS' ./5.jpg ./5.cls ./7.jpg", tree.string(),
                  (folder_ / "dotted.tar").string());
  ASSERT_EQ(std::system(dotted.c_str()), 0);
  EXPECT_EQ(bytes_of_sample(*open(folder_ / "dotted.tar"), 1), "other");
  // What it named was cut off.
  const std::string bytes = read(folder_ / "ustar.tar");
  write(folder_ / "rest.tar", bytes.substr(2048));
  EXPECT_EQ(
      refusal(folder_ / "rest.tar"),
      "rest.tar: left out would be 4 dangling hard links, which is more than the 1 sample; convert them, or "
      "take them away");
}

TEST_F(TarTest, AKeyWithTwoImagesOrABadLabelCondemnsNoOther) {
  pack(folder_ / "a.tar",
       {{"1.left.jpg", "l"},
        {"1.right.jpg", "r"},
        {"1.cls", "1"},
        {"2.jpg", "x"},
        {"2.json", "{"},
        {"3.jpg", "x"},
        {"3.json", R"({"label": [0, 1]})"},
        {"4.jpg", "x"},
        {"4.cls", "0"}},
       "ustar");
  const auto source = open(folder_ / "a.tar");
  ASSERT_EQ(source->count(), 4);
  EXPECT_EQ(bytes_of_sample(*source, 0), "l");
  for (const auto& [sample, label] : {std::pair{0, 1}, {1, -1}, {2, -1}, {3, 0}}) {
    EXPECT_EQ(source->label(sample), label) << sample;
  }
  const std::string path = (folder_ / "a.tar").string();
  EXPECT_EQ(source->remarks(),
            (std::vector{path + ": 1 file left out: 1 second image", path + ": 2.json: is not valid JSON",
                         path + ": 3.json: its \"label\" is [0,1], expected a number or a name",
                         path + ": 2 of 4 images have no label"}));
  std::vector<std::pair<std::string, std::string>> many{{"x.jpg", "x"}, {"x.cls", "0"}};
  for (int i = 0; i < 7; ++i) {
    many.emplace_back(fmt::format("{}.jpg", i), "x");
    many.emplace_back(fmt::format("{}.json", i), "[");
  }
  pack(folder_ / "many.tar", many, "ustar");
  EXPECT_EQ(open(folder_ / "many.tar")->remarks()[5],
            (folder_ / "many.tar").string() + ": 2 more such sentences about its labels");
}

TEST_F(TarTest, LabelsThatSayDifferentThingsOrAreNoTextAreSaid) {
  using namespace std::string_literals;
  pack(folder_ / "a.tar",
       {{"1.jpg", "x"},
        {"1.cls", "3"},
        {"1.json", R"({"label": 3.0})"},
        {"2.jpg", "x"},
        {"2.json", R"({"label": 5})"},
        {"2.cls", "1"},
        {"3.jpg", "x"},
        {"3.cls", "2"},
        {"3.json", R"({"label": "cat"})"},
        {"3.txt", "a picture of a cat"},
        {"4.jpg", "x"},
        {"4.cls", "\xff\xfe\x31\0"s},
        {"5.jpg", "x"},
        {"5.cls", "\2\0\0\0"s}},
       "ustar");
  const auto source = open(folder_ / "a.tar");
  for (const auto& [sample, label] : {std::pair{0, 3}, {1, 1}, {2, 2}, {3, -1}, {4, -1}}) {
    EXPECT_EQ(source->label(sample), label) << sample;
  }
  const std::string path = (folder_ / "a.tar").string();
  const std::vector<std::string> said = source->remarks();
  ASSERT_GE(said.size(), 3U);
  EXPECT_EQ(said[0], path + ": 2.json says '5' and 2.cls says '1'");
  EXPECT_EQ(said[1], path + ": 4.cls: is no UTF-8 text, expected a number or a name");
  EXPECT_EQ(said[2], path + ": 5.cls: is no UTF-8 text, expected a number or a name");
}

TEST_F(TarTest, KeysWithoutAnImageAreLeftOut) {
  pack(folder_ / "a.tar",
       {{"1.jpg", "x"},
        {"1.cls", "1"},
        {"1.npy", "x"},
        {"2.cls", "1"},
        {"3.txt", "x"},
        {"list", "x"},
        {"4.jpg", "x"},
        {"4.cls", "0"}},
       "ustar");
  const auto source = open(folder_ / "a.tar");
  EXPECT_EQ(source->count(), 2);
  EXPECT_EQ(source->label(1), 0);
  EXPECT_EQ(source->remarks()[0],
            (folder_ / "a.tar").string() +
                ": 4 files left out, such as 2.cls: 1 .cls, 1 .npy, 1 .txt, 1 without an ending");
  pack(folder_ / "b.tar", {{"a.gif", "x"}, {"a.cls", "1"}, {"b.jpg", "x"}, {"b.cls", "1"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "b.tar").substr(0, 42), "b.tar: left out would be 1 .cls, 1 .gif, w");
}

TEST_F(TarTest, LabelsAreReadInTheirForms) {
  pack(folder_ / "a.tar",
       {{"1.JPG", "x"},
        {"1.CLS", "2"},
        {"2.jpg", "x"},
        {"2.json", R"({"label": 1.0})"},
        {"3.webp", "x"},
        {"3.Txt", "0"},
        {"4.bmp", "x"}},
       "ustar");
  const auto source = open(folder_ / "a.tar");
  ASSERT_EQ(source->count(), 4);
  EXPECT_EQ(source->label(0), 2);
  EXPECT_EQ(source->label(1), 1);
  EXPECT_EQ(source->label(2), 0);
  EXPECT_EQ(source->label(3), -1);
  EXPECT_EQ(source->remarks()[0], (folder_ / "a.tar").string() + ": 1 of 4 images have no label");
  pack(folder_ / "json.tar",
       {{"1.jpg", "x"},
        {"1.json", R"({"label": [1]})"},
        {"2.jpg", "x"},
        {"2.json", R"({"label": true})"},
        {"3.jpg", "x"},
        {"3.json", R"({"label": null})"},
        {"4.jpg", "x"},
        {"4.cls",
         "\xef\xbb\xbf"
         "0\r\n"}},
       "ustar");
  const auto forms = open(folder_ / "json.tar");
  for (const auto& [sample, label] : {std::pair{0, 1}, {1, 1}, {2, -1}, {3, 0}}) {
    EXPECT_EQ(forms->label(sample), label) << sample;
  }
  pack(folder_ / "hot.tar", {{"1.jpg", "x"}, {"1.json", R"({"label": [0, 1]})"}}, "ustar");
  EXPECT_EQ(refusal(folder_ / "hot.tar"),
            "hot.tar: 1.json: its \"label\" is [0,1], expected a number or a name");
  pack(folder_ / "b.tar", {{"1.jpg", "x"}, {"1.cls", "0"}, {"2.jpg", "x"}, {"2.json", R"({"label": -1})"}},
       "ustar");
  EXPECT_EQ(refusal(folder_ / "b.tar"),
            "b.tar: 2.jpg: its label is -1, expected a class id from 0 to 999999, or a name");
}

TEST_F(TarTest, WhatLiesBesideArchivesIsSaid) {
  for (int i = 0; i < 7; ++i) {
    pack(folder_ / fmt::format("set/{}.tar", i), {{"1.jpg", "x"}}, "ustar");
    write(folder_ / fmt::format("set/{}.tar", i),
          read(folder_ / fmt::format("set/{}.tar", i)).substr(0, 1024));
  }
  write(folder_ / "set/list.csv", "x");
  fs::create_directories(folder_ / "set/old/older");
  const std::string set = (folder_ / "set").string();
  const std::vector<std::string> remarks = open(folder_ / "set")->remarks();
  ASSERT_EQ(remarks.size(), 8U);
  EXPECT_EQ(remarks[0], set + ": 1 file left out, list.csv: 1 .csv");
  EXPECT_EQ(remarks[5], set + "/4.tar: has no end mark after its last member; is it cut short?");
  EXPECT_EQ(remarks[6], set + ": 2 more such sentences about its archives");
  EXPECT_EQ(remarks[7], set + ": folders beside the archives are not read: 1, such as old");
}

}  // namespace
}  // namespace weft
