#include "weft/data/source/numpy_file.h"

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/data/source/array_folder.h"
#include "weft/data/source/array_source.h"
#include "weft/data/source/crc32.h"
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
  return {name, header.type, {*dtype_of(header.type), std::move(shape)}, {}, {header.data_offset}, 0, {}};
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

std::string has_one_array(const SourcePlace& place) {
  return fmt::format(
      "{}: a .npy file holds one array; numpy.savez(\"both.npz\", x=x, y=y) saves several with their names",
      place.path.string());
}

void refuse_fields(const SourcePlace& place, const SourceOptions& options) {
  if (!options.fields.empty()) throw UserError(has_one_array(place));
}

void expect_alike(const fs::path& file, const NumpyHeader& here, const fs::path& first,
                  const NumpyHeader& there) {
  if (here.shape == there.shape && here.type == there.type) return;
  user_error("{}: is {} {}, and {} is {} {}; samples must be alike", file.string(), to_string(here.type),
             to_string(here.shape), first.filename().string(), to_string(there.type), to_string(there.shape));
}

std::unique_ptr<Source> open_folder(const SourcePlace& place, const SourceOptions& options) {
  refuse_fields(place, options);
  const std::vector<fs::path> files = place.files_with(kExtension);
  std::vector<NumpyHeader> headers(files.size());
  std::vector<std::string> problems(files.size());
  for_each_waiting(static_cast<int64_t>(files.size()), [&](int64_t i) {
    const auto file = static_cast<size_t>(i);
    try {
      headers[file] = header_of_file(FileReader(files[file]));
    } catch (const UserError& error) {
      problems[file] = error.what();
    }
  });
  ArraySource::Contents contents;
  contents.count = std::ssize(files);
  contents.files = files;
  contents.file_per_sample = true;
  contents.remarks = remarks_on_rest(place, kExtension, contents.count);
  contents.remarks.push_back(has_one_array(place));
  for (size_t i = 0; i < files.size(); ++i) {
    if (!problems[i].empty()) contents.unreadable[static_cast<int64_t>(i)] = problems[i];
  }
  const auto first = static_cast<size_t>(std::ranges::find(problems, "") - problems.begin());
  const int64_t bad = std::ssize(contents.unreadable);
  if (2 * bad > contents.count) throw UserError(contents.unreadable.begin()->second);
  if (bad > 0) {
    contents.remarks.push_back(fmt::format("{}: {} of {} files cannot be read, such as {}",
                                           place.path.string(), bad, files.size(),
                                           contents.unreadable.begin()->second));
  }
  StoredArray array = array_of("data", headers[first], headers[first].shape);
  array.offsets.clear();
  for (size_t i = 0; i < files.size(); ++i) {
    if (problems[i].empty()) expect_alike(files[i], headers[i], files[first], headers[first]);
    array.offsets.push_back(headers[i].data_offset);
  }
  contents.arrays = {std::move(array)};
  return std::make_unique<ArraySource>(std::move(contents));
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

/// Of the elements, which follow the array's head; none where the member has more than these.
std::optional<uint32_t> crc32_of_elements(const ByteReader& file, const ZipMember& member,
                                          const NumpyHeader& header) {
  const int64_t head_bytes = header.data_offset - member.offset;
  const int64_t bytes = elems_of(header.shape) * header.type.bytes;
  if (head_bytes + bytes != member.bytes) return std::nullopt;
  const std::string head = file.text(member.offset, head_bytes);
  return crc32_of_rest(member.crc32, crc32_of(std::as_bytes(std::span(head))), bytes);
}

std::unique_ptr<Source> open_archive(const SourcePlace& place, const std::vector<std::string>& fields,
                                     FileSamples samples) {
  const FileReader file(place.path);
  std::vector<FieldCandidate> candidates;
  std::vector<NumpyHeader> headers;
  std::vector<ZipMember> members;
  for (const ZipMember& member : read_zip_directory(file)) {
    if (!has_extension(member.name, ".npy")) continue;
    const std::string name = member.name.substr(0, member.name.size() - 4);
    headers.push_back(header_of_member(file, member));
    members.push_back(member);
    candidates.push_back({name, headers.back().shape, headers.back().problem});
  }
  ArraySource::Contents contents;
  contents.files = {place.path};
  const bool has_rows = samples == FileSamples::rows;
  contents.remarks = remarks_on_choice(file.name(), candidates, fields, has_rows);
  contents.file_per_sample = !has_rows;
  for (const size_t i : choose_fields(file.name(), candidates, fields, has_rows)) {
    contents.count = has_rows ? headers[i].shape[0] : 1;
    contents.arrays.push_back(has_rows ? sliced_array(candidates[i].name, headers[i])
                                       : array_of(candidates[i].name, headers[i], headers[i].shape));
    contents.arrays.back().crc32 = crc32_of_elements(file, members[i], headers[i]);
  }
  return std::make_unique<ArraySource>(std::move(contents));
}

/// Each file is a sample where it has one array and numbers beside it, of which rows could say nothing: a
/// sample and what is to be learnt of it. Else as array_folder.h says.
std::optional<FileSamples> samples_of_archives(const SourcePlace& place, const SourceOptions& options) {
  if (!options.fields.empty()) return std::nullopt;
  try {
    const SourcePlace first = look_at(place.files_with(kArchive).front());
    const auto whole = open_archive(first, {}, FileSamples::whole);
    const auto numbers =
        std::ranges::count_if(whole->fields(), [](const Field& field) { return field.type.shape.empty(); });
    const bool is_sample = numbers > 0 && numbers + 1 == std::ssize(whole->fields());
    return is_sample ? std::optional(FileSamples::whole) : std::nullopt;
  } catch (const UserError&) {
    return std::nullopt;  // whoever reads the folder says it
  }
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
  if (place.is_folder)
    return open_array_folder(place, kArchive, options, open_archive, samples_of_archives(place, options));
  if (place.head.starts_with("PK")) return open_archive(place, options.fields, FileSamples::rows);
  refuse_fields(place, options);
  const FileReader file(place.path);
  const NumpyHeader header = header_of_file(file);
  if (header.shape.empty()) user_error("{}: is one number, expected an array of samples", file.name());
  return std::make_unique<ArraySource>(ArraySource::Contents{
      header.shape[0], {place.path}, {sliced_array("data", header)}, false, {has_one_array(place)}});
}

void register_numpy_file(SourceRegistry& registry) {
  registry.add(
      {"numpy", "a .npy or .npz file, or a folder of .npy files or of .npz files", matches, open_numpy});
}

}  // namespace weft
