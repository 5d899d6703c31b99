// Of data/source/numpy_header.h, data/source/zip_directory.h: NumPy files: those that numpy itself wrote
// (make_numpy_goldens.py), and broken ones.
#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using NumpyTest = SourceTest;
const fs::path kGoldens = fs::path(WEFT_SOURCE_DIR) / "tests/data/source/golden";

/// The golden arrays hold (i * 5) mod 120, their types' sign permitting minus 20.
std::vector<double> expected_values(int64_t count, bool is_signed) {
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(static_cast<double>(i * 5 % 120 - (is_signed ? 20 : 0)));
  return values;
}

TEST_F(NumpyTest, EveryTypeAndByteOrderReadsAsNumpyWroteIt) {
  const std::vector<std::pair<std::string, DType>> types{
      {"f2", DType::f32}, {"f4", DType::f32}, {"f8", DType::f64}, {"i1", DType::f32},
      {"i2", DType::f32}, {"i4", DType::i32}, {"i8", DType::i64}, {"u1", DType::u8},
      {"u2", DType::f32}, {"u4", DType::i64}, {"u8", DType::i64}};
  const Dims shape{3, 4, 2};
  std::mt19937 random(1);
  for (const auto& [type, dtype] : types) {
    for (const char* order : {"le", "be"}) {
      const auto source = open(kGoldens / fmt::format("{}_{}.npy", type, order));
      ASSERT_EQ(source->count(), 3) << type;
      ASSERT_EQ(source->fields()[0].type, (TensorType{dtype, {4, 2}})) << type;
      const std::vector<double> whole = expected_values(24, type[0] != 'u');
      for (int trial = 0; trial < 12; ++trial) {
        const int64_t sample = trial % 3;
        const Region part = trial < 3 ? Region::all({4, 2}) : random_part({4, 2}, random);
        Region box = part;
        box.ranges.insert(box.ranges.begin(), {sample, sample + 1});
        EXPECT_EQ(values_of(*source, sample, std::vector{part})[0], index_box(whole, shape, box)) << type;
      }
    }
  }
}

TEST_F(NumpyTest, ReadsHalvesOfEveryKind) {
  const auto source = open(kGoldens / "halves.npy");
  std::vector<double> values;
  for (int64_t i = 0; i < source->count(); ++i)
    values.push_back(values_of(*source, i, whole_of(*source))[0][0]);
  EXPECT_EQ(std::vector<double>(values.begin(), values.end() - 1),
            (std::vector<double>{0, -0.0, 0x1p-24, -0x3p-24, 0x1p-14, 65504, -1.5, INFINITY}));
  EXPECT_TRUE(std::isnan(values.back()));
}

TEST_F(NumpyTest, ReadsArchivesAndFolders) {
  const auto archive = open(kGoldens / "two.npz");
  ASSERT_EQ(archive->count(), 3);
  EXPECT_EQ(archive->fields()[0].name, "x");
  EXPECT_EQ(archive->fields()[1].name, "y");
  const auto values = values_of(*archive, 1, whole_of(*archive));
  EXPECT_EQ(values[0], (std::vector<double>{20, 25, 30, 35}));
  EXPECT_EQ(values[1], (std::vector<double>{1}));
  for (int i = 0; i < 3; ++i) fs::create_directories(folder_ / "set");
  fs::copy(kGoldens / "i4_le.npy", folder_ / "set/b.npy");
  fs::copy(kGoldens / "i4_le.npy", folder_ / "set/a.npy");
  const auto folder = open(folder_ / "set");
  ASSERT_EQ(folder->count(), 2);
  EXPECT_EQ(folder->name(0), (folder_ / "set/a.npy").string());
  EXPECT_EQ(values_of(*folder, 1, whole_of(*folder))[0], expected_values(24, true));
  fs::copy(kGoldens / "i4_be.npy", folder_ / "set/c.npy");
  EXPECT_EQ(refusal(folder_ / "set"),
            "set/c.npy: is i32 [3, 4, 2], and a.npy is i32 [3, 4, 2]; samples must be alike");
}

// Strings, objects and records beside x and y: only what is read matters.
TEST_F(NumpyTest, AnArrayThatNobodyAskedForIsPassedOver) {
  const std::string bytes = read(kGoldens / "two.npz");
  const std::string numbers = "'descr': '<f4'";
  ASSERT_NE(bytes.find(numbers), std::string::npos);
  for (const std::string_view other : {"'descr': '|O8'", "'descr': '|S9'", "'descr': [('a'"}) {
    std::string changed = bytes;
    changed.replace(changed.find(numbers), numbers.size(), other);
    write(folder_ / "some.npz", changed);
    const auto source = open(folder_ / "some.npz");
    EXPECT_EQ(source->fields().size(), 1U) << other;
    ASSERT_EQ(source->remarks().size(), 1U) << other;
    EXPECT_NE(source->remarks()[0].find("some.npz: 'x' is left out: it has "), std::string::npos)
        << source->remarks()[0];
  }
  std::string damaged = bytes;
  damaged.replace(damaged.find("\x93NUMPY"), 6, "NUMPY?");
  write(folder_ / "damaged.npz", damaged);
  EXPECT_EQ(open(folder_ / "damaged.npz", {"y"})->count(), 3);
  EXPECT_EQ(refusal(folder_ / "damaged.npz", {"x"}),
            "damaged.npz: 'x' is damaged: is no .npy file (it does not start with \\x93NUMPY)");
  // Compressed or encrypted: as the directory has it.
  for (const auto& [at, problem] : {std::pair{10, "is compressed"}, std::pair{8, "is encrypted"}}) {
    std::string changed = bytes;
    changed[changed.rfind("PK\x01\x02") + static_cast<size_t>(at)] |= 1;
    write(folder_ / "one.npz", changed);
    EXPECT_EQ(open(folder_ / "one.npz", {"x"})->count(), 3);
    EXPECT_NE(refusal(folder_ / "one.npz", {"x", "y"}).find(std::string("one.npz: 'y' ") + problem),
              std::string::npos);
  }
  const std::string said = refusal(folder_ / "some.npz", {open(kGoldens / "two.npz")->fields()[0].name});
  EXPECT_NE(said.find("has records of several fields, expected numbers"), std::string::npos) << said;
}

