#include "weft/data/source/hdf5_datasets.h"

#include <algorithm>
#include <array>
#include <utility>

#include "weft/base/check.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/field_choice.h"
#include "weft/data/source/hdf5_address_driver.h"
#include "weft/data/source/hdf5_attributes.h"
#include "weft/data/source/slab.h"

namespace weft {

namespace {

/// More chunks than this in one file are an index that no memory holds, or a broken header.
constexpr int64_t kMaxChunks = int64_t{1} << 28;
/// An attribute of files that NetCDF's library or h5netcdf wrote, whatever their name ends with.
constexpr const char* kNetcdfMark = "_NCProperties";

herr_t note_name(hid_t /*group*/, const char* name, const H5L_info_t* /*info*/, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

/// The type of elements; a sentence's end where there is none.
std::string read_type(hid_t dataset, Hdf5Dataset& result) {
  Hdf5Id type(H5Dget_type(dataset), H5Tclose);
  if (H5Tget_class(type.get()) == H5T_ENUM) type = Hdf5Id(H5Tget_super(type.get()), H5Tclose);
  using Kind = StoredType::Kind;
  const H5T_class_t kind = H5Tget_class(type.get());
  if (kind != H5T_INTEGER && kind != H5T_FLOAT) return "holds no numbers";
  StoredType& stored = result.stored;
  stored.bytes = static_cast<int32_t>(H5Tget_size(type.get()));
  stored.big_endian = H5Tget_order(type.get()) == H5T_ORDER_BE;
  stored.kind = Kind::floating;
  if (kind == H5T_INTEGER) {
    stored.kind = H5Tget_sign(type.get()) == H5T_SGN_NONE ? Kind::unsigned_integer : Kind::signed_integer;
  }
  const bool padded = H5Tget_precision(type.get()) != H5Tget_size(type.get()) * 8;
  if (padded || !dtype_of(stored))
    return fmt::format("has elements of an unknown type ({})", to_string(stored));
  if (kind == H5T_FLOAT) {
    size_t sign = 0;
    size_t exponent_at = 0;
    size_t exponent_bits = 0;
    size_t fraction_at = 0;
    size_t fraction_bits = 0;
    H5Tget_fields(type.get(), &sign, &exponent_at, &exponent_bits, &fraction_at, &fraction_bits);
    const size_t expected = stored.bytes == 2 ? 10 : stored.bytes == 4 ? 23 : 52;
    if (fraction_bits != expected) return "has floating-point numbers of an unknown kind";
  }
  return {};
}

void read_shape(hid_t dataset, Hdf5Dataset& result) {
  const Hdf5Id space(H5Dget_space(dataset), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0) {
    result.problem = "has no shape";
    return;
  }
  std::vector<hsize_t> sizes(static_cast<size_t>(rank));
  std::vector<hsize_t> most(static_cast<size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), sizes.data(), most.data());
  result.grows = rank > 0 && most[0] == H5S_UNLIMITED;
  for (const hsize_t size : sizes) result.shape.push_back(static_cast<int64_t>(size));
  int64_t bytes = 0;
  if (H5Sget_simple_extent_type(space.get()) == H5S_NULL) result.problem = "is empty";
  if (!checked_bytes(result.shape, result.stored.bytes, bytes))
    result.problem = "has a shape that is too large";
}

std::string read_filters(hid_t properties, Hdf5Dataset& result) {
  int deflates = 0;
  const int count = H5Pget_nfilters(properties);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    unsigned config = 0;
    std::array<unsigned, 8> values{};
    size_t found = values.size();
    std::array<char, 64> name{};
    const H5Z_filter_t id = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &found,
                                           values.data(), name.size(), name.data(), &config);
    if (id == H5Z_FILTER_DEFLATE) {
      result.filters.push_back({Hdf5Filter::Kind::deflate});
      ++deflates;
    } else if (id == H5Z_FILTER_SHUFFLE) {
      const auto bytes = found > 0 ? static_cast<int32_t>(values[0]) : result.stored.bytes;
      result.filters.push_back({Hdf5Filter::Kind::shuffle, bytes});
    } else if (id == H5Z_FILTER_FLETCHER32) {
      result.filters.push_back({Hdf5Filter::Kind::fletcher32});
    } else {
      return fmt::format("is stored with filter {} ({}), expected deflate, shuffle or fletcher32", id,
                         name.data());
    }
  }
  return deflates > 1 ? "is compressed twice" : "";
}

