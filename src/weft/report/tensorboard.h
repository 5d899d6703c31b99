#pragma once
// Scalars for TensorBoard: event files as its reader expects them (TFRecord framing around protobuf Events).
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weft {

/// CRC-32C (Castagnoli), as TFRecord uses it.
uint32_t crc32c(std::string_view bytes);

/// A TFRecord: length, masked CRC of the length, `payload`, masked CRC of the payload; integers
/// little-endian.
std::string tf_record(std::string_view payload);

struct ScalarValue {
  std::string tag;
  double value = 0;
};

/// Writes one event file, `events.out.tfevents.<seconds>.<host>.<process>.weft`, which starts with the
/// version record.
class TensorboardWriter {
 public:
  using Clock = std::function<double()>;

  /// Seconds since 1970.
  static double wall_clock();

  /// Makes the folder where absent. A run resumed after step `resumed_after` says so, and TensorBoard then
  /// drops what earlier files of the folder hold of later steps. UserError where the file cannot be made.
  explicit TensorboardWriter(const std::filesystem::path& folder,
                             std::optional<int64_t> resumed_after = std::nullopt, Clock clock = wall_clock);

  /// Writes one event with these values (TensorBoard keeps f32) and hands it to the system at once. UserError
  /// where the write fails (a full disk).
  void write(int64_t step, std::span<const ScalarValue> values);

  const std::filesystem::path& path() const { return path_; }

 private:
  void append(const std::string& event);

  Clock clock_;
  std::filesystem::path path_;
  std::ofstream out_;
};

}  // namespace weft
