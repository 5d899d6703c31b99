// Files of any links (hard, soft, external, in circles, to nowhere) and attributes, written by the library as
// the bytes say: what is read of them lies within the file, or is a UserError.
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "weft/base/check.h"
#include "weft/data/source/hdf5_datasets.h"
#include "weft/data/source/hdf5_library.h"

namespace {

using weft::Hdf5Id;

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool any() const { return size_ > 0; }
  unsigned next() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  /// One of few names, so that links meet; some are paths, or none at all.
  std::string name() {
    static constexpr std::array<const char*, 12> kNames{"a",  "b", "c",  "g/a", "g/g/b", "/",
                                                        "/a", ".", "..", "g",   "",      "a\\b"};
    return kNames[next() % kNames.size()];
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

void add_dataset(hid_t file, Bytes& bytes) {
  const std::array<hsize_t, 2> shape{bytes.next() % 5, 1 + bytes.next() % 3};
  const unsigned how = bytes.next();
  const Hdf5Id space(H5Screate_simple(1 + how % 2, shape.data(), nullptr), H5Sclose);
  const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const std::array<hsize_t, 2> chunk{1 + how % 3, 1};
  if ((how & 4) != 0) H5Pset_chunk(properties.get(), 1 + static_cast<int>(how % 2), chunk.data());
  if ((how & 8) != 0) H5Pset_layout(properties.get(), H5D_COMPACT);
  const Hdf5Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links.get(), 1);
  const std::array<hid_t, 4> types{H5T_STD_I8LE, H5T_STD_U16BE, H5T_IEEE_F32LE, H5T_C_S1};
  const Hdf5Id dataset(H5Dcreate2(file, bytes.name().c_str(), types[bytes.next() % types.size()], space.get(),
                                  links.get(), properties.get(), H5P_DEFAULT),
                       H5Dclose);
  if (!dataset || (how & 16) == 0) return;
  const std::array<char, 16> values{};
  H5Dwrite(dataset.get(), H5T_STD_I8LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

void add_attribute(hid_t file, Bytes& bytes) {
  static constexpr std::array<const char*, 9> kAttributes{"_FillValue", "missing_value", "valid_range",
                                                          "valid_min",  "valid_max",     "scale_factor",
                                                          "add_offset", "_Unsigned",     "CLASS"};
  const Hdf5Id object(H5Oopen(file, bytes.name().c_str(), H5P_DEFAULT), H5Oclose);
  if (!object) return;
  const hsize_t count = bytes.next() % 4;
  const Hdf5Id space(count == 0 ? H5Screate(H5S_NULL) : H5Screate_simple(1, &count, nullptr), H5Sclose);
  const std::array<hid_t, 5> types{H5T_STD_I8LE, H5T_STD_U64BE, H5T_IEEE_F32LE, H5T_C_S1, H5T_STD_REF_OBJ};
  const hid_t type = types[bytes.next() % types.size()];
  const Hdf5Id attribute(H5Acreate2(object.get(), kAttributes[bytes.next() % kAttributes.size()], type,
                                    space.get(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  std::array<uint8_t, 64> values{};
  for (uint8_t& value : values) value = static_cast<uint8_t>(bytes.next());
  if (attribute && count > 0) H5Awrite(attribute.get(), type, values.data());
}

void write_file(hid_t file, Bytes bytes) {
  while (bytes.any()) {
    switch (bytes.next() % 6) {
      case 0:
        add_dataset(file, bytes);
        break;
      case 1:
        add_attribute(file, bytes);
        break;
      case 2:
        H5Lcreate_soft(bytes.name().c_str(), file, bytes.name().c_str(), H5P_DEFAULT, H5P_DEFAULT);
        break;
      case 3:
        H5Lcreate_hard(file, bytes.name().c_str(), file, bytes.name().c_str(), H5P_DEFAULT, H5P_DEFAULT);
        break;
      case 4:
        H5Lcreate_external("/nowhere.h5", bytes.name().c_str(), file, bytes.name().c_str(), H5P_DEFAULT,
                           H5P_DEFAULT);
        break;
      default:
        Hdf5Id(H5Gcreate2(file, bytes.name().c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  // The library looks at names of files, so that memory without one is none.
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("weft-fuzz-links-" + std::to_string(::getpid()) + ".h5"))
          .string();
  {
    const weft::Hdf5Lock lock;
    const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    if ((data[0] & 1) != 0) H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    const Hdf5Id file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
    if (!file) std::abort();
    write_file(file.get(), Bytes(data + 2, size - 2));
  }
  const auto file_bytes = static_cast<int64_t>(std::filesystem::file_size(path));
  try {
    const bool first_is_sample = (data[1] & 1) != 0;
    const weft::Hdf5Question question{{}, first_is_sample, (data[1] & 2) != 0};
    for (const weft::Hdf5Dataset& dataset : weft::read_hdf5_datasets(path, question)) {
      if (!dataset.problem.empty() || (first_is_sample && dataset.shape.empty())) std::abort();
      const int64_t bytes = weft::elems_of(dataset.shape) * dataset.stored.bytes;
      if (!dataset.chunked && dataset.offset >= 0 && dataset.offset + bytes > file_bytes) std::abort();
      for (const weft::Hdf5Chunk& chunk : dataset.chunks) {
        if (chunk.offset >= 0 && chunk.offset + chunk.bytes > file_bytes) std::abort();
      }
    }
  } catch (const weft::UserError&) {
  }
  std::filesystem::remove(path);
  return 0;
}
