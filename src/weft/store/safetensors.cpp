#include "weft/store/safetensors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "weft/base/check.h"
#include "weft/base/json_problem.h"
#include "weft/base/utf8.h"
#include "weft/store/bool_bytes.h"

namespace weft {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

using Json = nlohmann::json;

constexpr int64_t kLengthBytes = 8;
// The limit of the format's reference implementation; also bounds what a hostile file makes us parse.
constexpr uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::string_view kMetadataKey = "__metadata__";
constexpr size_t kMaxDims = 64;

struct DTypeName {
  std::string_view name;
  DType dtype;
};
constexpr std::array<DTypeName, 7> kDTypeNames = {{{"F64", DType::f64},
                                                   {"F32", DType::f32},
                                                   {"BF16", DType::bf16},
                                                   {"I64", DType::i64},
                                                   {"I32", DType::i32},
                                                   {"U8", DType::u8},
                                                   {"BOOL", DType::bit}}};

/// Bytes of the elements of dtypes that Weft has none for. One that is not here is as long as its offsets
/// say.
struct ForeignSize {
  std::string_view name;
  int64_t bytes;
};
constexpr std::array<ForeignSize, 10> kForeignSizes = {{{"F16", 2},
                                                        {"I16", 2},
                                                        {"U16", 2},
                                                        {"I8", 1},
                                                        {"U32", 4},
                                                        {"U64", 8},
                                                        {"C64", 8},
                                                        {"F8_E4M3", 1},
                                                        {"F8_E5M2", 1},
                                                        {"F8_E8M0", 1}}};

/// Bytes of an element in a file.
int64_t file_bytes_of(DType dtype) { return dtype == DType::bit ? 1 : bytes_of(dtype); }

std::string_view file_name_of(DType dtype) {
  for (const DTypeName& known : kDTypeNames) {
    if (known.dtype == dtype) return known.name;
  }
  WEFT_CHECK(false, "no safetensors name for dtype {}", name_of(dtype));
}

/// The JSON text between the length and the tensors.
std::string_view header_text(std::span<const std::byte> head, int64_t file_bytes, const std::string& path) {
  if (file_bytes < kLengthBytes) {
    user_error("{}: {} bytes are too few for a safetensors file, which starts with 8 bytes of header length",
               path, file_bytes);
  }
  uint64_t length = 0;
  std::memcpy(&length, head.data(), sizeof(length));
  if (length > kMaxHeaderBytes) {
    user_error("{}: a header of {} bytes, expected at most {}; is this a safetensors file?", path, length,
               kMaxHeaderBytes);
  }
  if (length > static_cast<uint64_t>(file_bytes - kLengthBytes)) {
    user_error("{}: a header of {} bytes does not fit into the file's {} bytes; is it cut short?", path,
               length, file_bytes);
  }
  WEFT_CHECK(head.size() >= length + static_cast<size_t>(kLengthBytes), "the head is {} bytes", head.size());
  return {reinterpret_cast<const char*>(head.data()) + kLengthBytes, length};
}

/// nlohmann's parser keeps the last of repeated keys in silence: this refuses them, and deep nesting.
Json parse_json(std::string_view text, const std::string& path) {
  std::vector<std::set<std::string>> keys;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > 8) user_error("{}: the header's JSON is nested deeper than a safetensors header", path);
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second) {
      user_error("{}: '{}' stands twice in the header", path, parsed.get<std::string>());
    }
    return true;
  };
  Json header;
  try {
    header = Json::parse(text, watch);
  } catch (const Json::exception& error) {
    user_error("{}: the header is not valid JSON: {}", path, json_problem(error));
  }
  if (!header.is_object())
    user_error("{}: the header is a JSON {}, expected an object", path, header.type_name());
  return header;
}

