#include "weft/data/source/tar_shards.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "weft/base/check.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/source/image_tree.h"
#include "weft/data/source/latency_pool.h"
#include "weft/data/source/tar_members.h"

namespace weft {

namespace {

namespace fs = std::filesystem;
constexpr std::array<std::string_view, 1> kExtension{".tar"};
constexpr int64_t kMaxLabelFile = 1 << 20;
constexpr size_t kMaxLabel = 128;  ///< longer texts are captions
constexpr size_t kMaxNames = 1'000'000;

/// One sample as the walk of a shard finds it.
struct ShardSample {
  std::string key;
  TarMember image;
  bool has_image = false;
  std::string label;  ///< a number or a name; empty: none
};

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string label_in_json(const std::string& text, const std::string& name) {
  using Json = nlohmann::json;
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) user_error("{}: is not valid JSON", name);
  if (!json.is_object() || !json.contains("label")) return {};
  const Json& label = json["label"];
  if (label.is_number_integer()) return label.dump();
  return label.is_string() ? label.get<std::string>() : std::string();
}

/// Collects the samples of one archive.
class ShardWalk {
 public:
  explicit ShardWalk(const ByteReader& file) : file_(file), walk_(file) {}

  std::vector<ShardSample> samples() {
    walk_.each([&](const TarMember& member) { add(member); });
    for (const ShardSample& sample : samples_) {
      if (!sample.has_image) {
        user_error("{}: sample '{}' has no image (.jpg, .jpeg or .png)", file_.name(), sample.key);
      }
    }
    return std::move(samples_);
  }

 private:
  void add(const TarMember& member) {
    const size_t slash = member.path.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    const size_t dot = member.path.find('.', name);
    // macOS puts "._name" beside what it archives.
    if (dot == std::string::npos || dot == name) return;
    const std::string key = member.path.substr(0, dot);
    const std::string ending = member.path.substr(dot);
    const bool image = is_image_name("x" + ending);
    const bool label = ending == ".cls" || ending == ".txt" || ending == ".json";
    if (!image && !label) return;
    if (samples_.empty() || samples_.back().key != key) samples_.push_back({key});
    ShardSample& sample = samples_.back();
    if (image) {
      if (sample.has_image) user_error("{}: sample '{}' has two images", file_.name(), key);
      sample.image = member;
      sample.has_image = true;
    } else if (sample.label.empty() || ending == ".cls") {
      sample.label = read_label(member, ending);
    }
  }

  std::string read_label(const TarMember& member, const std::string& ending) {
    if (member.bytes > kMaxLabelFile) return {};
    const std::string text = walk_.contents(member);
    std::string label = ending == ".json"
                            ? label_in_json(text, fmt::format("{}: {}", file_.name(), member.path))
                            : trimmed(text);
    if (label.size() > kMaxLabel || label.find('\n') != std::string::npos) return {};
    return label;
  }

  const ByteReader& file_;
  TarWalk walk_;
  std::vector<ShardSample> samples_;
};

std::optional<int32_t> as_number(const std::string& text) {
  int32_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

class TarShards final : public Source {
 public:
  explicit TarShards(std::vector<fs::path> files) : files_(std::move(files)) {
    std::vector<std::vector<ShardSample>> shards(files_.size());
    for_each_waiting(static_cast<int64_t>(files_.size()), [&](int64_t i) {
      const FileReader file(files_[static_cast<size_t>(i)]);
      shards[static_cast<size_t>(i)] = ShardWalk(file).samples();
    });
    std::vector<std::string> labels;
    for (size_t shard = 0; shard < shards.size(); ++shard) {
      for (ShardSample& sample : shards[shard]) {
        extents_.push_back({static_cast<int32_t>(shard), sample.image.offset, sample.image.bytes});
        names_.push_back(std::move(sample.image.path));
        labels.push_back(std::move(sample.label));
      }
    }
    if (extents_.empty()) user_error("{}: holds no images (.jpg, .jpeg or .png)", files_[0].string());
    number_labels(labels);
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

 private:
  /// Labels that are all numbers are kept as they are; else they are names, numbered in their order.
  void number_labels(const std::vector<std::string>& labels) {
    std::set<std::string> names(labels.begin(), labels.end());
    names.erase("");
    const bool numbers = std::all_of(names.begin(), names.end(), [](const std::string& name) {
      const auto number = as_number(name);
      return number && *number < static_cast<int32_t>(kMaxNames);
    });
    if (numbers) {
      int32_t most = -1;
      for (const std::string& name : names) most = std::max(most, *as_number(name));
      for (int32_t i = 0; i <= most; ++i) classes_.push_back(fmt::format("{}", i));
    } else {
      classes_.assign(names.begin(), names.end());
    }
    for (const std::string& label : labels) {
      if (label.empty()) {
        labels_.push_back(-1);
      } else if (numbers) {
        labels_.push_back(*as_number(label));
      } else {
        const auto found = std::lower_bound(classes_.begin(), classes_.end(), label);
        labels_.push_back(static_cast<int32_t>(found - classes_.begin()));
      }
    }
  }

  std::vector<fs::path> files_;
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
  if (!place.is_folder && !place.is_file)
    return place.path.string().find(".tar") != std::string::npos ? 2 : 0;
  if (place.has_files(".tar")) return 2;
  if (place.is_file && place.head.size() > 262 && place.head.substr(257, 5) == "ustar") return 2;
  return compressed_ending(place).empty() ? 0 : 2;
}

}  // namespace

std::vector<std::string> expand_braces(const std::string& pattern) {
  const size_t open = pattern.find('{');
  if (open == std::string::npos) return {pattern};
  const size_t close = pattern.find('}', open);
  const size_t dots = pattern.find("..", open);
  const auto refuse = [&] {
    user_error("{}: braces hold a range of numbers, as in train-{{000..009}}.tar", pattern);
  };
  if (close == std::string::npos || dots == std::string::npos || dots > close) refuse();
  const std::string first = pattern.substr(open + 1, dots - open - 1);
  const std::string last = pattern.substr(dots + 2, close - dots - 2);
  const auto from = as_number(first);
  const auto to = as_number(last);
  if (!from || !to || *to < *from) refuse();
  const std::vector<std::string> rest = expand_braces(pattern.substr(close + 1));
  const auto count = static_cast<size_t>(*to - *from) + 1;
  if (count > kMaxNames / rest.size()) user_error("{}: names more than {} files", pattern, kMaxNames);
  std::vector<std::string> names;
  for (int32_t i = *from; i <= *to; ++i) {
    for (const std::string& tail : rest) {
      names.push_back(fmt::format("{}{:0{}}{}", pattern.substr(0, open), i, first.size(), tail));
    }
  }
  return names;
}

std::unique_ptr<Source> open_tar_shards(const SourcePlace& place, const SourceOptions& options) {
  const std::string path = place.path.string();
  if (!options.fields.empty()) user_error("{}: has only the field 'image'; leave out fields", path);
  const std::string_view compressed = compressed_ending(place);
  if (!compressed.empty()) {
    user_error("{}: {} archives are compressed, which leaves no way to a single sample; unpack them to .tar",
               path, compressed);
  }
  std::vector<fs::path> files;
  if (place.is_folder || place.is_file) {
    files = place.files_with(kExtension);
  } else {
    for (std::string& name : expand_braces(path)) files.emplace_back(std::move(name));
  }
  return std::make_unique<TarShards>(std::move(files));
}

void register_tar_shards(SourceRegistry& registry) {
  registry.add({"tar", "a .tar archive of images, a folder of them or a pattern train-{000..009}.tar",
                matches, open_tar_shards});
}

}  // namespace weft
