#pragma once
// What the tests of sources share: a folder, and reading as the engine does, from nothing but extents.
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>

#include "tests/ops/expect_error.h"
#include "weft/data/source/open_source.h"

namespace weft {

namespace fs = std::filesystem;
using testing::message_of;

/// As data/read/read_record.h, and not by it.
inline std::vector<std::byte> plain_record(const Source& source, int64_t sample,
                                           std::span<const Region> parts) {
  std::vector<Extent> extents;
  source.locate(sample, parts, extents);
  std::vector<std::byte> record;
  for (const Extent& extent : extents) {
    const fs::path& path = source.files()[static_cast<size_t>(extent.file)];
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const size_t at = record.size();
    record.resize(at + static_cast<size_t>(extent.bytes));
    const ssize_t got = ::pread(file, record.data() + at, static_cast<size_t>(extent.bytes), extent.offset);
    ::close(file);
    if (got != extent.bytes) ADD_FAILURE() << path << " has no bytes at " << extent.offset;
  }
  return record;
}

inline int64_t record_bytes(const Source& source, int64_t sample, std::span<const Region> parts) {
  std::vector<Extent> extents;
  source.locate(sample, parts, extents);
  int64_t bytes = 0;
  for (const Extent& extent : extents) bytes += extent.bytes;
  return bytes;
}

/// The values of one field, as doubles, of a part of every field.
inline std::vector<std::vector<double>> values_of(const Source& source, int64_t sample,
                                                  std::span<const Region> parts) {
  const std::vector<std::byte> record = plain_record(source, sample, parts);
  std::vector<std::vector<std::byte>> memory;
  std::vector<View> views;
  for (size_t i = 0; i < parts.size(); ++i) {
    const TensorType type{source.fields()[i].type.dtype, parts[i].shape()};
    memory.emplace_back(static_cast<size_t>(type.bytes()), std::byte{0x5a});
    views.push_back({memory.back().data(), type});
  }
  source.unpack(sample, parts, record, views);
  std::vector<std::vector<double>> values;
  for (const View& view : views) {
    std::vector<double>& out = values.emplace_back();
    for (int64_t i = 0; i < view.elems(); ++i) {
      switch (view.type.dtype) {
        case DType::f64:
          out.push_back(view.as<double>()[i]);
          break;
        case DType::f32:
          out.push_back(view.as<float>()[i]);
          break;
        case DType::bf16:
          out.push_back(static_cast<float>(view.as<BFloat16>()[i]));
          break;
        case DType::i64:
          out.push_back(static_cast<double>(view.as<int64_t>()[i]));
          break;
        case DType::i32:
          out.push_back(view.as<int32_t>()[i]);
          break;
        case DType::u8:
          out.push_back(view.as<uint8_t>()[i]);
          break;
        case DType::bit:
          throw std::logic_error("a source gives packed bits");
      }
    }
  }
  return values;
}

inline std::vector<Region> whole_of(const Source& source) {
  std::vector<Region> parts;
  for (const Field& field : source.fields()) parts.push_back(Region::all(field.type.shape));
  return parts;
}

/// Any box of a shape, empty ones too.
inline Region random_part(const Dims& shape, std::mt19937& random) {
  Region region;
  for (const int64_t size : shape) {
    const auto a = static_cast<int64_t>(random() % static_cast<uint64_t>(size + 1));
    const auto b = static_cast<int64_t>(random() % static_cast<uint64_t>(size + 1));
    region.ranges.push_back({std::min(a, b), std::max(a, b)});
  }
  return region;
}

/// Elements of `whole` (row-major, of `shape`) in a box: the plain indexing that hyperslabs are checked by.
inline std::vector<double> index_box(const std::vector<double>& whole, const Dims& shape, const Region& box) {
  const Dims strides = strides_of(shape);
  std::vector<double> result;
  for (int64_t i = 0; i < box.elems(); ++i) {
    int64_t rest = i;
    int64_t place = 0;
    for (size_t d = shape.size(); d-- > 0;) {
      place += (box.ranges[d].begin + rest % box.ranges[d].size()) * strides[d];
      rest /= box.ranges[d].size();
    }
    result.push_back(whole[static_cast<size_t>(place)]);
  }
  return result;
}

class SourceTest : public ::testing::Test {
 protected:
  SourceTest()
      : folder_(fs::temp_directory_path() /
                fmt::format("weft-source-{}-{}", getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
  }
  ~SourceTest() override { fs::remove_all(folder_); }

  static void write(const fs::path& path, std::string_view bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  static std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static std::unique_ptr<Source> open(const fs::path& path, std::vector<std::string> fields = {}) {
    return open_source({path, std::move(fields)}).source;
  }
  /// The message of opening, the folder's name taken out.
  std::string refusal(const fs::path& path, std::vector<std::string> fields = {}) const {
    std::string message = message_of([&] { open(path, std::move(fields)); });
    const std::string prefix = folder_.string() + "/";
    for (size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return message;
  }

  fs::path folder_;
};

}  // namespace weft
