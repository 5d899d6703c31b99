#include "weft/data/image_folder.h"

#include <turbojpeg.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>

#include "weft/base/check.h"
#include "weft/base/threads.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

struct Handle {
  tjhandle raw = tjInitDecompress();
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { tjDestroy(raw); }
};

std::vector<uint8_t> read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) user_error("data.path: {} cannot be read", path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Size {
  int height = 0;
  int width = 0;
};

Size size_of(tjhandle handle, const std::vector<uint8_t>& bytes, const fs::path& path) {
  Size size;
  int subsampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(handle, bytes.data(), bytes.size(), &size.width, &size.height, &subsampling,
                          &colours) != 0) {
    user_error("data.path: {} is no JPEG image ({})", path.string(), tjGetErrorStr2(handle));
  }
  return size;
}

std::vector<fs::path> sorted_entries(const fs::path& folder, bool folders) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (folders ? entry.is_directory() : entry.is_regular_file()) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_jpeg(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".jpg" || extension == ".jpeg" || extension == ".JPG" || extension == ".JPEG";
}

fs::path tree_of(const fs::path& root, const std::string& split) {
  if (fs::is_regular_file(root) && root.string().find(".tar") != std::string::npos) {
    user_error(
        "data.path: {} is an archive; unpack it first: mkdir -p data/images && tar -xf {} -C data/images",
        root.string(), root.string());
  }
  if (!fs::is_directory(root)) user_error("data.path: {} is no folder", root.string());
  return has_split(root, split) ? root / split : root;
}

}  // namespace

bool has_split(const fs::path& root, const std::string& split) { return fs::is_directory(root / split); }

ImageFolder::ImageFolder(const fs::path& root, const std::string& split, const Report& report) {
  const fs::path tree = tree_of(root, split);
  std::vector<fs::path> files;
  for (const fs::path& folder : sorted_entries(tree, true)) {
    for (const fs::path& file : sorted_entries(folder, false)) {
      if (!is_jpeg(file)) continue;
      files.push_back(file);
      labels_.push_back(static_cast<int32_t>(classes_.size()));
    }
    classes_.push_back(folder.filename().string());
  }
  if (files.empty()) user_error("data.path: {} holds no class folders of JPEG images", tree.string());
  const Size first = size_of(Handle().raw, read_all(files[0]), files[0]);
  height_ = first.height;
  width_ = first.width;
  const int64_t image_bytes = height_ * width_ * 3;
  pixels_.resize(static_cast<size_t>(count() * image_bytes));
  std::mutex mutex;
  std::string failure;
  std::atomic<int64_t> done{0};
  parallel_for(count(), 64, [&](int64_t begin, int64_t end) {
    const Handle handle;
    for (int64_t i = begin; i < end; ++i) {
      // parallel_for's body must not throw: the first failure is kept for afterwards.
      try {
        const fs::path& path = files[static_cast<size_t>(i)];
        const std::vector<uint8_t> bytes = read_all(path);
        const Size size = size_of(handle.raw, bytes, path);
        if (size.height != height_ || size.width != width_) {
          user_error("data.path: {} is {}x{}, and the images before it are {}x{}", path.string(), size.width,
                     size.height, width_, height_);
        }
        if (tjDecompress2(handle.raw, bytes.data(), bytes.size(), pixels_.data() + i * image_bytes,
                          size.width, 0, size.height, TJPF_RGB, 0) != 0) {
          user_error("data.path: {} cannot be decoded ({})", path.string(), tjGetErrorStr2(handle.raw));
        }
      } catch (const UserError& error) {
        const std::lock_guard lock(mutex);
        if (failure.empty()) failure = error.what();
      }
      const int64_t now = ++done;
      if (report && begin == 0 && now % 1000 == 0) report(now, count());
    }
  });
  if (!failure.empty()) throw UserError(failure);
}

ImageFolder::Statistics ImageFolder::statistics() const {
  Statistics result{};
  for (size_t channel = 0; channel < 3; ++channel) {
    double sum = 0;
    double squares = 0;
    for (size_t i = channel; i < pixels_.size(); i += 3) {
      const double value = pixels_[i] / 255.0;
      sum += value;
      squares += value * value;
    }
    const double points = static_cast<double>(pixels_.size()) / 3;
    result.mean[channel] = sum / points;
    const double variance = squares / points - result.mean[channel] * result.mean[channel];
    // Images of one colour have none: any divisor does then.
    result.deviation[channel] = variance > 1e-12 ? std::sqrt(variance) : 1;
  }
  return result;
}

}  // namespace weft
