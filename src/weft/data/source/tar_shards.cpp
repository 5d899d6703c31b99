#include "weft/data/source/tar_shards.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "weft/base/check.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/image_tree.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/source/left_out.h"
#include "weft/data/source/read_shard.h"
#include "weft/data/source/tar_labels.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 1> kExtension{".tar"};

class TarShards final : public Source {
 public:
  TarShards(const SourcePlace& place, std::vector<fs::path> files)
      : files_(std::move(files)), path_(place.path.string()), folders_(place.folders) {
    for (const std::string& name : place.files) {
      if (!has_extension(name, kExtension[0])) left_out_.add_file(name);
    }
    std::vector<Shard> shards(files_.size());
    for_each_waiting(std::ssize(files_), [&](int64_t i) {
      const FileReader file(files_[static_cast<size_t>(i)]);
      shards[static_cast<size_t>(i)] = read_shard(file);
    });
    std::vector<std::string> labels;
    for (size_t shard = 0; shard < shards.size(); ++shard) {
      take(shards[shard], static_cast<int32_t>(shard), labels);
    }
    if (extents_.empty()) {
      user_error("{}: holds no images ({}){}{}", path_, kImageEndings, left_out_.empty() ? "" : "; it holds ",
                 left_out_.list());
    }
    const bool has_labels =
        std::ranges::any_of(labels, [](const std::string& label) { return !label.empty(); });
    say_strays(shards, labels);
    if (!has_labels && !strays_.empty()) throw UserError(strays_);
    left_out_.check(path_, count());
    if (!has_labels && !odd_labels_.empty()) throw UserError(odd_labels_[0]);
    TarLabels numbered = number_labels(labels, [&](size_t i) { return name(static_cast<int64_t>(i)); });
    classes_ = std::move(numbered.classes);
    labels_ = std::move(numbered.ids);
    mixture_ = std::move(numbered.remark);
  }

  int64_t count() const override { return static_cast<int64_t>(extents_.size()); }
  std::string name(int64_t sample) const override {
    const auto i = static_cast<size_t>(sample);
    return fmt::format("{}: {}", files_[static_cast<size_t>(extents_[i].file)].string(), names_[i]);
  }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const fs::path> files() const override { return files_; }
  void locate(int64_t sample, std::span<const Region> /*parts*/,
              std::vector<Extent>& extents) const override {
    WEFT_CHECK(sample >= 0 && sample < count(), "sample {} of {}", sample, count());
    extents.push_back(extents_[static_cast<size_t>(sample)]);
  }
  void unpack(int64_t sample, std::span<const Region> /*parts*/, std::span<const std::byte> /*record*/,
              std::span<const View> /*outputs*/) const override {
    internal_error(__FILE__, __LINE__, "{} is an image, which data/decode unpacks", name(sample));
  }
  bool encoded_images() const override { return true; }
  std::span<const std::string> classes() const override { return classes_; }
  int32_t label(int64_t sample) const override { return labels_[static_cast<size_t>(sample)]; }

  std::vector<std::string> remarks() const override {
    std::vector<std::string> all = left_out_.remarks(path_);
    say_some_of(ends_, "archives", all);
    say_some_of(odd_labels_, "labels", all);
    for (const std::string& sentence : {strays_, mixture_}) {
      if (!sentence.empty()) all.push_back(sentence);
    }
    if (!folders_.empty()) {
      all.push_back(fmt::format("{}: folders beside the archives are not read: {}, such as {}", path_,
                                folders_.size(), folders_.front()));
    }
    const std::set<int32_t> occurring(labels_.begin(), labels_.end());
    const auto occur = std::ssize(occurring) - (occurring.contains(-1) ? 1 : 0);
    if (occur < std::ssize(classes_)) {
      all.push_back(fmt::format("{}: of {} classes (ids from 0 to {}) only {} occur{}", path_,
                                classes_.size(), classes_.size() - 1, occur, occur == 1 ? "s" : ""));
    }
    const auto unlabelled = std::count(labels_.begin(), labels_.end(), -1);
    if (unlabelled > 0 && unlabelled < count()) {
      all.push_back(fmt::format("{}: {} of {} images have no label", path_, unlabelled, count()));
    }
    return all;
  }

 private:
  static constexpr size_t kMostSaid = 5;

