#include "weft/store/safetensors.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include "weft/base/check.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class Safetensors : public testing::Test {
 protected:
  Safetensors() : folder_(fs::path(testing::TempDir()) / ("safetensors-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Safetensors() override { fs::remove_all(folder_); }
  fs::path file() const { return folder_ / "t.safetensors"; }
  fs::path folder_;
};

template <class T>
View view_of(std::vector<T>& values, Dims shape) {
  return {reinterpret_cast<std::byte*>(values.data()), {DTypeOf<T>::value, std::move(shape)}};
}

std::string with_header(const std::string& json, size_t data_bytes) {
  const uint64_t length = json.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + json + std::string(data_bytes, 'x');
}

SafetensorsHeader parse(const std::string& file) {
  return parse_safetensors(std::as_bytes(std::span(file.data(), file.size())), "f");
}

std::string error_of(const std::string& file) {
  try {
    parse(file);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets +
         "}";
}

std::string read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(Safetensors, WhatIsWrittenIsReadBackInEveryDtypeAndOddShapes) {
  std::vector<uint8_t> u8 = {1, 2, 3};
  std::vector<BFloat16> bf16 = {BFloat16(1.5f)};
  std::vector<float> f32(15);
  std::iota(f32.begin(), f32.end(), 0.5f);
  std::vector<double> f64 = {3.25};
  std::vector<int32_t> i32 = {-7, 8, 9};
  std::vector<int64_t> i64 = {int64_t{1} << 60};
  std::vector<float> none;
  const std::vector<NamedView> tensors = {{"u8", view_of(u8, {3})},       {"bf16", view_of(bf16, {1, 1})},
                                          {"f32", view_of(f32, {3, 5})},  {"f64", view_of(f64, {})},
                                          {"i32", view_of(i32, {3, 1})},  {"i64", view_of(i64, {1})},
                                          {"none", view_of(none, {0, 7})}};
  const WrittenFile written = write_safetensors(file(), tensors, {{"format", "weft"}});
  EXPECT_EQ(written.bytes, static_cast<int64_t>(fs::file_size(file())));

  const SafetensorsFile in(file());
  EXPECT_EQ(in.metadata().at("format"), "weft");
  ASSERT_EQ(in.entries().size(), tensors.size());
  for (const NamedView& tensor : tensors) {
    const View got = in.view(tensor.name);
    EXPECT_EQ(got.type, tensor.view.type) << tensor.name;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(got.data) % static_cast<uintptr_t>(bytes_of(got.type.dtype)), 0u);
    if (got.bytes() > 0) {
      EXPECT_EQ(std::memcmp(got.data, tensor.view.data, static_cast<size_t>(got.bytes())), 0);
      // Zero-copy: a well-placed tensor's view lies in the mapped file.
      EXPECT_GE(got.data, in.bytes().data());
      EXPECT_LE(got.data + got.bytes(), in.bytes().data() + in.bytes().size());
    }
  }
}

TEST_F(Safetensors, PackedBitsAreBytesInTheFileAndPackedAgainWhenRead) {
  // 11 of them, with ones behind the last.
  std::vector<std::byte> bits = {std::byte{0b1010'0110}, std::byte{0b1111'1011}};
  std::vector<std::byte> many(5000, std::byte{0x5a});
  std::vector<float> f32 = {0.5f};
  const std::vector<NamedView> tensors = {{"bits", {bits.data(), {DType::bit, {11}}}},
                                          {"many", {many.data(), {DType::bit, {40'000}}}},
                                          {"f32", view_of(f32, {1})}};
  write_safetensors(file(), tensors);
  const std::string bytes = read_all(file());
  EXPECT_NE(bytes.find("\"bits\":{\"data_offsets\":[4,15],\"dtype\":\"BOOL\",\"shape\":[11]}"),
            std::string::npos)
      << bytes.substr(0, 300);
  EXPECT_EQ(bytes.substr(bytes.size() - 40'011, 11), std::string("\0\1\1\0\0\1\0\1\1\1\0", 11));
  const SafetensorsFile in(file());
  EXPECT_EQ(in.view("bits").type, (TensorType{DType::bit, {11}}));
  EXPECT_EQ(in.view("bits").data[0], bits[0]);
  EXPECT_EQ(in.view("bits").data[1], std::byte{0b011});
  ASSERT_EQ(in.view("many").bytes(), 5000);
  EXPECT_EQ(std::memcmp(in.view("many").data, many.data(), 5000), 0);
  EXPECT_EQ(*in.view("f32").as<float>(), 0.5f);
}

TEST_F(Safetensors, HeaderIsPaddedToEightBytesWithSpaces) {
  std::vector<float> values = {1, 2, 3};
  for (const std::string name : {"a", "ab", "abc", "abcd", "abcde"}) {
    const std::vector<NamedView> tensors = {{name, view_of(values, {3})}};
    write_safetensors(file(), tensors);
    const std::string bytes = read_all(file());
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    EXPECT_EQ(length % 8, 0u);
    EXPECT_EQ(bytes.size(), 8 + length + 12);
    const size_t close = bytes.rfind('}', 7 + length);
    EXPECT_EQ(bytes.substr(close + 1, 8 + length - close - 1), std::string(8 + length - close - 1, ' '));
  }
}

TEST_F(Safetensors, LargeTensorsPassTheWriteBufferUnchanged) {
  std::vector<int64_t> large((size_t{20} << 20) / 8 + 3);
  std::iota(large.begin(), large.end(), int64_t{0});
  std::vector<uint8_t> small = {9};
  const std::vector<NamedView> tensors = {{"small", view_of(small, {1})},
                                          {"large", view_of(large, {static_cast<int64_t>(large.size())})}};
  write_safetensors(file(), tensors);
  const SafetensorsFile in(file());
  EXPECT_EQ(std::memcmp(in.view("large").data, large.data(), large.size() * 8), 0);
  EXPECT_EQ(*in.view("small").as<uint8_t>(), 9);
}

TEST_F(Safetensors, MisplacedTensorOfAForeignFileIsCopiedToAlignedMemory) {
  const std::string json =
      "{" + entry("b", "U8", "[3]", "[0,3]") + "," + entry("f", "F32", "[2]", "[3,11]") + "}";
  std::string bytes = with_header(json + std::string((8 - json.size() % 8) % 8, ' '), 11);
  const float values[2] = {1.5f, -2.5f};
  std::memcpy(bytes.data() + bytes.size() - 8, values, 8);
  std::ofstream(file(), std::ios::binary) << bytes;
  const SafetensorsFile in(file());
  const View view = in.view("f");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(view.data) % 4, 0u);
  EXPECT_EQ(view.as<float>()[0], 1.5f);
  EXPECT_EQ(view.as<float>()[1], -2.5f);
}

TEST_F(Safetensors, FileWithoutTensorsIsValid) {
  write_safetensors(file(), {});
  EXPECT_TRUE(SafetensorsFile(file()).entries().empty());
}

TEST_F(Safetensors, UnknownTensorAndUnreadableFilesAreNamed) {
  write_safetensors(file(), {});
  try {
    SafetensorsFile(file()).view("w");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()), file().string() + ": holds no tensor 'w'");
  }
  EXPECT_THROW(SafetensorsFile(folder_ / "absent"), UserError);
  try {
    SafetensorsFile{folder_};
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              folder_.string() + ": not a regular file, expected a safetensors file");
  }
  std::ofstream(folder_ / "empty").close();
  EXPECT_THROW(SafetensorsFile(folder_ / "empty"), UserError);
}

TEST_F(Safetensors, HeaderLengthIsChecked) {
  EXPECT_EQ(error_of("12345"),
            "f: 5 bytes are too few for a safetensors file, which starts with 8 bytes of header length");
  EXPECT_NE(error_of(std::string(8, '\xff')).find("; is this a safetensors file?"), std::string::npos);
  EXPECT_NE(error_of(std::string(8, '\xff')).find("a header of 18446744073709551615 bytes, expected at most"),
            std::string::npos);
  const std::string whole = with_header("{}", 0);
  EXPECT_EQ(error_of(whole.substr(0, 9)),
            "f: a header of 2 bytes does not fit into the file's 9 bytes; is it cut short?");
}

TEST_F(Safetensors, MalformedJsonIsRefused) {
  EXPECT_NE(error_of(with_header("{\"a\":", 0)).find("f: the header is not valid JSON"), std::string::npos);
  EXPECT_EQ(error_of(with_header("[]", 0)), "f: the header is a JSON array, expected an object");
  EXPECT_EQ(error_of(with_header(
                "{" + entry("a", "U8", "[1]", "[0,1]") + "," + entry("a", "U8", "[1]", "[1,2]") + "}", 2)),
            "f: 'a' stands twice in the header");
  EXPECT_EQ(error_of(with_header(std::string(50, '[') + std::string(50, ']'), 0)),
            "f: the header's JSON is nested deeper than a safetensors header");
  EXPECT_EQ(error_of(with_header("{\"a\":3}", 0)), "f: tensor 'a' is a JSON number, expected an object");
  EXPECT_EQ(error_of(with_header("{\"__metadata__\":{\"k\":3}}", 0)),
            "f: __metadata__ of 'k' is a JSON number, expected a string");
}

TEST_F(Safetensors, DtypeAndShapeAreChecked) {
  EXPECT_EQ(error_of(with_header("{" + entry("w", "", "[1]", "[0,2]") + "}", 2)),
            "f: tensor 'w' has dtype \"\", expected a name");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "F16", "[2]", "[0,2]") + "}", 2)),
            "f: tensor 'w' is F16[2] but has 2 bytes");
  EXPECT_EQ(error_of(with_header("{\"w\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}", 0)),
            "f: tensor 'w' has no shape");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "U8", "3", "[0,3]") + "}", 3)),
            "f: tensor 'w' has shape 3, expected a list of sizes");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "U8", "[-1]", "[0,1]") + "}", 1)),
            "f: tensor 'w' has size -1 in its shape, expected a size");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "U8", "[1.5]", "[0,1]") + "}", 1)),
            "f: tensor 'w' has size 1.5 in its shape, expected a size");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "F32", "[3]", "[0,8]") + "}", 8)),
            "f: tensor 'w' is f32[3] but has 8 bytes");
  // 2^62 * 4 bytes wraps to 0.
  EXPECT_EQ(error_of(with_header("{" + entry("w", "F32", "[4611686018427387904]", "[0,0]") + "}", 0)),
            "f: tensor 'w' is f32[4611686018427387904] but has 0 bytes");
}

