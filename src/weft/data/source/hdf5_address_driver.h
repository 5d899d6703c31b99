#pragma once
#include <filesystem>

#include "weft/data/source/hdf5_library.h"

namespace weft {

/// Opens a file for reading its metadata only, by a file driver of ours: it reads metadata, and of raw data
/// it notes where they lie instead of reading them. That makes finding a chunk one look-up in the library's
/// index of them. H5Dget_chunk_info_by_coord of 1.10.8 took 37 us a chunk of 8,000, H5Dread_chunk 0.5 us: the
/// former seems to walk the index. Less than 0 (none) where the file cannot be opened. Under an Hdf5Lock, as
/// all here.
class Hdf5AddressFile {
 public:
  explicit Hdf5AddressFile(const std::filesystem::path& path);
  hid_t file() const { return file_.get(); }

  struct Chunk {
    haddr_t address = HADDR_UNDEF;  ///< in the file
    hsize_t bytes = 0;              ///< stored
    uint32_t filters_left_out = 0;  ///< bit i: filter i of the pipeline was not applied
  };
  /// Where the chunk that begins at `at` (elements) lies; false where it was never written, or the index is
  /// damaged: the library tells them apart only by how many there are (H5Dget_num_chunks).
  bool find_chunk(hid_t dataset, const hsize_t* at, Chunk& chunk) const;

 private:
  Hdf5Id access_;
  Hdf5Id file_;
};

}  // namespace weft