  void say_some_of(const std::vector<std::string>& sentences, std::string_view about,
                   std::vector<std::string>& all) const {
    const size_t said = std::min(sentences.size(), kMostSaid);
    all.insert(all.end(), sentences.begin(), sentences.begin() + static_cast<std::ptrdiff_t>(said));
    if (said == sentences.size()) return;
    all.push_back(
        fmt::format("{}: {} more such sentences about its {}", path_, sentences.size() - said, about));
  }

  /// Labels that are there, and not where their images are: of the same key elsewhere, or of the same name in
  /// another folder or archive. "README.txt" is none, as no image has its name.
  void say_strays(std::span<const Shard> shards, std::span<const std::string> labels) {
    if (std::ranges::all_of(shards, [](const Shard& shard) { return shard.stray_labels.empty(); })) return;
    const auto without_folder = [](const std::string& key) { return key.substr(key.rfind('/') + 1); };
    std::unordered_map<std::string, int64_t> images;  // without a label
    for (size_t i = 0; i < labels.size(); ++i) {
      if (!labels[i].empty()) continue;
      const std::string key = key_of(names_[i]);
      images.emplace(key, static_cast<int64_t>(i));
      images.emplace(without_folder(key), static_cast<int64_t>(i));
    }
    int64_t strays = 0;
    std::string first;
    for (size_t shard = 0; shard < shards.size(); ++shard) {
      for (const StrayLabel& label : shards[shard].stray_labels) {
        auto image = images.find(label.key);
        if (image == images.end()) image = images.find(without_folder(label.key));
        if (image == images.end() || ++strays > 1) continue;
        first = fmt::format("{}: {} is no neighbour of {}", files_[shard].string(), label.path,
                            names_[static_cast<size_t>(image->second)]);
      }
    }
    if (strays == 0) return;
    strays_ = fmt::format(
        "{}, whose label it seems to be, and is not read ({} such labels); the files of a sample lie next to "
        "each other in a tar and have one key, as 0001.jpg and 0001.cls",
        first, strays);
  }

  void take(Shard& shard, int32_t number, std::vector<std::string>& labels) {
    for (ShardSample& sample : shard.samples) {
      extents_.push_back({number, sample.image.offset, sample.image.bytes});
      names_.push_back(std::move(sample.image.path));
      labels.push_back(std::move(sample.label));
    }
    left_out_.add_all(shard.left_out);
    std::ranges::move(shard.odd_labels, std::back_inserter(odd_labels_));
    std::move(shard.remarks.begin(), shard.remarks.end(), std::back_inserter(ends_));
  }

  std::vector<fs::path> files_;
  std::string path_;
  std::vector<std::string> folders_;  ///< beside the archives
  LeftOut left_out_;
  std::vector<std::string> ends_;        ///< what is odd about how archives end
  std::vector<std::string> odd_labels_;  ///< those that cannot be read, and those that contradict others
  std::string strays_;                   ///< what is wrong with labels that lie elsewhere; empty: nothing
  std::string mixture_;                  ///< of numbers and names among the labels; empty: there is none
  std::vector<Extent> extents_;
  std::vector<std::string> names_;
  std::vector<std::string> classes_;
  std::vector<int32_t> labels_;
  std::vector<Field> fields_{{"image", {DType::u8, {-1, -1, 3}}}};
};

/// The ending of a compressed archive, if this is one or holds some.
std::string_view compressed_ending(const SourcePlace& place) {
  for (const std::string_view ending :
       {".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz", ".tar.zst", ".tar.lz4"}) {
    if (place.has_files(ending)) return ending;
  }
  return {};
}

int matches(const SourcePlace& place) {
  if (place.has_files(".tar")) return 2;
  if (place.is_file && place.head.size() > 262 && place.head.substr(257, 5) == "ustar") return 2;
  return compressed_ending(place).empty() ? 0 : 2;
}

}  // namespace

std::unique_ptr<Source> open_tar_shards(const SourcePlace& place, const SourceOptions& options) {
  const std::string path = place.path.string();
  if (!options.fields.empty())
    user_error("{}: has only the field 'image'; leave out data.input and data.target, or --fields", path);
  const std::string_view compressed = compressed_ending(place);
  if (!compressed.empty()) {
    user_error("{}: {} archives are compressed, which leaves no way to a single sample; unpack them to .tar",
               path, compressed);
  }
  return std::make_unique<TarShards>(place, place.files_with(kExtension));
}

void register_tar_shards(SourceRegistry& registry) {
  registry.add({"tar", "a .tar archive of images, or a folder of them", matches, open_tar_shards, true});
}

}  // namespace weft