/// The layout's kind and what it needs, not yet where the data lie.
std::string read_layout(hid_t dataset, Hdf5Dataset& result) {
  const Hdf5Id properties(H5Dget_create_plist(dataset), H5Pclose);
  result.fill.assign(static_cast<size_t>(result.stored.bytes), std::byte{0});
  H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
  H5Pfill_value_defined(properties.get(), &defined);
  const Hdf5Id type(H5Dget_type(dataset), H5Tclose);
  if (defined != H5D_FILL_VALUE_UNDEFINED)
    H5Pget_fill_value(properties.get(), type.get(), result.fill.data());
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  if (layout == H5D_COMPACT)
    return "is stored in the file's header (compact), expected contiguous or chunked";
  if (layout == H5D_CONTIGUOUS) {
    return H5Pget_external_count(properties.get()) > 0 ? "lies in other files (external storage)" : "";
  }
  if (layout != H5D_CHUNKED) return "is virtual, a view of other files; name those instead";
  result.chunked = true;
  unsigned options = 0;
  H5Pget_chunk_opts(properties.get(), &options);
  if (options != 0) return "leaves partial chunks unfiltered, which is not supported";
  std::vector<hsize_t> sizes(result.shape.size());
  H5Pget_chunk(properties.get(), static_cast<int>(sizes.size()), sizes.data());
  for (const hsize_t size : sizes) result.chunk.push_back(static_cast<int64_t>(size));
  return read_filters(properties.get(), result);
}

/// Which of the open files an object lies in.
unsigned long number_of_file(hid_t object) {
  H5O_info_t info{};
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) return ~0UL;
  return info.fileno;
}

/// Whether a variable of NetCDF is filled before it is written.
bool is_filled(hid_t dataset) {
  const Hdf5Id properties(H5Dget_create_plist(dataset), H5Pclose);
  H5D_fill_time_t time = H5D_FILL_TIME_IFSET;
  return H5Pget_fill_time(properties.get(), &time) < 0 || time != H5D_FILL_TIME_NEVER;
}

void read_conventions(hid_t id, bool is_netcdf, Hdf5Dataset& dataset) {
  const std::vector<VariableAttribute> attributes = read_number_attributes(id);
  Conventions found =
      conventions_of(dataset.stored, attributes, {.default_fill = is_netcdf && is_filled(id)});
  const bool changes_sign = dataset.stored.kind != found.stored.kind;
  dataset.stored = found.stored;
  dataset.packing = std::move(found.packing);
  dataset.remarks = std::move(found.remarks);
  if (dataset.problem.empty()) dataset.problem = std::move(found.problem);
  if (is_netcdf || (!dataset.packing && !changes_sign)) return;
  std::string names;
  for (const VariableAttribute& attribute : attributes) {
    if (std::ranges::find(found.ignored, attribute.name) != found.ignored.end()) continue;
    names += (names.empty() ? "" : ", ") + attribute.name;
  }
  if (names.empty()) return;
  dataset.remarks.push_back(fmt::format("the attributes {} are heeded, as NetCDF has them", names));
}

class FileSurvey {
 public:
  FileSurvey(const std::filesystem::path& path, const Hdf5Question& question)
      : path_(path.string()), question_(question), file_bytes_(size_of_file(path)), file_(path) {
    check_it_is_closed();
    if (file_.file() < 0) user_error("{}: is no HDF5 file, or is cut short or damaged", path_);
    is_netcdf_ = question.netcdf || H5Aexists(file_.file(), kNetcdfMark) > 0;
  }

