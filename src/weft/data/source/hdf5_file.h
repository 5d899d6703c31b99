#pragma once
// HDF5: one file whose datasets have the sample as their first dimension, or a folder of files of one sample
// each. libhdf5 is asked for metadata when opening and never again: contiguous datasets are read by rows,
// chunked ones by chunk, and deflate, shuffle and fletcher32 are undone here, in parallel.
#include <memory>

#include "weft/data/source/array_folder.h"

namespace weft {

/// UserError as open_source.
std::unique_ptr<Source> open_hdf5(const SourcePlace& place, const SourceOptions& options);
/// One NetCDF-4 file.
std::unique_ptr<Source> open_netcdf4(const SourcePlace& place, const std::vector<std::string>& fields,
                                     FileSamples samples);

}  // namespace weft
