#include "weft/data/source/hdf5_file.h"

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/data/source/array_source.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/hdf5_datasets.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/source/slab.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 3> kExtensions{".h5", ".hdf5", ".hdf"};
constexpr std::string_view kMagic{"\x89HDF\r\n\x1a\n", 8};
/// Enough for the metadata of a small file: superblock, group, object headers.
constexpr int64_t kHeadBytes = 64 << 10;
constexpr size_t kMostRemarks = 5;

/// Weft's type of the same size, for copies that do not look at values.
DType carrier_of(int32_t bytes) {
  return bytes == 1 ? DType::u8 : bytes == 2 ? DType::bf16 : bytes == 4 ? DType::f32 : DType::f64;
}

/// Calls body(number of the chunk in the grid, its region) for each chunk that meets `region`, in order.
template <class Body>
void for_each_chunk(const Hdf5Dataset& dataset, const Region& region, const Body& body) {
  if (region.empty()) return;
  const Dims grid = dataset.grid();
  const size_t dims = grid.size();
  std::vector<Range> spans(dims);
  for (size_t d = 0; d < dims; ++d) {
    spans[d] = {region.ranges[d].begin / dataset.chunk[d], (region.ranges[d].end - 1) / dataset.chunk[d] + 1};
  }
  Dims at(dims);
  for (size_t d = 0; d < dims; ++d) at[d] = spans[d].begin;
  while (true) {
    int64_t number = 0;
    Region box;
    for (size_t d = 0; d < dims; ++d) {
      number = number * grid[d] + at[d];
      box.ranges.push_back({at[d] * dataset.chunk[d], (at[d] + 1) * dataset.chunk[d]});
    }
    body(number, box);
    size_t d = dims;
    while (d > 0 && ++at[d - 1] == spans[d - 1].end) {
      --d;
      at[d] = spans[d].begin;
    }
    if (d == 0) return;
  }
}

class Hdf5Source final : public Source {
 public:
  struct Contents {
    int64_t count = 0;
    std::vector<fs::path> files;
    std::vector<std::vector<Hdf5Dataset>> datasets;  ///< by file, then field
    bool file_per_sample = false;
  };

  explicit Hdf5Source(Contents contents) : contents_(std::move(contents)) {
    for (const Hdf5Dataset& dataset : contents_.datasets[0]) {
      Dims shape = dataset.shape;
      if (!contents_.file_per_sample) shape.erase(shape.begin());
      fields_.push_back(field_of(dataset.name, dataset.stored, dataset.packing, std::move(shape)));
    }
  }

  int64_t count() const override { return contents_.count; }
  std::string name(int64_t sample) const override {
    return sample_name(contents_.files, contents_.file_per_sample, sample);
  }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const fs::path> files() const override { return contents_.files; }
  std::vector<std::string> remarks() const override {
    std::vector<std::string> all;
    size_t more = 0;
    for (const std::vector<Hdf5Dataset>& file : contents_.datasets) {
      for (const Hdf5Dataset& dataset : file) {
        for (const std::string& remark : dataset.remarks) {
          if (all.size() < kMostRemarks) {
            all.push_back(remark);
          } else {
            ++more;
          }
        }
      }
    }
    if (more > 0) all.push_back(fmt::format("{}: {} more such sentences", contents_.files[0].string(), more));
    return all;
  }

