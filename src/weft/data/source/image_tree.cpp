#include "weft/data/source/image_tree.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/latency_pool.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

class ImageTree final : public Source {
 public:
  explicit ImageTree(const SourcePlace& place) : root_(place.path), classes_(place.folders) {
    std::vector<std::vector<std::string>> names(classes_.size());
    for_each_waiting(static_cast<int64_t>(classes_.size()), [&](int64_t i) {
      const auto c = static_cast<size_t>(i);
      names[c] = images_in(root_ / classes_[c]);
    });
    for (size_t c = 0; c < classes_.size(); ++c) {
      for (const std::string& name : names[c]) {
        files_.push_back(root_ / classes_[c] / name);
        labels_.push_back(static_cast<int32_t>(c));
      }
    }
    if (files_.empty()) {
      user_error("{}: its folders hold no images, expected <class>/*.jpg, *.jpeg or *.png", root_.string());
    }
    bytes_.resize(files_.size());
    for_each_waiting(static_cast<int64_t>(files_.size()), [&](int64_t i) {
      bytes_[static_cast<size_t>(i)] = size_of_file(files_[static_cast<size_t>(i)]);
    });
  }

  int64_t count() const override { return static_cast<int64_t>(files_.size()); }
  std::string name(int64_t sample) const override { return files_[static_cast<size_t>(sample)].string(); }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const fs::path> files() const override { return files_; }
  void locate(int64_t sample, std::span<const Region> /*parts*/,
              std::vector<Extent>& extents) const override {
    WEFT_CHECK(sample >= 0 && sample < count(), "sample {} of {}", sample, count());
    extents.push_back({static_cast<int32_t>(sample), 0, bytes_[static_cast<size_t>(sample)]});
  }
  void unpack(int64_t sample, std::span<const Region> /*parts*/, std::span<const std::byte> /*record*/,
              std::span<const View> /*outputs*/) const override {
    internal_error(__FILE__, __LINE__, "{} is an image, which data/decode unpacks", name(sample));
  }
  bool encoded_images() const override { return true; }
  std::span<const std::string> classes() const override { return classes_; }
  int32_t label(int64_t sample) const override { return labels_[static_cast<size_t>(sample)]; }

 private:
  static std::vector<std::string> images_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      std::string name = it->path().filename().string();
      if (is_image_name(name)) names.push_back(std::move(name));
    }
    if (error) user_error("{}: the folder cannot be listed: {}", folder.string(), error.message());
    std::sort(names.begin(), names.end());
    return names;
  }

  fs::path root_;
  std::vector<std::string> classes_;
  std::vector<fs::path> files_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> bytes_;
  std::vector<Field> fields_{{"image", {DType::u8, {-1, -1, 3}}}};
};

/// Folders within a folder might be anything: other formats that recognise their files go first.
int matches(const SourcePlace& place) { return place.is_folder && !place.folders.empty() ? 1 : 0; }

}  // namespace

bool is_image_name(std::string_view name) {
  return !name.starts_with('.') &&
         (has_extension(name, ".jpg") || has_extension(name, ".jpeg") || has_extension(name, ".png"));
}

std::unique_ptr<Source> open_image_tree(const SourcePlace& place, const SourceOptions& options) {
  if (!options.fields.empty()) {
    user_error("{}: a tree of images has only the field 'image'; leave out fields", place.path.string());
  }
  return std::make_unique<ImageTree>(place);
}

void register_image_tree(SourceRegistry& registry) {
  registry.add(
      {"images", "a folder of class folders of .jpg, .jpeg or .png files", matches, open_image_tree});
}

}  // namespace weft
