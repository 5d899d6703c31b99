#pragma once
// The safetensors file format (https://huggingface.co/docs/safetensors): 8 bytes of header length, a JSON
// header that names every tensor's dtype, shape and bytes, then the bytes. Reading maps the file; nothing is
// copied. Packed bits (DType::bit) stand in it as BOOL, a byte an element.
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/base/pace.h"
#include "weft/store/durable_file.h"
#include "weft/tensor/view.h"

namespace weft {

struct SafetensorsEntry {
  std::string name;
  TensorType type;  ///< of a foreign tensor only the shape means something
  /// Offset of its first byte in the file.
  int64_t begin = 0;
  /// Its dtype where Weft has none such: "F8_E4M3". Beside others in a file it is none's concern.
  std::string foreign = {};
  int64_t foreign_bytes = 0;
  bool is_foreign() const { return !foreign.empty(); }
  /// Of the tensor in the file.
  int64_t bytes() const;
};
/// "f32[3, 4]", "F16[3, 4]".
std::string to_string(const SafetensorsEntry& entry);

struct SafetensorsHeader {
  /// In order of their bytes in the file.
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Parses and validates a whole file's bytes: header length, JSON, names, shapes, and that the tensors' bytes
/// fill the rest of the file without hole or overlap. Anything else is a UserError of one sentence that
/// starts with `path` and names the tensor. The contents of tensors are not looked at.
SafetensorsHeader parse_safetensors(std::span<const std::byte> file, const std::string& path);

/// The same from the file's first bytes: 8, and as many as they say the header has.
SafetensorsHeader parse_safetensors_head(std::span<const std::byte> head, int64_t file_bytes,
                                         const std::string& path);

/// A file open for reading.
class SafetensorsFile {
 public:
  /// Maps and validates; UserError as parse_safetensors or where the file cannot be read.
  explicit SafetensorsFile(const std::filesystem::path& path);
  ~SafetensorsFile();
  SafetensorsFile(const SafetensorsFile&) = delete;
  SafetensorsFile& operator=(const SafetensorsFile&) = delete;

  const std::vector<SafetensorsEntry>& entries() const { return header_.entries; }
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  /// nullptr where the file holds no such tensor. O(log n).
  const SafetensorsEntry* find(std::string_view name) const;
  /// The tensor in the mapped file: read-only (writing to it faults), valid while this object lives.
  /// UserError where the file has no such tensor, or it is foreign. A foreign file may place a tensor at an
  /// address that its type does not allow; such a tensor's view is of an aligned copy made at opening. So is
  /// that of a BOOL, packed.
  View view(std::string_view name) const;
  /// The whole file, for checksums.
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  void index_entries();

  std::string path_;
  std::span<const std::byte> bytes_;
  SafetensorsHeader header_;
  std::map<std::string, size_t, std::less<>> by_name_;
  std::map<size_t, std::vector<std::byte>> copies_;
};

/// A tensor to be written; `view` must stay valid during the call.
struct NamedView {
  std::string name;
  View view;
};

/// What was written: the file's length, and its xxHash64 (seed 0).
struct WrittenFile {
  int64_t bytes = 0;
  uint64_t checksum = 0;
};

/// Writes a file and fsyncs it. Tensors follow each other in the order given, except that those of wider
/// elements come first, which keeps every one aligned (the format allows no holes); the header is padded with
/// spaces to 8 bytes. `pace`, if there is one, is kept to. UserError on an empty or repeated name, text that
/// is not UTF-8, a full disk (names path and free space).
WrittenFile write_safetensors(const std::filesystem::path& path, std::span<const NamedView> tensors,
                              const std::map<std::string, std::string>& metadata = {}, Pace* pace = nullptr);

/// The same into an empty file, which stays to be finished.
void write_safetensors(DurableFile& file, std::span<const NamedView> tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace weft
