#pragma once
// NetCDF: classic files by our own reader, NetCDF-4 as the HDF5 that it is. The sample is the record
// dimension (the first, where there is none): a field is every variable that has it first, and at least one
// more dimension. What a variable's attributes say of its numbers, netcdf_conventions.h knows. Folders: see
// array_folder.h.
#include <memory>

#include "weft/data/source/source_registry.h"

namespace weft {

/// UserError as open_source.
std::unique_ptr<Source> open_netcdf(const SourcePlace& place, const SourceOptions& options);

}  // namespace weft
