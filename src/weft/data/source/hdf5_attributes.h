#pragma once
#include <string>
#include <vector>

#include "weft/data/source/hdf5_library.h"
#include "weft/data/source/netcdf_conventions.h"

namespace weft {

/// The attributes of a dataset that say something of its numbers. Under an Hdf5Lock.
std::vector<VariableAttribute> read_number_attributes(hid_t dataset);

/// Whether it stands for a dimension of NetCDF that has no variable of its name. Under an Hdf5Lock.
bool is_bare_dimension(hid_t dataset);

}  // namespace weft