TEST_F(NumpyTest, SaysWhatCannotBeRead) {
  const auto say = [&](const char* golden) {
    const std::string message = message_of([&] { open(kGoldens / golden); });
    return message.substr(std::min(message.size(), kGoldens.string().size() + 1));
  };
  EXPECT_EQ(say("fortran.npy"),
            "fortran.npy: is stored in Fortran order, in which samples are not together; save it with "
            "numpy.ascontiguousarray");
  EXPECT_EQ(say("complex.npy"),
            "complex.npy: has elements of type '<c8', expected integers or floating point");
  EXPECT_EQ(say("records.npy"), "records.npy: has records of several fields, expected numbers");
  EXPECT_EQ(say("scalar.npy"), "scalar.npy: is one number, expected an array of samples");
  EXPECT_EQ(say("compressed.npz"),
            "compressed.npz: 'x' is compressed; save it with numpy.savez, not savez_compressed");
  const std::string good = read(kGoldens / "i4_le.npy");
  write(folder_ / "cut.npy", good.substr(0, good.size() - 1));
  EXPECT_EQ(
      refusal(folder_ / "cut.npy"),
      "cut.npy: an array of i32 elements [3, 4, 2] does not fit into its 95 bytes; is the file cut short?");
  write(folder_ / "head.npy", good.substr(0, 60));
  EXPECT_EQ(refusal(folder_ / "head.npy"),
            "head.npy: a header of 118 bytes does not fit; is the file cut short?");
  write(folder_ / "tiny.npy", good.substr(0, 9));
  EXPECT_EQ(refusal(folder_ / "tiny.npy"), "tiny.npy: 9 bytes are too few for a .npy file");
  std::string second = good.substr(0, 11);
  second[6] = 2;  // whose header's length takes four bytes
  write(folder_ / "second.npy", second);
  EXPECT_EQ(refusal(folder_ / "second.npy"), "second.npy: 11 bytes are too few for a .npy file");
  write(folder_ / "foreign.npy", "this is text");
  EXPECT_EQ(refusal(folder_ / "foreign.npy"),
            "foreign.npy: is no .npy file (it does not start with \\x93NUMPY)");
  std::string version = good;
  version[6] = 9;
  write(folder_ / "new.npy", version);
  EXPECT_EQ(refusal(folder_ / "new.npy"), "new.npy: is .npy of version 9, expected 1 to 3");
  std::string header = good;
  header[10] = '[';
  write(folder_ / "list.npy", header);
  EXPECT_EQ(refusal(folder_ / "list.npy"), "list.npy: the header is not one of numpy's");
  write(folder_ / "good.npy", good);
  EXPECT_EQ(
      refusal(folder_ / "good.npy", {"x"}),
      "good.npy: a .npy file holds one array; numpy.savez(\"both.npz\", x=x, y=y) saves several with their "
      "names");
  const std::string archive = read(kGoldens / "two.npz");
  std::string secret = archive;
  secret[archive.rfind("PK\x01\x02") + 8] |= 1;
  write(folder_ / "secret.npz", secret);
  EXPECT_EQ(refusal(folder_ / "secret.npz", {"y"}), "secret.npz: 'y' is encrypted");
  write(folder_ / "cut.npz", archive.substr(0, archive.size() - 30));
  EXPECT_EQ(refusal(folder_ / "cut.npz"),
            "cut.npz: is no ZIP archive, or cut short: it has no directory at its end");
}

TEST_F(NumpyTest, ABrokenDirectoryOfAnArchiveIsSaid) {
  const std::string archive = read(kGoldens / "two.npz");
  const size_t entry = archive.rfind("PK\x01\x02");  // of the directory
  const size_t end = archive.rfind("PK\x05\x06");
  ASSERT_LT(entry, end);
  const auto with = [&](size_t at, std::string_view bytes) {
    std::string changed = archive;
    write(folder_ / "two.npz", changed.replace(at, bytes.size(), bytes));
    return refusal(folder_ / "two.npz");
  };
  EXPECT_EQ(with(0, "PK"), "");
  const std::string expected = "two.npz: the archive's directory is broken; is the file cut short?";
  EXPECT_EQ(with(entry, "XK"), expected) << "an entry's mark";
  EXPECT_EQ(with(entry + 28, "\xff"), expected) << "a name longer than the directory";
  EXPECT_EQ(with(entry + 20, "\xff\xff\xff\x7f"), expected) << "a member longer than the file";
  EXPECT_EQ(with(entry + 42, "\1"), expected) << "a place where no member begins";
  EXPECT_EQ(with(end + 16, "\xff\xff\xff\x7f"), expected) << "a directory beyond the file";
  EXPECT_EQ(with(end + 16, "\xff\xff\xff\xff"), expected) << "one of 64 bits, whose record is not there";
}

}  // namespace
}  // namespace weft
