#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace weft {

/// Images of one size, decoded into memory: a tree root/<class>/*.jpg, the classes in order of their names.
class ImageFolder {
 public:
  /// Progress: images decoded, of how many; may be empty.
  using Report = std::function<void(int64_t done, int64_t total)>;

  /// Reads root, or root/<split> where that exists. UserError "data.path: …" where there is no such tree, an
  /// image cannot be decoded, or is of another size than the first.
  ImageFolder(const std::filesystem::path& root, const std::string& split, const Report& report);

  int64_t count() const { return static_cast<int64_t>(labels_.size()); }
  int64_t height() const { return height_; }
  int64_t width() const { return width_; }
  const std::vector<std::string>& classes() const { return classes_; }
  int32_t label(int64_t image) const { return labels_[static_cast<size_t>(image)]; }
  /// [height, width, 3] bytes; valid as long as this.
  const uint8_t* pixels(int64_t image) const { return pixels_.data() + image * height_ * width_ * 3; }

  /// Mean and standard deviation of each channel, of values in [0, 1].
  struct Statistics {
    std::array<double, 3> mean;
    std::array<double, 3> deviation;
  };
  Statistics statistics() const;

 private:
  std::vector<std::string> classes_;
  std::vector<int32_t> labels_;
  std::vector<uint8_t> pixels_;
  int64_t height_ = 0;
  int64_t width_ = 0;
};

/// Whether root/<split> is there.
bool has_split(const std::filesystem::path& root, const std::string& split);

}  // namespace weft