// A dtype that Weft has not, or that is not even known, matters where its tensor is looked at.
TEST_F(Safetensors, TensorsOfForeignDtypesArePassedOver) {
  const std::string bytes = with_header("{" + entry("half", "F16", "[3]", "[0,6]") + "," +
                                            entry("tiny", "F4_OF_TOMORROW", "[3]", "[6,8]") + "," +
                                            entry("w", "I32", "[1]", "[8,12]") + "}",
                                        12);
  std::ofstream(file(), std::ios::binary) << bytes;
  const SafetensorsFile opened(file());
  EXPECT_EQ(opened.view("w").type, (TensorType{DType::i32, {1}}));
  EXPECT_TRUE(opened.find("half")->is_foreign());
  EXPECT_EQ(to_string(*opened.find("half")), "F16[3]");
  EXPECT_EQ(opened.find("tiny")->bytes(), 2);
  try {
    opened.view("half");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()), file().string() +
                                             ": tensor 'half' has dtype F16, expected one of F64, F32, "
                                             "BF16, I64, I32, U8, BOOL");
  }
}

TEST_F(Safetensors, OffsetsAreChecked) {
  EXPECT_EQ(error_of(with_header("{" + entry("w", "U8", "[1]", "[0]") + "}", 1)),
            "f: tensor 'w' has data_offsets [0], expected two byte offsets");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "U8", "[9]", "[0,9]") + "}", 8)),
            "f: tensor 'w' has bytes [0, 9) outside of the file's 8 bytes of tensors");
  EXPECT_EQ(error_of(with_header("{" + entry("w", "U8", "[1]", "[1,0]") + "}", 1)),
            "f: tensor 'w' has bytes [1, 0) outside of the file's 1 bytes of tensors");
  const std::string a = entry("a", "U8", "[2]", "[0,2]");
  EXPECT_EQ(error_of(with_header("{" + a + "," + entry("b", "U8", "[2]", "[1,3]") + "}", 3)),
            "f: tensor 'b' overlaps tensor 'a'");
  EXPECT_EQ(error_of(with_header("{" + a + "," + entry("b", "U8", "[1]", "[3,4]") + "}", 4)),
            "f: 1 bytes before tensor 'b' belong to no tensor");
  EXPECT_EQ(error_of(with_header("{" + a + "}", 3)),
            "f: the tensors end at byte 2 of 3; the rest belongs to none");
}

