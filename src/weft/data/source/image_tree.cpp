#include "weft/data/source/image_tree.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/data/source/class_folder.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/source/left_out.h"
#include "weft/data/source/part_folders.h"

namespace weft {

namespace {

namespace fs = std::filesystem;

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}{}{}", fmt::join(names.begin(), names.end() - 1, ", "),
                     names.size() > 1 ? " and " : "", names.back());
}

class ImageTree final : public Source {
 public:
  explicit ImageTree(const SourcePlace& place) : root_(place.path) {
    for (const std::string& folder : place.folders) {
      (is_part(root_, folder) ? parts_ : classes_).push_back(folder);
    }
    check_classes();
    note_files_beside(place);
    list_classes();
    measure_files();
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
  std::vector<std::string> remarks() const override {
    std::vector<std::string> all = left_out_.remarks(root_.string());
    if (!parts_.empty()) {
      all.push_back(fmt::format("{}: {} {} left out as {} of the data set, not taken for a class",
                                root_.string(), listed(parts_), parts_.size() == 1 ? "is" : "are",
                                parts_.size() == 1 ? "another part" : "other parts"));
    }
    if (nested_ > 0) {
      all.push_back(fmt::format("{}: {} of {} images lie in folders below their class folder, such as {}",
                                root_.string(), nested_, count(), nested_example_));
    }
    if (!empty_.empty()) {
      all.push_back(fmt::format("{}: {} of {} class folders hold no images, such as {}", root_.string(),
                                empty_.size(), classes_.size(), empty_.front()));
    }
    return all;
  }

 private:
  void check_classes() const {
    const std::string root = root_.string();
    if (classes_.empty() && parts_.empty()) {
      user_error("{}: holds images, but no class folders; put them into some, as in {}/cat/1.jpg", root,
                 root);
    }
    const bool only_parts = std::all_of(classes_.begin(), classes_.end(), is_part_name);
    if (only_parts && !parts_.empty()) {
      const bool has_train = std::find(parts_.begin(), parts_.end(), "train") != parts_.end();
      user_error("{}: has no class folders of its own, only {} with parts of a data set; name one, as {}/{}",
                 root, listed(parts_), root, has_train ? "train" : parts_.back());
    }
    if (only_parts) {
      user_error("{}: images lie directly in {}; put them into class folders, as in {}/{}/cat/1.jpg", root,
                 listed(classes_), root, classes_.back());
    }
  }

  void note_files_beside(const SourcePlace& place) {
    for (const std::string& name : place.files) {
      if (is_image_name(name)) {
        left_out_.add(ending_of(name) + " beside the class folders");
      } else {
        left_out_.add_file(name);
      }
    }
  }

  void list_classes() {
    const std::vector<FolderId> around = folders_from(root_);
    std::vector<ClassFolder> found(classes_.size());
    for_each_waiting(std::ssize(classes_), [&](int64_t i) {
      const auto c = static_cast<size_t>(i);
      found[c] = list_class_folder(root_ / classes_[c], around);
    });
    for (size_t c = 0; c < classes_.size(); ++c) {
      left_out_.add_all(found[c].left_out);
      nested_ += found[c].nested;
      if (found[c].nested > 0) {
        nested_example_ = found[c].images.back().lexically_relative(root_).string();
      }
      if (found[c].images.empty()) empty_.push_back(classes_[c]);
      labels_.insert(labels_.end(), found[c].images.size(), static_cast<int32_t>(c));
      std::move(found[c].images.begin(), found[c].images.end(), std::back_inserter(files_));
    }
    if (files_.empty()) {
      user_error("{}: its folders hold no images, expected <class>/*{}{}{}", root_.string(), kImageEndings,
                 left_out_.empty() ? "" : "; they hold ", left_out_.list());
    }
    left_out_.check(root_.string(), count());
  }

  void measure_files() {
    bytes_.resize(files_.size());
    for_each_waiting(count(), [&](int64_t i) {
      const auto file = static_cast<size_t>(i);
      std::error_code error;
      const auto bytes = fs::file_size(files_[file], error);
      // Of one that cannot be looked at, reading the first byte says why.
      bytes_[file] = error ? 1 : static_cast<int64_t>(bytes);
    });
  }

  fs::path root_;
  std::vector<std::string> classes_;
  std::vector<std::string> parts_;  ///< folders that are other parts of the data set
  std::vector<std::string> empty_;  ///< classes without images
  int64_t nested_ = 0;              ///< images in folders within a class's
  std::string nested_example_;
  LeftOut left_out_;
  std::vector<fs::path> files_;
  std::vector<int32_t> labels_;
  std::vector<int64_t> bytes_;
  std::vector<Field> fields_{{"image", {DType::u8, {-1, -1, 3}}}};
};

/// Folders with images are classes. Other folders might be anything: formats that recognise their files go
/// first.
int matches(const SourcePlace& place) {
  if (!place.is_folder || !place.named.empty()) return 0;
  const auto is_class = [&](const std::string& folder) { return holds_images(place.path / folder); };
  if (std::any_of(place.folders.begin(), place.folders.end(), is_class)) return 2;
  const bool has_images = std::any_of(place.files.begin(), place.files.end(), is_image_name);
  return !place.folders.empty() || has_images ? 1 : 0;
}

}  // namespace

bool is_image_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> kEndings{".jpg", ".jpeg", ".png", ".webp", ".bmp"};
  return !name.starts_with('.') &&
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return has_extension(name, ending); });
}

std::unique_ptr<Source> open_image_tree(const SourcePlace& place, const SourceOptions& options) {
  if (!options.fields.empty()) {
    user_error(
        "{}: a tree of images has only the field 'image'; leave out data.input and data.target, or --fields",
        place.path.string());
  }
  return std::make_unique<ImageTree>(place);
}

void register_image_tree(SourceRegistry& registry) {
  registry.add({"images", fmt::format("a folder of class folders of {} files", kImageEndings), matches,
                open_image_tree, true});
}

}  // namespace weft
