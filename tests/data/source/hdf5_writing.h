#pragma once
// HDF5 files for the tests of what reads them, as the library writes them.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "weft/data/source/hdf5_library.h"

namespace weft {

struct Layout {
  std::vector<hsize_t> chunk;  ///< empty: contiguous
  bool shuffle = false;
  int deflate = 0;
  bool fletcher = false;
  bool latest = false;     ///< the newest file format, whose chunk indices are others
  bool unlimited = false;  ///< first dimension
};

/// Elements that compress, and differ.
inline std::vector<int16_t> elements(int64_t count, int seed) {
  std::vector<int16_t> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<int16_t>(static_cast<int>(i / 3) * 7 + seed * 1000 - 5000);
  }
  return values;
}

inline Hdf5Id create_file(const std::filesystem::path& path, bool latest = false) {
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (latest) H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose};
}

inline Hdf5Id create_dataset(hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& shape,
                             const Layout& layout) {
  std::vector<hsize_t> most = shape;
  if (layout.unlimited) most[0] = H5S_UNLIMITED;
  const Hdf5Id space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), most.data()), H5Sclose);
  const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (!layout.chunk.empty()) {
    H5Pset_chunk(properties.get(), static_cast<int>(layout.chunk.size()), layout.chunk.data());
  }
  if (layout.shuffle) H5Pset_shuffle(properties.get());
  if (layout.deflate > 0) H5Pset_deflate(properties.get(), static_cast<unsigned>(layout.deflate));
  if (layout.fletcher) H5Pset_fletcher32(properties.get());
  return {H5Dcreate2(file, name, type, space.get(), H5P_DEFAULT, properties.get(), H5P_DEFAULT), H5Dclose};
}

inline void write_dataset(hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& shape,
                          const Layout& layout, const std::vector<int16_t>& values) {
  const Hdf5Id dataset = create_dataset(file, name, type, shape, layout);
  ASSERT_GE(H5Dwrite(dataset.get(), H5T_NATIVE_SHORT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
}

}  // namespace weft
