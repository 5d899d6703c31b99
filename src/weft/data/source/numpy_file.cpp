#include "weft/data/source/numpy_file.h"

#include <array>

#include "weft/base/check.h"
#include "weft/data/source/array_folder.h"
#include "weft/data/source/array_source.h"
#include "weft/data/source/field_choice.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/source/numpy_header.h"
#include "weft/data/source/zip_directory.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 1> kExtension{".npy"};
constexpr std::array<std::string_view, 1> kArchive{".npz"};

StoredArray array_of(const std::string& name, const NumpyHeader& header, Dims shape) {
  return {name, header.type, {*dtype_of(header.type), std::move(shape)}, {}, {header.data_offset}, 0};
}

/// Of a file that is one array, which is all that it could be read for.
NumpyHeader header_of_file(const ByteReader& file) {
  NumpyHeader header = read_numpy_header(file, 0, file.size(), file.name());
  if (!header.problem.empty()) user_error("{}: {}", file.name(), header.problem);
  return header;
}

/// The array as one whose first dimension is the sample.
StoredArray sliced_array(const std::string& name, const NumpyHeader& header) {
  StoredArray array = array_of(name, header, Dims(header.shape.begin() + 1, header.shape.end()));
  array.stride = elems_of(array.type.shape) * header.type.bytes;
  return array;
}

void refuse_fields(const SourcePlace& place, const SourceOptions& options) {
  if (!options.fields.empty()) {
    user_error("{}: a .npy file holds one array, which has no name; leave out fields", place.path.string());
  }
}

std::unique_ptr<Source> open_folder(const SourcePlace& place, const SourceOptions& options) {
  refuse_fields(place, options);
  const std::vector<fs::path> files = place.files_with(kExtension);
  std::vector<NumpyHeader> headers(files.size());
  for_each_waiting(static_cast<int64_t>(files.size()), [&](int64_t i) {
    const FileReader file(files[static_cast<size_t>(i)]);
    headers[static_cast<size_t>(i)] = header_of_file(file);
  });
  StoredArray array = array_of("data", headers[0], headers[0].shape);
  array.offsets.clear();
  for (size_t i = 0; i < files.size(); ++i) {
    if (headers[i].shape != headers[0].shape || headers[i].type != headers[0].type) {
      user_error("{}: is {} {}, and {} is {} {}; samples must be alike", files[i].string(),
                 to_string(headers[i].type), to_string(headers[i].shape), files[0].filename().string(),
                 to_string(headers[0].type), to_string(headers[0].shape));
    }
    array.offsets.push_back(headers[i].data_offset);
  }
  const auto count = static_cast<int64_t>(files.size());
  return std::make_unique<ArraySource>(ArraySource::Contents{
      count, files, {std::move(array)}, true, remarks_on_rest(place, kExtension, count)});
}

/// One that cannot be read has a problem, which matters where the array is read.
NumpyHeader header_of_member(const ByteReader& file, const ZipMember& member) {
  const std::string it = "it";  // errors begin with it
  NumpyHeader header;
  if (member.encrypted) {
    header.problem = "is encrypted";
  } else if (member.compressed) {
    header.problem = "is compressed; save it with numpy.savez, not savez_compressed";
  } else {
    try {
      header = read_numpy_header(file, member.offset, member.bytes, it);
    } catch (const UserError& error) {
      header.problem = fmt::format("is damaged{}", std::string_view(error.what()).substr(it.size()));
    }
  }
  return header;
}

std::unique_ptr<Source> open_archive(const SourcePlace& place, const std::vector<std::string>& fields,
                                     FileSamples samples) {
  const FileReader file(place.path);
  std::vector<FieldCandidate> candidates;
  std::vector<NumpyHeader> headers;
  for (const ZipMember& member : read_zip_directory(file)) {
    if (!has_extension(member.name, ".npy")) continue;
    const std::string name = member.name.substr(0, member.name.size() - 4);
    headers.push_back(header_of_member(file, member));
    candidates.push_back({name, headers.back().shape, headers.back().problem});
  }
  ArraySource::Contents contents;
  contents.files = {place.path};
  contents.remarks = remarks_on_choice(file.name(), candidates, fields);
  const bool has_rows = samples == FileSamples::rows;
  contents.file_per_sample = !has_rows;
  for (const size_t i : choose_fields(file.name(), candidates, fields, has_rows)) {
    contents.count = has_rows ? headers[i].shape[0] : 1;
    contents.arrays.push_back(has_rows ? sliced_array(candidates[i].name, headers[i])
                                       : array_of(candidates[i].name, headers[i], headers[i].shape));
  }
  return std::make_unique<ArraySource>(std::move(contents));
}

int matches(const SourcePlace& place) {
  if (place.is_file) {
    if (place.head.starts_with("\x93NUMPY")) return 2;
    return place.has_files(".npy") || place.has_files(".npz") ? 1 : 0;
  }
  return place.is_folder && (place.has_files(".npy") || place.has_files(".npz")) ? 2 : 0;
}

}  // namespace

std::unique_ptr<Source> open_numpy(const SourcePlace& place, const SourceOptions& options) {
  if (place.is_folder && place.has_files(kExtension[0])) return open_folder(place, options);
  if (place.is_folder) return open_array_folder(place, kArchive, options, open_archive);
  if (place.head.starts_with("PK")) return open_archive(place, options.fields, FileSamples::rows);
  refuse_fields(place, options);
  const FileReader file(place.path);
  const NumpyHeader header = header_of_file(file);
  if (header.shape.empty()) user_error("{}: is one number, expected an array of samples", file.name());
  return std::make_unique<ArraySource>(
      ArraySource::Contents{header.shape[0], {place.path}, {sliced_array("data", header)}, false});
}

void register_numpy_file(SourceRegistry& registry) {
  registry.add(
      {"numpy", "a .npy or .npz file, or a folder of .npy files or of .npz files", matches, open_numpy});
}

}  // namespace weft