  void locate(int64_t sample, std::span<const Region> parts, std::vector<Extent>& extents) const override {
    WEFT_CHECK(sample >= 0 && sample < count(), "sample {} of {}", sample, count());
    const std::vector<Region> wanted = resolve_parts(fields_, parts);
    const int32_t file = file_of(sample);
    std::vector<Extent> found;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const Hdf5Dataset& dataset = dataset_of(sample, i);
      const Region region = in_file(wanted[i], sample);
      if (!dataset.chunked) {
        if (dataset.offset < 0) continue;
        append_slab(found, file, dataset.offset, dataset.shape, region, dataset.stored.bytes);
        continue;
      }
      for_each_chunk(dataset, region, [&](int64_t number, const Region&) {
        const Hdf5Chunk& chunk = dataset.chunks[static_cast<size_t>(number)];
        if (chunk.offset >= 0) append_extent(found, {file, chunk.offset, chunk.bytes});
      });
    }
    extents.insert(extents.end(), found.begin(), found.end());
  }

  void unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte> record,
              std::span<const View> outputs) const override {
    const std::vector<Region> wanted = resolve_parts(fields_, parts);
    std::span<const std::byte> rest = record;
    for (size_t i = 0; i < wanted.size(); ++i) {
      const Hdf5Dataset& dataset = dataset_of(sample, i);
      const Region region = in_file(wanted[i], sample);
      if (dataset.chunked) {
        unpack_chunks(dataset, region, rest, outputs[i], sample);
      } else if (dataset.offset < 0) {
        const std::vector<std::byte> filled = filled_box(dataset, region.elems());
        finish(dataset, filled, outputs[i], sample);
      } else {
        finish(dataset, take(rest, region.elems() * dataset.stored.bytes, sample), outputs[i], sample);
      }
    }
    if (!rest.empty()) {
      user_error("{}: {} bytes were read, expected {}", name(sample), record.size(),
                 record.size() - rest.size());
    }
  }

 private:
  int32_t file_of(int64_t sample) const {
    return contents_.file_per_sample ? static_cast<int32_t>(sample) : 0;
  }
  const Hdf5Dataset& dataset_of(int64_t sample, size_t field) const {
    return contents_.datasets[static_cast<size_t>(file_of(sample))][field];
  }
  /// A part of a sample, in the coordinates of the dataset.
  Region in_file(const Region& part, int64_t sample) const {
    if (contents_.file_per_sample) return part;
    Region region;
    region.ranges.push_back({sample, sample + 1});
    region.ranges.insert(region.ranges.end(), part.ranges.begin(), part.ranges.end());
    return region;
  }
  std::span<const std::byte> take(std::span<const std::byte>& rest, int64_t bytes, int64_t sample) const {
    const auto size = static_cast<size_t>(bytes);
    if (rest.size() < size) user_error("{}: fewer bytes were read than it has", name(sample));
    const auto taken = rest.first(size);
    rest = rest.subspan(size);
    return taken;
  }
  static std::vector<std::byte> filled_box(const Hdf5Dataset& dataset, int64_t elems) {
    std::vector<std::byte> box;
    box.reserve(static_cast<size_t>(elems) * dataset.fill.size());
    for (int64_t i = 0; i < elems; ++i) box.insert(box.end(), dataset.fill.begin(), dataset.fill.end());
    return box;
  }
  void finish(const Hdf5Dataset& dataset, std::span<const std::byte> stored, const View& output,
              int64_t sample) const {
    unpack_elements(stored, dataset.stored, dataset.packing, output,
                    fmt::format("{}: field {}", name(sample), dataset.name));
  }

  void unpack_chunks(const Hdf5Dataset& dataset, const Region& region, std::span<const std::byte>& rest,
                     const View& output, int64_t sample) const {
    const int64_t chunk_bytes = elems_of(dataset.chunk) * dataset.stored.bytes;
    const DType carrier = carrier_of(dataset.stored.bytes);
    std::vector<std::byte> box;
    for_each_chunk(dataset, region, [&](int64_t number, const Region& place) {
      const Hdf5Chunk& chunk = dataset.chunks[static_cast<size_t>(number)];
      std::vector<std::byte> unpacked;
      std::span<const std::byte> raw;
      if (chunk.offset < 0) {
        unpacked = filled_box(dataset, elems_of(dataset.chunk));
        raw = unpacked;
      } else {
        raw = take(rest, chunk.bytes, sample);
        if (!dataset.filters.empty()) {
          unpacked = undo_filters(raw, dataset.filters, chunk.filters_left_out, chunk_bytes, name(sample));
          raw = unpacked;
        } else if (static_cast<int64_t>(raw.size()) != chunk_bytes) {
          user_error("{}: a chunk has {} bytes, expected {}", name(sample), raw.size(), chunk_bytes);
        }
      }
      if (place == region) {
        finish(dataset, raw, output, sample);
        return;
      }
      box.resize(static_cast<size_t>(region.elems() * dataset.stored.bytes));
      copy_region({const_cast<std::byte*>(raw.data()), {carrier, dataset.chunk}}, place,
                  {box.data(), {carrier, region.shape()}}, region, intersect(place, region));
    });
    if (!box.empty()) finish(dataset, box, output, sample);
  }

  Contents contents_;
  std::vector<Field> fields_;
};

/// A wait for a slow file system, done for many files at once before libhdf5 goes through them one by one.
void warm_heads(const std::vector<fs::path>& files) {
  for_each_waiting(static_cast<int64_t>(files.size()), [&](int64_t i) {
    try {
      const FileReader file(files[static_cast<size_t>(i)]);
      file.text(0, std::min(file.size(), kHeadBytes));
    } catch (const UserError&) {  // which opening it is going to say
    }
  });
}

std::unique_ptr<Source> open_file(const SourcePlace& place, const Hdf5Question& question) {
  Hdf5Source::Contents contents;
  contents.files = {place.path};
  contents.datasets.push_back(read_hdf5_datasets(place.path, question));
  contents.file_per_sample = !question.first_is_sample;
  contents.count = question.first_is_sample ? contents.datasets[0][0].shape[0] : 1;
  return std::make_unique<Hdf5Source>(std::move(contents));
}

int matches(const SourcePlace& place) {
  bool named = false;
  for (const std::string_view extension : kExtensions) named = named || place.has_files(extension);
  if (place.is_folder) return named ? 2 : 0;
  if (!place.is_file || place.has_files(".nc") || place.has_files(".nc4")) return 0;
  if (place.head.starts_with(kMagic)) return 2;
  return named ? 1 : 0;
}

}  // namespace

std::unique_ptr<Source> open_hdf5(const SourcePlace& place, const SourceOptions& options) {
  if (place.is_folder) {
    warm_heads(place.files_with(kExtensions));
    const auto open_one = [](const SourcePlace& file, const std::vector<std::string>& fields,
                             FileSamples samples) {
      return open_file(file, {fields, samples == FileSamples::rows, false});
    };
    return open_array_folder(place, kExtensions, options, open_one, FileSamples::whole);
  }
  return open_file(place, {options.fields, true, false});
}

std::unique_ptr<Source> open_netcdf4(const SourcePlace& place, const std::vector<std::string>& fields,
                                     FileSamples samples) {
  return open_file(place, {fields, samples == FileSamples::rows, true});
}

void register_hdf5_file(SourceRegistry& registry) {
  registry.add({"hdf5", "a .h5 file, or a folder of .h5 files of one sample each", matches, open_hdf5});
}

}  // namespace weft