/// A non-negative integer that fits int64_t, else nothing.
std::optional<int64_t> as_size(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<uint64_t>();
  if (number > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<int64_t>(number);
}

/// Everything about one tensor that its own JSON says.
class EntryParser {
 public:
  EntryParser(const std::string& path, const std::string& name, const Json& json)
      : path_(path), name_(name), json_(json) {}

  /// `begin` is relative to the first tensor byte.
  SafetensorsEntry parse(int64_t data_bytes) const {
    if (!json_.is_object())
      user_error("{}: tensor '{}' is a JSON {}, expected an object", path_, name_, json_.type_name());
    SafetensorsEntry entry{name_, {DType::u8, parse_shape()}};
    parse_dtype(entry);
    const Json& offsets = member("data_offsets");
    if (!offsets.is_array() || offsets.size() != 2 || !as_size(offsets[0]) || !as_size(offsets[1])) {
      user_error("{}: tensor '{}' has data_offsets {}, expected two byte offsets", path_, name_,
                 offsets.dump());
    }
    const int64_t begin = *as_size(offsets[0]);
    const int64_t end = *as_size(offsets[1]);
    if (begin > end || end > data_bytes) {
      user_error("{}: tensor '{}' has bytes [{}, {}) outside of the file's {} bytes of tensors", path_, name_,
                 begin, end, data_bytes);
    }
    entry.begin = begin;
    if (entry.is_foreign()) entry.foreign_bytes = end - begin;
    const std::optional<int64_t> elem = elem_bytes(entry);
    if (elem && bytes_of_shape(entry.type.shape, *elem) != end - begin) {
      user_error("{}: tensor '{}' is {} but has {} bytes", path_, name_, to_string(entry), end - begin);
    }
    return entry;
  }

 private:
  const Json& member(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) user_error("{}: tensor '{}' has no {}", path_, name_, key);
    return *found;
  }

  void parse_dtype(SafetensorsEntry& entry) const {
    const Json& dtype = member("dtype");
    if (!dtype.is_string() || dtype.get_ref<const std::string&>().empty()) {
      user_error("{}: tensor '{}' has dtype {:.80}, expected a name", path_, name_, dtype.dump());
    }
    const auto& name = dtype.get_ref<const std::string&>();
    const auto* known = std::find_if(kDTypeNames.begin(), kDTypeNames.end(),
                                     [&](const DTypeName& one) { return one.name == name; });
    if (known == kDTypeNames.end()) {
      entry.foreign = name;
    } else {
      entry.type.dtype = known->dtype;
    }
  }

  Dims parse_shape() const {
    const Json& shape = member("shape");
    Dims dims;
    if (!shape.is_array() || shape.size() > kMaxDims) {
      user_error("{}: tensor '{}' has shape {:.80}, expected a list of sizes", path_, name_, shape.dump());
    }
    for (const Json& size : shape) {
      const auto value = as_size(size);
      if (!value)
        user_error("{}: tensor '{}' has size {:.80} in its shape, expected a size", path_, name_,
                   size.dump());
      dims.push_back(*value);
    }
    return dims;
  }

  /// Nothing where that is not known.
  static std::optional<int64_t> elem_bytes(const SafetensorsEntry& entry) {
    if (!entry.is_foreign()) return file_bytes_of(entry.type.dtype);
    for (const ForeignSize& size : kForeignSizes) {
      if (size.name == entry.foreign) return size.bytes;
    }
    return std::nullopt;
  }

  /// Nothing where the product overflows; a size of zero anywhere does not hide an overflow of the others, as
  /// strides would still wrap.
  static std::optional<int64_t> bytes_of_shape(const Dims& shape, int64_t elem_bytes) {
    int64_t bytes = elem_bytes;
    bool empty = false;
    for (const int64_t size : shape) {
      empty = empty || size == 0;
      if (size != 0 && __builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
    }
    return empty ? 0 : bytes;
  }

  const std::string& path_;
  const std::string& name_;
  const Json& json_;
};

std::map<std::string, std::string> parse_metadata(const Json& json, const std::string& path) {
  std::map<std::string, std::string> metadata;
  if (!json.is_object())
    user_error("{}: {} is a JSON {}, expected an object", path, kMetadataKey, json.type_name());
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string())
      user_error("{}: {} of '{}' is a JSON {}, expected a string", path, kMetadataKey, key,
                 value.type_name());
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

/// Sorts by offset, then insists that each tensor starts where the one before it ends, up to the end of the
/// file.
void check_layout(std::vector<SafetensorsEntry>& entries, int64_t data_bytes, const std::string& path) {
  std::stable_sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.bytes() < b.bytes();
  });
  int64_t end = 0;
  const SafetensorsEntry* before = nullptr;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.begin < end) {
      user_error("{}: tensor '{}' overlaps tensor '{}'", path, entry.name, before->name);
    }
    if (entry.begin > end) {
      user_error("{}: {} bytes before tensor '{}' belong to no tensor", path, entry.begin - end, entry.name);
    }
    end = entry.begin + entry.bytes();
    before = &entry;
  }
  if (end != data_bytes) {
    user_error("{}: the tensors end at byte {} of {}; the rest belongs to none", path, end, data_bytes);
  }
}

/// Wider elements first, otherwise as given: then every tensor is aligned without holes.
std::vector<const NamedView*> order_by_alignment(std::span<const NamedView> tensors) {
  std::vector<const NamedView*> order;
  for (const NamedView& tensor : tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const NamedView* a, const NamedView* b) {
    return file_bytes_of(a->view.type.dtype) > file_bytes_of(b->view.type.dtype);
  });
  return order;
}

