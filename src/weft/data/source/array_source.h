#pragma once
// Samples that are parts of plain arrays in files: numpy, NetCDF-3, tokens, safetensors.
#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weft/data/source/packing.h"
#include "weft/data/source/source.h"

namespace weft {

/// One field: row-major, one array a sample.
struct StoredArray {
  std::string name;
  StoredType stored;
  TensorType type;  ///< of a sample: shape in the file, dtype after conversion
  std::optional<Packing> packing;
  /// Where a sample's array begins: in the one file at offsets[0] + sample * stride; or, with an offset a
  /// sample, in file `sample` at offsets[sample].
  std::vector<int64_t> offsets;
  int64_t stride = 0;
  /// Of all bytes of the array, where its file keeps one.
  std::optional<uint32_t> crc32 = std::nullopt;
};

class ArraySource final : public Source {
 public:
  struct Contents {
    int64_t count = 0;
    std::vector<std::filesystem::path> files;
    std::vector<StoredArray> arrays;
    bool file_per_sample = false;
    std::vector<std::string> remarks = {};
    std::map<int64_t, std::string> unreadable = {};  ///< samples that cannot be read, and why
  };
  explicit ArraySource(Contents contents);

  int64_t count() const override { return contents_.count; }
  std::string name(int64_t sample) const override;
  std::span<const Field> fields() const override { return fields_; }
  std::span<const std::filesystem::path> files() const override { return contents_.files; }
  void locate(int64_t sample, std::span<const Region> parts, std::vector<Extent>& extents) const override;
  void unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte> record,
              std::span<const View> outputs) const override;
  std::vector<std::string> remarks() const override { return contents_.remarks; }
  std::vector<KeptChecksum> kept_checksums() const override;

 private:
  /// UserError where these bytes, all of an array of this sample, have not the checksum that its file keeps.
  /// The first reading is checked: copies have checksums of their own.
  void check(int64_t sample, size_t array, std::span<const std::byte> stored) const;

  Contents contents_;
  std::vector<Field> fields_;
  mutable std::atomic<uint64_t> checked_{0};  ///< a bit an array, of a source of one sample
};

/// A field of elements that are stored so.
Field field_of(std::string name, StoredType stored, const std::optional<Packing>& packing, Dims shape);

/// The parts that a Source was asked for: those given, or the whole of every field.
std::vector<Region> resolve_parts(std::span<const Field> fields, std::span<const Region> parts);

/// "FILE[17]", or the file itself where it is one sample.
std::string sample_name(std::span<const std::filesystem::path> files, bool file_per_sample, int64_t sample);

}  // namespace weft
