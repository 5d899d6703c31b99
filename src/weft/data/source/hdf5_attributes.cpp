#include "weft/data/source/hdf5_attributes.h"

#include <algorithm>

namespace weft {

namespace {

constexpr hssize_t kMaxText = 4096;

/// The text of one string, of a fixed or a variable length; empty: there is none.
std::string read_text(hid_t attribute, hid_t type) {
  if (H5Tis_variable_str(type) > 0) {
    char* text = nullptr;
    if (H5Aread(attribute, type, static_cast<void*>(&text)) < 0 || text == nullptr) return {};
    std::string result(text);
    H5free_memory(text);
    return result;
  }
  const size_t bytes = H5Tget_size(type);
  if (bytes > static_cast<size_t>(kMaxText)) return {};
  std::string text(bytes, '\0');
  if (H5Aread(attribute, type, text.data()) < 0) return {};
  return text.substr(0, text.find('\0'));
}

template <class T>
std::vector<ExactNumber> read_numbers(hid_t attribute, hid_t type, hssize_t count) {
  std::vector<T> numbers(static_cast<size_t>(count));
  if (H5Aread(attribute, type, numbers.data()) < 0) return {};
  return {numbers.begin(), numbers.end()};
}

VariableAttribute read_attribute(hid_t dataset, const std::string& name) {
  VariableAttribute result{name, {}, {}, {}};
  const Hdf5Id attribute(H5Aopen(dataset, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute) return result;
  const Hdf5Id space(H5Aget_space(attribute.get()), H5Sclose);
  const Hdf5Id type(H5Aget_type(attribute.get()), H5Tclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  const H5T_class_t stored_kind = H5Tget_class(type.get());
  // h5py has true and false as an enumeration of integers.
  const H5T_class_t kind = stored_kind == H5T_ENUM ? H5T_INTEGER : stored_kind;
  result.type.bytes = static_cast<int32_t>(H5Tget_size(type.get()));
  if (count < 1 || count > kMaxAttributeNumbers) return result;
  if (kind == H5T_STRING && count == 1) {
    result.text = read_text(attribute.get(), type.get());
  } else if (kind == H5T_FLOAT) {
    result.numbers = read_numbers<double>(attribute.get(), H5T_NATIVE_DOUBLE, count);
  } else if (kind == H5T_INTEGER && H5Tget_sign(type.get()) == H5T_SGN_NONE) {
    result.type.kind = StoredType::Kind::unsigned_integer;
    result.numbers = read_numbers<uint64_t>(attribute.get(), H5T_NATIVE_UINT64, count);
  } else if (kind == H5T_INTEGER) {
    result.type.kind = StoredType::Kind::signed_integer;
    result.numbers = read_numbers<int64_t>(attribute.get(), H5T_NATIVE_INT64, count);
  }
  return result;
}

}  // namespace

std::vector<VariableAttribute> read_number_attributes(hid_t dataset) {
  std::vector<VariableAttribute> attributes;
  for (const std::string_view name : heeded_attributes()) {
    const std::string text(name);
    if (H5Aexists(dataset, text.c_str()) > 0) attributes.push_back(read_attribute(dataset, text));
  }
  return attributes;
}

bool is_bare_dimension(hid_t dataset) {
  // The library's own mark (DIM_WITHOUT_VARIABLE of netcdf-c, libhdf5/hdf5internal.c).
  constexpr std::string_view kMark = "This is a netCDF dimension but not a netCDF variable.";
  constexpr const char* kName = "NAME";
  return H5Aexists(dataset, kName) > 0 && read_attribute(dataset, kName).text.starts_with(kMark);
}

}  // namespace weft