std::string write_header(std::span<const NamedView* const> order,
                         const std::map<std::string, std::string>& metadata, const std::string& path) {
  const auto check_utf8 = [&](std::string_view text) {
    if (!is_utf8(text)) user_error("{}: a tensor's name or the metadata is not UTF-8", path);
  };
  for (const auto& [key, value] : metadata) {
    check_utf8(key);
    check_utf8(value);
  }
  Json header = Json::object();
  if (!metadata.empty()) header[std::string(kMetadataKey)] = metadata;
  int64_t offset = 0;
  for (const NamedView* tensor : order) {
    const TensorType& type = tensor->view.type;
    const int64_t end = offset + type.elems() * file_bytes_of(type.dtype);
    check_utf8(tensor->name);
    if (tensor->name.empty() || tensor->name == kMetadataKey) {
      user_error("{}: '{}' cannot be the name of a tensor", path, tensor->name);
    }
    if (header.contains(tensor->name)) user_error("{}: two tensors are named '{}'", path, tensor->name);
    header[tensor->name] = {
        {"dtype", file_name_of(type.dtype)}, {"shape", type.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

void append_tensor(DurableFile& file, const View& view) {
  if (view.type.dtype != DType::bit) return file.append({view.data, static_cast<size_t>(view.bytes())});
  std::array<std::byte, 4096> bools;
  for (int64_t at = 0; at < view.elems(); at += std::ssize(bools)) {
    const auto count = static_cast<size_t>(std::min(view.elems() - at, std::ssize(bools)));
    unpack_bools(view.data, at, {bools.data(), count});
    file.append({bools.data(), count});
  }
}

}  // namespace

int64_t SafetensorsEntry::bytes() const {
  return is_foreign() ? foreign_bytes : type.elems() * file_bytes_of(type.dtype);
}

std::string to_string(const SafetensorsEntry& entry) {
  return entry.is_foreign() ? fmt::format("{:.40}{}", entry.foreign, to_string(entry.type.shape))
                            : to_string(entry.type);
}

SafetensorsHeader parse_safetensors(std::span<const std::byte> file, const std::string& path) {
  return parse_safetensors_head(file, static_cast<int64_t>(file.size()), path);
}

SafetensorsHeader parse_safetensors_head(std::span<const std::byte> head, int64_t file_bytes,
                                         const std::string& path) {
  const std::string_view text = header_text(head, file_bytes, path);
  const int64_t data_begin = kLengthBytes + static_cast<int64_t>(text.size());
  const int64_t data_bytes = file_bytes - data_begin;
  const Json json = parse_json(text, path);
  SafetensorsHeader header;
  for (const auto& [name, value] : json.items()) {
    if (name == kMetadataKey) {
      header.metadata = parse_metadata(value, path);
    } else {
      header.entries.push_back(EntryParser(path, name, value).parse(data_bytes));
    }
  }
  check_layout(header.entries, data_bytes, path);
  for (SafetensorsEntry& entry : header.entries) entry.begin += data_begin;
  return header;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : path_(path.string()) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) user_error("{}: cannot be opened: {}", path_, std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    user_error("{}: not a regular file, expected a safetensors file", path_);
  }
  const auto size = static_cast<size_t>(status.st_size);
  // An empty range cannot be mapped; the parser refuses it with the right words.
  void* const mapped = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int error = errno;
  ::close(descriptor);
  if (mapped == MAP_FAILED) user_error("{}: cannot be mapped: {}", path_, std::strerror(error));
  bytes_ = {static_cast<const std::byte*>(mapped), size};
  try {
    header_ = parse_safetensors(bytes_, path_);
    index_entries();
  } catch (...) {
    if (mapped != nullptr) ::munmap(mapped, size);
    throw;
  }
}

SafetensorsFile::~SafetensorsFile() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

void SafetensorsFile::index_entries() {
  for (size_t i = 0; i < header_.entries.size(); ++i) {
    const SafetensorsEntry& entry = header_.entries[i];
    by_name_.emplace(entry.name, i);
    const auto bytes = bytes_.subspan(static_cast<size_t>(entry.begin), static_cast<size_t>(entry.bytes()));
    if (entry.type.dtype == DType::bit) {
      copies_.emplace(i, pack_bools(bytes));
    } else if (entry.begin % bytes_of(entry.type.dtype) != 0) {
      copies_.emplace(i, std::vector<std::byte>(bytes.begin(), bytes.end()));
    }
  }
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &header_.entries[found->second];
}

View SafetensorsFile::view(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) user_error("{}: holds no tensor '{}'", path_, name);
  const SafetensorsEntry& entry = header_.entries[found->second];
  if (entry.is_foreign()) {
    user_error("{}: tensor '{}' has dtype {:.40}, expected one of F64, F32, BF16, I64, I32, U8, BOOL", path_,
               name, entry.foreign);
  }
  const auto copy = copies_.find(found->second);
  const std::byte* const data = copy == copies_.end() ? bytes_.data() + entry.begin : copy->second.data();
  return {const_cast<std::byte*>(data), entry.type};
}

void write_safetensors(DurableFile& file, std::span<const NamedView> tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::vector<const NamedView*> order = order_by_alignment(tensors);
  const std::string header = write_header(order, metadata, file.path().string());
  const uint64_t length = header.size();
  file.append(std::as_bytes(std::span(&length, 1)));
  file.append(header);
  for (const NamedView* tensor : order) append_tensor(file, tensor->view);
}

WrittenFile write_safetensors(const std::filesystem::path& path, std::span<const NamedView> tensors,
                              const std::map<std::string, std::string>& metadata, Pace* pace) {
  DurableFile file(path, pace);
  write_safetensors(file, tensors, metadata);
  file.finish();
  return {file.bytes(), file.checksum()};
}

}  // namespace weft