  std::vector<Hdf5Dataset> read() {
    std::vector<std::string> names;
    if (H5Lvisit(file_.file(), H5_INDEX_NAME, H5_ITER_INC, note_name, &names) < 0) {
      user_error("{}: its groups cannot be read; is the file damaged?", path_);
    }
    std::vector<Hdf5Dataset> all;
    for (const std::string& name : names) survey(name, all);
    if (is_netcdf_ && question_.fields.empty() && question_.first_is_sample) leave_out_others(all);
    std::vector<FieldCandidate> candidates;
    for (const Hdf5Dataset& dataset : all)
      candidates.push_back({dataset.name, dataset.shape, dataset.problem, dataset.is_scale});
    std::vector<Hdf5Dataset> chosen;
    for (const size_t i : choose_fields(path_, candidates, question_.fields, question_.first_is_sample)) {
      locate(all[i]);
      chosen.push_back(all[i]);  // which may be chosen twice
      for (std::string& remark : chosen.back().remarks)
        remark = fmt::format("{}: in '{}' {}", path_, all[i].name, remark);
    }
    const std::vector<std::string> left_out =
        remarks_on_choice(path_, candidates, question_.fields, question_.first_is_sample);
    chosen[0].remarks.insert(chosen[0].remarks.end(), left_out.begin(), left_out.end());
    return chosen;
  }

 private:
  /// Byte 11 of the newest superblock says whether somebody writes: what is there may then be half of it. The
  /// library refuses such files itself with drivers that know of writers, which ours does not.
  void check_it_is_closed() const {
    std::array<std::byte, 12> head{};
    const FileReader file(path_);
    if (file.size() >= std::ssize(head)) file.read(0, head);
    const bool has_flags = head[1] == std::byte{'H'} && head[8] == std::byte{3};
    if (has_flags && (head[11] & std::byte{1}) != std::byte{0}) {
      user_error("{}: is being written, or its writer was killed; where it was, h5clear -s makes it readable",
                 path_);
    }
  }

  void survey(const std::string& name, std::vector<Hdf5Dataset>& all) const {
    const Hdf5Id object(H5Oopen(file_.file(), name.c_str(), H5P_DEFAULT), H5Oclose);
    Hdf5Dataset dataset;
    dataset.name = name;
    if (!object) {
      dataset.problem = "cannot be opened: it is a link that leads nowhere, or damaged";
      all.push_back(std::move(dataset));
      return;
    }
    if (H5Iget_type(object.get()) != H5I_DATASET) return;
    if (is_netcdf_ && is_bare_dimension(object.get())) return;
    dataset.problem = read_type(object.get(), dataset);
    read_shape(object.get(), dataset);
    if (dataset.problem.empty()) dataset.problem = read_layout(object.get(), dataset);
    // Addresses of a dataset are those of the file that it lies in.
    if (number_of_file(object.get()) != number_of_file(file_.file())) {
      dataset.problem = "lies in another file (an external link); name that file instead";
    }
    dataset.is_scale = is_netcdf_ && H5Aexists(object.get(), "CLASS") > 0;
    if (dataset.problem.empty()) read_conventions(object.get(), is_netcdf_, dataset);
    all.push_back(std::move(dataset));
  }

  /// Keeps what runs along the record dimension or, without one, along the first dimension of the widest.
  static void leave_out_others(std::vector<Hdf5Dataset>& all) {
    const Hdf5Dataset* widest = nullptr;
    const auto wins = [](const Hdf5Dataset& a, const Hdf5Dataset& b) {
      return a.grows != b.grows ? a.grows : a.shape.size() > b.shape.size();
    };
    for (const Hdf5Dataset& dataset : all) {
      if (!dataset.problem.empty() || dataset.is_scale || dataset.shape.empty()) continue;
      if (widest == nullptr || wins(dataset, *widest)) widest = &dataset;
    }
    if (widest == nullptr) return;
    const int64_t samples = widest->shape[0];
    const std::string example = widest->name;
    for (Hdf5Dataset& dataset : all) {
      if (!dataset.problem.empty() || dataset.is_scale || dataset.shape.empty()) continue;
      if (dataset.shape[0] == samples) continue;
      dataset.problem = fmt::format("has {} rows, and '{}' has {}", dataset.shape[0], example, samples);
    }
  }

