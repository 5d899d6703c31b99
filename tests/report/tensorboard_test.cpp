#include "weft/report/tensorboard.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "weft/base/check.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

class Tensorboard : public testing::Test {
 protected:
  Tensorboard() : folder_(fs::path(testing::TempDir()) / ("tensorboard-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
  }
  ~Tensorboard() override { fs::remove_all(folder_); }
  fs::path folder_;
};

template <class T>
T read_at(const std::string& bytes, size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

/// Bit by bit, unlike the table of the writer.
uint32_t slow_crc32c(const std::string& bytes) {
  uint32_t crc = ~0u;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
  }
  return ~crc;
}

uint32_t unmask(uint32_t masked) { return std::rotl(masked - 0xa282ead8u, 15); }

/// The payloads of a file's records; fails where a length or checksum is wrong.
std::vector<std::string> records(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> payloads;
  size_t at = 0;
  while (at < bytes.size()) {
    const auto length = read_at<uint64_t>(bytes, at);
    EXPECT_EQ(unmask(read_at<uint32_t>(bytes, at + 8)), slow_crc32c(bytes.substr(at, 8)));
    const std::string payload = bytes.substr(at + 12, length);
    EXPECT_EQ(payload.size(), length);
    EXPECT_EQ(unmask(read_at<uint32_t>(bytes, at + 12 + length)), slow_crc32c(payload));
    payloads.push_back(payload);
    at += 16 + length;
  }
  EXPECT_EQ(at, bytes.size());
  return payloads;
}

std::string lines_of(const std::string& command) {
  std::string out;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "no pipe";
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) out += buffer.data();
  return pclose(pipe) == 0 ? out : "failed: " + out;
}

/// A python that can import tensorboard: $WEFT_TENSORBOARD_PYTHON or one of the usual places.
std::string python_with_tensorboard() {
  const char* const named = std::getenv("WEFT_TENSORBOARD_PYTHON");
  for (const std::string python : {named != nullptr ? named : "", "/tmp/tb/bin/python", "python3"}) {
    if (python.empty()) continue;
    const std::string check =
        python +
        " -c 'import tensorboard.backend.event_processing.event_accumulator' 2>/dev/null && echo yes";
    if (lines_of(check) == "yes\n") return python;
  }
  return "";
}

TEST_F(Tensorboard, Crc32cMatchesThePublishedVectors) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(crc32c(""), 0u);
}

TEST_F(Tensorboard, FileStartsWithTheVersionAndHoldsOneRecordAnEvent) {
  TensorboardWriter writer(folder_, std::nullopt, [] { return 1.5; });
  EXPECT_TRUE(writer.path().filename().string().starts_with("events.out.tfevents.0000000001."));
  const std::vector<ScalarValue> values = {{"loss/train", 2.5}, {"lr", 0.25}};
  writer.write(300, values);
  const std::vector<std::string> found = records(writer.path());
  ASSERT_EQ(found.size(), 2u);
  // wall_time 1.5 (fixed64), step, then file_version; written out by hand from event.proto.
  const std::string time("\x09\0\0\0\0\0\0\xf8\x3f", 9);
  EXPECT_EQ(found[0], time + std::string("\x10\0", 2) + "\x1a\x0d" + "brain.Event:2");
  // Two values: tag and simple_value, 2.5f = 0x40200000 and 0.25f = 0x3e800000.
  const std::string loss = std::string("\x0a\x0aloss/train\x15") + std::string("\0\0\x20\x40", 4);
  const std::string rate = std::string("\x0a\x02lr\x15") + std::string("\0\0\x80\x3e", 4);
  const std::string summary = "\x0a\x11" + loss + "\x0a\x09" + rate;
  EXPECT_EQ(found[1], time + "\x10\xac\x02" + "\x2a" + static_cast<char>(summary.size()) + summary);
}

TEST_F(Tensorboard, TensorboardsOwnReaderFindsTheScalarsAndDropsWhatAResumeRedoes) {
  const std::string python = python_with_tensorboard();
  if (python.empty()) GTEST_SKIP() << "no python with tensorboard; set WEFT_TENSORBOARD_PYTHON";
  const auto write = [&](TensorboardWriter& writer, int64_t step, double loss) {
    const std::vector<ScalarValue> values = {{"loss", loss}, {"speed", 10.0 * static_cast<double>(step)}};
    writer.write(step, values);
  };
  TensorboardWriter first(folder_, std::nullopt, [] { return 1000.0; });
  for (int64_t step = 1; step <= 3; ++step) write(first, step, 0.5);
  TensorboardWriter resumed(folder_, 2, [] { return 2000.0; });
  write(resumed, 3, 0.25);
  write(resumed, 300, 0.125);
  const std::string script = WEFT_SOURCE_DIR "/tests/report/check_tensorboard.py";
  EXPECT_EQ(lines_of(python + " " + script + " " + folder_.string() + " 2>/dev/null"),
            "loss 1 0.5\nloss 2 0.5\nloss 3 0.25\nloss 300 0.125\n"
            "speed 1 10\nspeed 2 20\nspeed 3 30\nspeed 300 3000\n");
}

TEST_F(Tensorboard, AFileThatCannotBeWrittenIsNamed) {
  const auto error_of = [&]() -> std::string {
    try {
      TensorboardWriter(folder_, std::nullopt, [] { return 1.0; });
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  const fs::path path = TensorboardWriter(folder_, std::nullopt, [] { return 1.0; }).path();
  fs::remove(path);
  fs::create_symlink("/dev/full", path);
  EXPECT_EQ(error_of(), path.string() + ": cannot be written: No space left on device");
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(error_of(), path.string() + ": cannot be opened for writing");
}

TEST_F(Tensorboard, FolderThatCannotBeMadeIsNamed) {
  std::ofstream{folder_} << "a file in its place";
  try {
    TensorboardWriter writer(folder_ / "logs");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()).find((folder_ / "logs").string() + ": cannot be made: "), 0u)
        << error.what();
  }
}

}  // namespace
}  // namespace weft
