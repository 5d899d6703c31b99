#include "weft/report/tensorboard.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "weft/base/check.h"
#include "weft/base/environment.h"

namespace weft {
namespace {

static_assert(std::endian::native == std::endian::little, "TFRecords are little-endian");

constexpr std::array<uint32_t, 256> make_crc_table() {
  constexpr uint32_t kReversedPolynomial = 0x82f63b78u;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? kReversedPolynomial : 0u);
    table[byte] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = make_crc_table();

/// TFRecord stores CRCs rotated and offset, so that a CRC over data that holds CRCs stays meaningful.
uint32_t masked_crc(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xa282ead8u; }

template <class T>
std::string raw(T value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

// Protobuf wire format: each field is a key (number << 3 | kind) and its contents.
enum class Wire : uint64_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string key(uint64_t field, Wire wire) { return varint(field << 3 | static_cast<uint64_t>(wire)); }

std::string bytes_field(uint64_t field, std::string_view bytes) {
  return key(field, Wire::bytes) + varint(bytes.size()) + std::string(bytes);
}

// Field numbers of TensorFlow's event.proto and summary.proto.
constexpr uint64_t kEventWallTime = 1;
constexpr uint64_t kEventStep = 2;
constexpr uint64_t kEventFileVersion = 3;
constexpr uint64_t kEventSummary = 5;
constexpr uint64_t kEventSessionLog = 7;
constexpr uint64_t kSessionLogStatus = 1;
constexpr uint64_t kSessionStart = 1;
constexpr uint64_t kSummaryValue = 1;
constexpr uint64_t kValueTag = 1;
constexpr uint64_t kValueSimple = 2;

std::string event(double wall_time, int64_t step, const std::string& what) {
  return key(kEventWallTime, Wire::fixed64) + raw(wall_time) + key(kEventStep, Wire::varint) +
         varint(static_cast<uint64_t>(step)) + what;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (const char byte : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xffu];
  return ~crc;
}

std::string tf_record(std::string_view payload) {
  const std::string length = raw(static_cast<uint64_t>(payload.size()));
  return length + raw(masked_crc(length)) + std::string(payload) + raw(masked_crc(payload));
}

double TensorboardWriter::wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TensorboardWriter::TensorboardWriter(const std::filesystem::path& folder,
                                     std::optional<int64_t> resumed_after, Clock clock)
    : clock_(std::move(clock)) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) user_error("{}: cannot be made: {}", folder.string(), error.message());
  const double now = clock_();
  // TensorBoard reads the files of a folder in order of their names.
  path_ = folder / fmt::format("events.out.tfevents.{:010}.{}.{}.weft", static_cast<int64_t>(now),
                               host_name(), ::getpid());
  out_.open(path_, std::ios::binary | std::ios::app);
  if (!out_) user_error("{}: cannot be opened for writing", path_.string());
  append(event(now, 0, bytes_field(kEventFileVersion, "brain.Event:2")));
  if (resumed_after) {
    const std::string start = key(kSessionLogStatus, Wire::varint) + varint(kSessionStart);
    append(event(now, *resumed_after + 1, bytes_field(kEventSessionLog, start)));
  }
}

void TensorboardWriter::write(int64_t step, std::span<const ScalarValue> values) {
  std::string summary;
  for (const ScalarValue& scalar : values) {
    const std::string value = bytes_field(kValueTag, scalar.tag) + key(kValueSimple, Wire::fixed32) +
                              raw(static_cast<float>(scalar.value));
    summary += bytes_field(kSummaryValue, value);
  }
  append(event(clock_(), step, bytes_field(kEventSummary, summary)));
}

void TensorboardWriter::append(const std::string& payload) {
  errno = 0;
  out_ << tf_record(payload) << std::flush;
  if (!out_) user_error("{}: cannot be written: {}", path_.string(), std::strerror(errno));
}

}  // namespace weft
