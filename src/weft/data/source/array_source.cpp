#include "weft/data/source/array_source.h"

#include "weft/base/check.h"
#include "weft/data/source/crc32.h"
#include "weft/data/source/slab.h"

namespace weft {

Field field_of(std::string name, StoredType stored, const std::optional<Packing>& packing, Dims shape) {
  Field field{std::move(name), {unpacked_dtype(stored, packing), std::move(shape)}};
  field.stored = to_string(stored);
  field.is_whole = is_whole(stored) && !(packing && packing->changes_numbers());
  if (packing && field.is_whole) field.absent = packing->absent;
  return field;
}

std::vector<Region> resolve_parts(std::span<const Field> fields, std::span<const Region> parts) {
  if (!parts.empty()) {
    WEFT_CHECK(parts.size() == fields.size(), "{} parts for {} fields", parts.size(), fields.size());
    return {parts.begin(), parts.end()};
  }
  std::vector<Region> whole;
  for (const Field& field : fields) whole.push_back(Region::all(field.type.shape));
  return whole;
}

std::string sample_name(std::span<const std::filesystem::path> files, bool file_per_sample, int64_t sample) {
  if (file_per_sample) return files[static_cast<size_t>(sample)].string();
  return fmt::format("{}[{}]", files[0].string(), sample);
}

ArraySource::ArraySource(Contents contents) : contents_(std::move(contents)) {
  for (const StoredArray& array : contents_.arrays) {
    fields_.push_back(field_of(array.name, array.stored, array.packing, array.type.shape));
    fields_.back().type.dtype = array.type.dtype;
  }
}

std::string ArraySource::name(int64_t sample) const {
  return sample_name(contents_.files, contents_.file_per_sample, sample);
}

void ArraySource::locate(int64_t sample, std::span<const Region> parts, std::vector<Extent>& extents) const {
  WEFT_CHECK(sample >= 0 && sample < count(), "sample {} of {}", sample, count());
  if (contents_.unreadable.contains(sample)) return;  // as unpack() says
  const std::vector<Region> wanted = resolve_parts(fields_, parts);
  std::vector<Extent> found;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const StoredArray& array = contents_.arrays[i];
    const int32_t file = contents_.file_per_sample ? static_cast<int32_t>(sample) : 0;
    const int64_t offset = contents_.file_per_sample ? array.offsets[static_cast<size_t>(sample)]
                                                     : array.offsets[0] + sample * array.stride;
    append_slab(found, file, offset, array.type.shape, wanted[i], array.stored.bytes);
  }
  extents.insert(extents.end(), found.begin(), found.end());
}

void ArraySource::unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte> record,
                         std::span<const View> outputs) const {
  const auto unreadable = contents_.unreadable.find(sample);
  if (unreadable != contents_.unreadable.end()) throw UserError(unreadable->second);
  const std::vector<Region> wanted = resolve_parts(fields_, parts);
  int64_t expected = 0;
  for (size_t i = 0; i < wanted.size(); ++i) expected += wanted[i].elems() * contents_.arrays[i].stored.bytes;
  if (expected != static_cast<int64_t>(record.size())) {
    user_error("{}: {} bytes were read, expected {}", name(sample), record.size(), expected);
  }
  size_t at = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const StoredArray& array = contents_.arrays[i];
    const auto bytes = static_cast<size_t>(wanted[i].elems() * array.stored.bytes);
    const std::span<const std::byte> stored = record.subspan(at, bytes);
    const bool is_whole = contents_.file_per_sample && wanted[i] == Region::all(array.type.shape);
    if (array.crc32 && is_whole) check(sample, i, stored);
    unpack_elements(stored, array.stored, array.packing, outputs[i],
                    fmt::format("{}: field {}", name(sample), array.name));
    at += bytes;
  }
}

void ArraySource::check(int64_t sample, size_t array, std::span<const std::byte> stored) const {
  const uint64_t bit = count() == 1 && array < 64 ? uint64_t{1} << array : 0;
  if ((checked_.load(std::memory_order_relaxed) & bit) != 0) return;
  const StoredArray& checked = contents_.arrays[array];
  if (crc32_of(stored) != *checked.crc32) {
    user_error("{}: field {} {}", name(sample), checked.name, kBrokenChecksum);
  }
  checked_.fetch_or(bit, std::memory_order_relaxed);
}

std::vector<KeptChecksum> ArraySource::kept_checksums() const {
  std::vector<KeptChecksum> checksums;
  if (contents_.file_per_sample) return checksums;  // unpack() checks them
  for (const StoredArray& array : contents_.arrays) {
    if (!array.crc32) continue;
    const Extent extent{0, array.offsets[0], count() * array.stride};
    checksums.push_back({extent, *array.crc32, fmt::format("{}: '{}'", files()[0].string(), array.name)});
  }
  return checksums;
}

}  // namespace weft
