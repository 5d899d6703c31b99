#include "weft/data/synthetic/volumes.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <numbers>

#include "weft/base/check.h"
#include "weft/base/part_file.h"
#include "weft/base/philox.h"
#include "weft/base/threads.h"
#include "weft/data/source/hdf5_library.h"

namespace weft {

namespace {

constexpr uint64_t kParameterStream = 501;
constexpr uint64_t kWaveStream = 502;
constexpr int64_t kParameters = 4;
constexpr size_t kWaves = 24;
constexpr int64_t kMaxFrequency = 8;  ///< waves along a side
constexpr int64_t kWavelength = 8;    ///< elements a wave has at least: neighbours are alike

struct Wave {
  int64_t frequency[3] = {0, 0, 0};
  std::complex<float> amplitude;
};

/// Waves whose squared amplitudes fall with frequency, scaled to a field of variance one.
std::vector<Wave> draw_waves(uint64_t seed, int64_t volume, const Dims& shape,
                             std::span<const float> parameters) {
  const RandomStream random{seed, kWaveStream, static_cast<uint64_t>(volume)};
  const double slope = -1.5 + parameters[1];
  const double stretch = 1.0 + 0.5 * parameters[3];
  std::vector<Wave> waves(kWaves);
  std::vector<double> power(kWaves);
  double sum = 0;
  for (size_t w = 0; w < kWaves; ++w) {
    double squared = 0;
    for (size_t d = 0; d < 3; ++d) {
      const int64_t most = std::min(kMaxFrequency, shape[d] / kWavelength);
      const auto drawn =
          static_cast<int64_t>(random.below(w * 8 + d, static_cast<uint64_t>(2 * most + 1))) - most;
      waves[w].frequency[d] = drawn;
      const double scaled = static_cast<double>(drawn) * (d == 0 ? stretch : 1.0);
      squared += scaled * scaled;
    }
    power[w] = std::pow(1 + squared, slope / 2);
    sum += power[w];
  }
  for (size_t w = 0; w < kWaves; ++w) {
    const auto size = static_cast<float>(std::sqrt(2 * power[w] / sum));
    const auto phase = static_cast<float>(random.uniform((w * 8 + 4) * 4) * 2 * std::numbers::pi);
    waves[w].amplitude = std::polar(size, phase);
  }
  return waves;
}

/// e^(2 pi i f x / size) for x of one dimension, wave by wave.
std::vector<std::complex<float>> phases(const std::vector<Wave>& waves, size_t dimension, int64_t size) {
  std::vector<std::complex<float>> table;
  for (const Wave& wave : waves) {
    for (int64_t x = 0; x < size; ++x) {
      const double turn = static_cast<double>(wave.frequency[dimension] * x) / static_cast<double>(size);
      table.push_back(std::polar(1.0F, static_cast<float>(2 * std::numbers::pi * turn)));
    }
  }
  return table;
}

void check_options(const VolumeOptions& options) {
  if (options.count < 1) user_error("volumes: a count of {}, expected at least 1", options.count);
  if (options.shape.size() != 4) {
    user_error("volumes: the shape {} has {} sizes, expected DxHxWxC", to_string(options.shape),
               options.shape.size());
  }
  if (!options.chunk.empty() && options.chunk.size() != 4) {
    user_error("volumes: the chunk {} has {} sizes, expected as many as the shape {}",
               to_string(options.chunk), options.chunk.size(), to_string(options.shape));
  }
  if (options.deflate < 0 || options.deflate > 9) {
    user_error("volumes: deflate {}, expected 0 to 9", options.deflate);
  }
  for (size_t d = 0; d < 4; ++d) {
    if (options.shape[d] < 1 || options.shape[d] > 4096) {
      user_error("volumes: a size of {} in {}, expected 1 to 4096", options.shape[d],
                 to_string(options.shape));
    }
    if (!options.chunk.empty() && (options.chunk[d] < 1 || options.chunk[d] > options.shape[d])) {
      user_error("volumes: the chunk {} does not fit into the shape {}", to_string(options.chunk),
                 to_string(options.shape));
    }
  }
}

/// The file that is being written; every call under the library's lock.
class VolumeFile {
 public:
  VolumeFile(const std::filesystem::path& path, const VolumeOptions& options) : path_(path.string()) {
    file_ = Hdf5Id(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    if (!file_) fail();
    std::vector<hsize_t> shape{static_cast<hsize_t>(options.count)};
    for (const int64_t size : options.shape) shape.push_back(static_cast<hsize_t>(size));
    const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    if (options.deflate > 0 || !options.chunk.empty()) {
      std::vector<hsize_t> chunk{1};
      for (const int64_t size : options.chunk.empty() ? options.shape : options.chunk) {
        chunk.push_back(static_cast<hsize_t>(size));
      }
      H5Pset_chunk(properties.get(), 5, chunk.data());
      if (options.deflate > 0) {
        H5Pset_shuffle(properties.get());
        H5Pset_deflate(properties.get(), static_cast<unsigned>(options.deflate));
      }
    }
    volumes_ = create("full", H5T_STD_I16LE, shape, properties.get());
    parameters_ = create("unitPar", H5T_IEEE_F32LE, {shape[0], kParameters}, H5P_DEFAULT);
  }

  void write(int64_t volume, std::span<const int16_t> values, std::span<const float> parameters) {
    write_row(volumes_.get(), volume, H5T_NATIVE_SHORT, values.data());
    write_row(parameters_.get(), volume, H5T_NATIVE_FLOAT, parameters.data());
  }
  /// Closing tells of a full disk, which a destructor could not.
  void finish() {
    if (H5Fflush(file_.get(), H5F_SCOPE_LOCAL) < 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    user_error("{}: the volumes cannot be written (is the disk full?)", path_);
  }

  Hdf5Id create(const char* name, hid_t type, const std::vector<hsize_t>& shape, hid_t properties) const {
    const Hdf5Id space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    Hdf5Id dataset(H5Dcreate2(file_.get(), name, type, space.get(), H5P_DEFAULT, properties, H5P_DEFAULT),
                   H5Dclose);
    if (!dataset) fail();
    return dataset;
  }
  void write_row(hid_t dataset, int64_t row, hid_t type, const void* values) const {
    const Hdf5Id space(H5Dget_space(dataset), H5Sclose);
    std::vector<hsize_t> count(static_cast<size_t>(H5Sget_simple_extent_ndims(space.get())));
    H5Sget_simple_extent_dims(space.get(), count.data(), nullptr);
    std::vector<hsize_t> start(count.size());
    start[0] = static_cast<hsize_t>(row);
    count[0] = 1;
    H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    const Hdf5Id memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    if (H5Dwrite(dataset, type, memory.get(), space.get(), H5P_DEFAULT, values) < 0) fail();
  }

  std::string path_;
  Hdf5Id file_;
  Hdf5Id volumes_;
  Hdf5Id parameters_;
};

}  // namespace

std::vector<float> volume_parameters(uint64_t seed, int64_t volume) {
  const RandomStream random{seed, kParameterStream, static_cast<uint64_t>(volume)};
  std::vector<float> parameters;
  for (uint64_t i = 0; i < kParameters; ++i) {
    parameters.push_back(static_cast<float>(2 * random.uniform(i) - 1));
  }
  return parameters;
}

void fill_volume(uint64_t seed, int64_t volume, const Dims& shape, std::span<int16_t> values) {
  WEFT_CHECK(static_cast<int64_t>(values.size()) == elems_of(shape), "{} values for {}", values.size(),
             to_string(shape));
  const std::vector<float> parameters = volume_parameters(seed, volume);
  const std::vector<Wave> waves = draw_waves(seed, volume, shape, parameters);
  const int64_t height = shape[1];
  const int64_t width = shape[2];
  const auto in_depth = phases(waves, 0, shape[0]);
  const auto in_height = phases(waves, 1, height);
  const auto in_width = phases(waves, 2, width);
  const float sigma = 0.8F + 0.4F * parameters[0];
  const float mean = 40.0F * std::exp(0.5F * parameters[2]);
  parallel_for(shape[0] * height, 4, [&](int64_t begin, int64_t end) {
    std::vector<float> field(static_cast<size_t>(width));
    for (int64_t row = begin; row < end; ++row) {
      std::fill(field.begin(), field.end(), 0.0F);
      for (size_t w = 0; w < kWaves; ++w) {
        const auto at = static_cast<int64_t>(w);
        const std::complex<float> here = waves[w].amplitude *
                                         in_depth[static_cast<size_t>(at * shape[0] + row / height)] *
                                         in_height[static_cast<size_t>(at * height + row % height)];
        const std::complex<float>* along = in_width.data() + at * width;
        for (size_t x = 0; x < field.size(); ++x) {
          field[x] += here.real() * along[x].real() - here.imag() * along[x].imag();
        }
      }
      int16_t* out = values.data() + row * width * shape[3];
      for (const float value : field) {
        // Structure grows with time: the contrast of the first channel is the lowest.
        for (int64_t c = 0; c < shape[3]; ++c) {
          const float s = sigma * static_cast<float>(c + 1) / static_cast<float>(shape[3]);
          const float density = mean * std::exp(s * value - s * s / 2);
          *out++ = static_cast<int16_t>(std::lround(std::min(density, 32767.0F)));
        }
      }
    }
  });
}

void make_volumes(const VolumeOptions& options, const std::function<void(int64_t)>& on_progress) {
  check_options(options);
  PartFile part(options.path, "file of volumes", PartFile::Name::known);
  {
    const Hdf5Lock lock;
    VolumeFile file(part.part(), options);
    std::vector<int16_t> values(static_cast<size_t>(elems_of(options.shape)));
    for (int64_t volume = 0; volume < options.count; ++volume) {
      fill_volume(options.seed, volume, options.shape, values);
      file.write(volume, values, volume_parameters(options.seed, volume));
      if (on_progress) on_progress(volume + 1);
    }
    file.finish();
  }
  int error = part.sync();
  if (error == 0) error = part.take();
  if (error != 0) user_error("{}: cannot be written: {}", options.path.string(), std::strerror(error));
}

}  // namespace weft