  void check_within(const Hdf5Dataset& dataset, int64_t offset, int64_t bytes) const {
    if (offset >= 0 && bytes >= 0 && offset <= file_bytes_ && bytes <= file_bytes_ - offset) return;
    user_error("{}: data of '{}' lie beyond the file's {} bytes; is it cut short?", path_, dataset.name,
               file_bytes_);
  }

  void locate(Hdf5Dataset& dataset) const {
    const Hdf5Id id(H5Dopen2(file_.file(), dataset.name.c_str(), H5P_DEFAULT), H5Dclose);
    if (dataset.chunked) {
      locate_chunks(id.get(), dataset);
      return;
    }
    const haddr_t address = H5Dget_offset(id.get());
    if (address == HADDR_UNDEF) {
      dataset.remarks.emplace_back("nothing was ever written; all of it is the fill value");
      return;
    }
    dataset.offset = static_cast<int64_t>(address);
    check_within(dataset, dataset.offset, elems_of(dataset.shape) * dataset.stored.bytes);
  }

  void locate_chunks(hid_t id, Hdf5Dataset& dataset) const {
    const Dims grid = dataset.grid();
    int64_t count = 0;
    int64_t chunk_bytes = 0;
    if (!checked_bytes(grid, 1, count) || count > kMaxChunks ||
        !checked_bytes(dataset.chunk, dataset.stored.bytes, chunk_bytes)) {
      user_error("{}: '{}' has more chunks than can be held", path_, dataset.name);
    }
    dataset.chunks.resize(static_cast<size_t>(count));
    std::vector<hsize_t> at(grid.size());
    hsize_t written = 0;
    for (int64_t i = 0; i < count; ++i) {
      int64_t rest = i;
      for (size_t d = grid.size(); d-- > 0; rest /= grid[d]) {
        const int64_t place = rest % grid[d];
        at[d] = static_cast<hsize_t>(place) * static_cast<hsize_t>(dataset.chunk[d]);
      }
      Hdf5AddressFile::Chunk found;
      if (!file_.find_chunk(id, at.data(), found)) continue;
      ++written;
      Hdf5Chunk& chunk = dataset.chunks[static_cast<size_t>(i)];
      chunk = {static_cast<int64_t>(found.address), static_cast<int64_t>(found.bytes),
               found.filters_left_out};
      check_within(dataset, chunk.offset, chunk.bytes);
    }
    const Hdf5Id space(H5Dget_space(id), H5Sclose);
    hsize_t expected = 0;
    if (H5Dget_num_chunks(id, space.get(), &expected) < 0 || expected != written) {
      user_error("{}: the index of the chunks of '{}' is damaged", path_, dataset.name);
    }
    if (std::cmp_less(written, count)) {
      dataset.remarks.push_back(
          fmt::format("{} of {} chunks were never written and are the fill value; was its writer killed?",
                      count - static_cast<int64_t>(written), count));
    }
  }

  std::string path_;
  const Hdf5Question& question_;
  int64_t file_bytes_;
  Hdf5AddressFile file_;
  bool is_netcdf_ = false;
};

}  // namespace

Dims Hdf5Dataset::grid() const {
  Dims result;
  for (size_t d = 0; d < chunk.size(); ++d) result.push_back((shape[d] + chunk[d] - 1) / chunk[d]);
  return result;
}

std::vector<Hdf5Dataset> read_hdf5_datasets(const std::filesystem::path& path, const Hdf5Question& question) {
  const Hdf5Lock lock;
  return FileSurvey(path, question).read();
}

}  // namespace weft
