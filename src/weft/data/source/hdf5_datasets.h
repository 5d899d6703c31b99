#pragma once
// What an HDF5 file holds and where: the library's knowledge, taken out once, so that reading needs it no
// more.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "weft/data/source/hdf5_filters.h"
#include "weft/data/source/packing.h"

namespace weft {

/// Where one chunk lies.
struct Hdf5Chunk {
  int64_t offset = -1;  ///< -1: never written, all fill value
  int64_t bytes = 0;    ///< stored
  uint32_t filters_left_out = 0;
};

struct Hdf5Dataset {
  std::string name;
  StoredType stored;
  Dims shape;
  std::optional<Packing> packing;
  std::string problem;               ///< why it cannot be read; empty: it can
  bool grows = false;                ///< its first dimension is unlimited
  bool is_scale = false;             ///< a coordinate (dimension scale)
  std::vector<std::byte> fill;       ///< one element
  std::vector<std::string> remarks;  ///< sentences, as Source::remarks()

  bool chunked = false;
  int64_t offset = -1;            ///< contiguous: of the first byte; -1: never written
  Dims chunk;                     ///< chunked: shape of one
  std::vector<Hdf5Chunk> chunks;  ///< row-major over the grid of chunks
  std::vector<Hdf5Filter> filters;

  /// Chunks along each dimension.
  Dims grid() const;
};

struct Hdf5Question {
  std::vector<std::string> fields;  ///< as SourceOptions
  bool first_is_sample = true;      ///< else the file is one sample
  bool netcdf = false;  ///< is NetCDF: coordinates are left out, and a type's own fill value is absent
};

/// The chosen datasets, located. UserError naming the file: not HDF5, cut short, nothing to read, as
/// choose_fields. Safe from any thread, one at a time inside.
std::vector<Hdf5Dataset> read_hdf5_datasets(const std::filesystem::path& path, const Hdf5Question& question);

}  // namespace weft