// In memory and sparse, so that it takes none: an address is shorter than its size.
TEST_F(Safetensors, AFileThatIsLargerThanAllAddressesIsNamed) {
  const int large = ::memfd_create("large", MFD_CLOEXEC);
  ASSERT_EQ(::ftruncate(large, off_t{1} << 58), 0);
  const std::string path = "/proc/self/fd/" + std::to_string(large);
  try {
    SafetensorsFile{path};
    FAIL() << "nothing was thrown";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), path + ": cannot be mapped: Cannot allocate memory");
  }
  ::close(large);
}

TEST_F(Safetensors, WriterRefusesBadNamesAndNamesAFullDisk) {
  std::vector<float> values = {1};
  using Metadata = std::map<std::string, std::string>;
  const auto error_for = [&](const std::vector<NamedView>& tensors, const fs::path& path,
                             const Metadata& metadata = {}) -> std::string {
    try {
      write_safetensors(path, tensors, metadata);
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  const View one = view_of(values, {1});
  EXPECT_EQ(error_for({{"a", one}, {"a", one}}, "p"), "p: two tensors are named 'a'");
  EXPECT_EQ(error_for({{"", one}}, "p"), "p: '' cannot be the name of a tensor");
  EXPECT_EQ(error_for({{"__metadata__", one}}, "p"), "p: '__metadata__' cannot be the name of a tensor");
  EXPECT_EQ(error_for({{"\xff", one}}, "p"), "p: a tensor's name or the metadata is not UTF-8");
  for (const Metadata& metadata : {Metadata{{"\xff", "v"}}, Metadata{{"k", "\xff"}}}) {
    EXPECT_EQ(error_for({{"a", one}}, "p", metadata), "p: a tensor's name or the metadata is not UTF-8");
  }
  EXPECT_FALSE(fs::exists("p"));
  fs::create_symlink("/dev/full", "p.part");
  const std::string full = error_for({{"a", one}}, "p");
  EXPECT_NE(full.find("could not write p: No space left on device ("), std::string::npos) << full;
  EXPECT_NE(full.find("MiB free there)"), std::string::npos) << full;
}

}  // namespace
}  // namespace weft
