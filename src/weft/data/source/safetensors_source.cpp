#include "weft/data/source/safetensors_source.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "weft/base/check.h"
#include "weft/data/source/array_source.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/field_choice.h"
#include "weft/store/safetensors.h"

namespace weft {

namespace {

/// Elements that Weft computes nothing with, but can read.
std::optional<StoredType> stored_as(std::string_view foreign) {
  using Kind = StoredType::Kind;
  if (foreign == "F16") return StoredType{Kind::floating, 2};
  if (foreign == "I8") return StoredType{Kind::signed_integer, 1};
  if (foreign == "I16") return StoredType{Kind::signed_integer, 2};
  if (foreign == "U16") return StoredType{Kind::unsigned_integer, 2};
  if (foreign == "U32") return StoredType{Kind::unsigned_integer, 4};
  if (foreign == "U64") return StoredType{Kind::unsigned_integer, 8};
  return std::nullopt;
}

StoredType stored_as(DType dtype) {
  using Kind = StoredType::Kind;
  const auto bytes = static_cast<int32_t>(bytes_of(dtype, 1));
  switch (dtype) {
    case DType::f64:
    case DType::f32:
      return {Kind::floating, bytes};
    case DType::bf16:
      return {Kind::bfloat, bytes};
    case DType::i64:
    case DType::i32:
      return {Kind::signed_integer, bytes};
    case DType::u8:
    case DType::bit:  // BOOL: a byte each
      return {Kind::unsigned_integer, bytes};
  }
  internal_error(__FILE__, __LINE__, "unknown dtype");
}

std::optional<StoredType> stored_as(const SafetensorsEntry& entry) {
  return entry.is_foreign() ? stored_as(entry.foreign) : stored_as(entry.type.dtype);
}

SafetensorsHeader read_header(const ByteReader& file) {
  uint64_t length = 0;
  if (file.size() >= static_cast<int64_t>(sizeof(length))) {
    file.read(0, std::as_writable_bytes(std::span(&length, 1)));
  }
  // A length that cannot be is the parser's to refuse: only its first bytes are needed for that.
  const auto rest = static_cast<uint64_t>(std::max<int64_t>(file.size() - 8, 0));
  const uint64_t header = length <= rest && length <= 100'000'000 ? length : 0;
  const std::string head = file.text(0, std::min(file.size(), static_cast<int64_t>(header) + 8));
  return parse_safetensors_head(std::as_bytes(std::span(head)), file.size(), file.name());
}

int matches(const SourcePlace& place) { return place.is_file && place.has_files(".safetensors") ? 2 : 0; }

}  // namespace

std::unique_ptr<Source> open_safetensors(const SourcePlace& place, const SourceOptions& options) {
  const FileReader file(place.path);
  SafetensorsHeader header = read_header(file);
  // By name: the order of bytes in the file is the writer's whim.
  std::sort(header.entries.begin(), header.entries.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) { return a.name < b.name; });
  std::vector<FieldCandidate> candidates;
  for (const SafetensorsEntry& entry : header.entries) {
    const std::string problem =
        stored_as(entry)
            ? ""
            : fmt::format("has elements of type {:.40}, expected integers or floating point", entry.foreign);
    candidates.push_back({entry.name, entry.type.shape, problem});
  }
  ArraySource::Contents contents;
  contents.files = {place.path};
  contents.remarks = remarks_on_choice(file.name(), candidates, options.fields, true);
  for (const size_t i : choose_fields(file.name(), candidates, options.fields, true)) {
    const Dims& shape = header.entries[i].type.shape;
    contents.count = shape[0];
    StoredArray array{candidates[i].name, *stored_as(header.entries[i])};
    array.type = {*dtype_of(array.stored), Dims(shape.begin() + 1, shape.end())};
    array.offsets = {header.entries[i].begin};
    array.stride = array.type.elems() * array.stored.bytes;
    contents.arrays.push_back(std::move(array));
  }
  return std::make_unique<ArraySource>(std::move(contents));
}

void register_safetensors_source(SourceRegistry& registry) {
  registry.add({"safetensors", "a .safetensors file", matches, open_safetensors});
}

}  // namespace weft
