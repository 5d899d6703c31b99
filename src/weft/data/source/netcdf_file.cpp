#include "weft/data/source/netcdf_file.h"

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/data/source/array_folder.h"
#include "weft/data/source/array_source.h"
#include "weft/data/source/field_choice.h"
#include "weft/data/source/hdf5_file.h"
#include "weft/data/source/netcdf_header.h"

namespace weft {

namespace {

constexpr std::array<std::string_view, 2> kExtensions{".nc", ".nc4"};
constexpr std::string_view kHdf5Magic{"\x89HDF\r\n\x1a\n", 8};

int matches(const SourcePlace& place) {
  if (place.head.starts_with("CDF")) return 2;
  const bool named = place.has_files(".nc") || place.has_files(".nc4");
  // As sure as an HDF5 file of that name can be: hdf5_file leaves those to us.
  return named ? 2 : 0;
}

/// Whether a variable is worth offering: not text, and along the samples' dimension.
FieldCandidate candidate_of(const NetcdfVariable& variable, const std::string& sample_dimension,
                            FileSamples samples) {
  FieldCandidate candidate{variable.name, variable.shape, {}};
  candidate.problem = variable.is_text ? "is text, expected numbers" : variable.conventions.problem;
  candidate.is_coordinate = variable.dimensions.size() == 1 && variable.dimensions[0] == variable.name;
  if (samples == FileSamples::whole || variable.dimensions.empty()) return candidate;
  if (candidate.problem.empty() && variable.dimensions[0] != sample_dimension)
    candidate.problem = fmt::format("does not have the dimension '{}' first", sample_dimension);
  return candidate;
}

/// The record dimension, or the first one of the variable with the most dimensions.
std::string sample_dimension_of(const std::vector<NetcdfVariable>& variables) {
  const NetcdfVariable* widest = nullptr;
  for (const NetcdfVariable& variable : variables) {
    if (variable.is_record) return variable.dimensions[0];
    if (variable.dimensions.empty()) continue;
    if (widest == nullptr || variable.dimensions.size() > widest->dimensions.size()) widest = &variable;
  }
  return widest == nullptr ? "" : widest->dimensions[0];
}

/// Whether other variables lie between its records.
bool is_interleaved(const NetcdfVariable& variable) {
  const int64_t rows = variable.shape.empty() ? 1 : variable.shape[0];
  return rows > 1 && elems_of(variable.shape) * variable.type.bytes != rows * variable.stride;
}

StoredArray array_of(const NetcdfVariable& variable, FileSamples samples) {
  StoredArray array{variable.name, variable.conventions.stored};
  array.packing = variable.conventions.packing;
  array.type = {unpacked_dtype(array.stored, array.packing), variable.shape};
  array.offsets = {variable.offset};
  if (samples == FileSamples::whole) return array;
  array.type.shape.erase(array.type.shape.begin());
  array.stride = variable.stride;
  return array;
}

std::unique_ptr<Source> open_netcdf_file(const SourcePlace& place, const std::vector<std::string>& fields,
                                         FileSamples samples) {
  if (place.head.starts_with(kHdf5Magic)) return open_netcdf4(place, fields, samples);
  const FileReader file(place.path);
  const std::vector<NetcdfVariable> variables = read_netcdf_header(file);
  const std::string sample = sample_dimension_of(variables);
  std::vector<FieldCandidate> candidates;
  for (const NetcdfVariable& variable : variables)
    candidates.push_back(candidate_of(variable, sample, samples));
  const bool by_rows = samples == FileSamples::rows;
  std::string interleaved;
  ArraySource::Contents contents;
  contents.file_per_sample = !by_rows;
  contents.files = {place.path};
  contents.remarks = remarks_on_choice(file.name(), candidates, fields, by_rows);
  for (const size_t i : choose_fields(file.name(), candidates, fields, by_rows)) {
    contents.count = by_rows ? variables[i].shape[0] : 1;
    if (!by_rows && is_interleaved(variables[i])) interleaved = variables[i].name;
    contents.arrays.push_back(array_of(variables[i], samples));
    for (const std::string& remark : variables[i].conventions.remarks) {
      contents.remarks.push_back(fmt::format("{}: in '{}' {}", file.name(), variables[i].name, remark));
    }
  }
  auto source = std::make_unique<ArraySource>(std::move(contents));
  // Where there are rows, a folder is going to read these.
  if (!interleaved.empty() && !has_rows(source->fields())) {
    user_error(
        "{}: '{}' lies in records of several variables, and a file that is one sample cannot have these",
        file.name(), interleaved);
  }
  return source;
}

}  // namespace

std::unique_ptr<Source> open_netcdf(const SourcePlace& place, const SourceOptions& options) {
  if (place.is_folder) return open_array_folder(place, kExtensions, options, open_netcdf_file);
  return open_netcdf_file(place, options.fields, FileSamples::rows);
}

void register_netcdf_file(SourceRegistry& registry) {
  registry.add({"netcdf", "a .nc file, or a folder of .nc files", matches, open_netcdf});
}

}  // namespace weft
