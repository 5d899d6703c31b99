#include "weft/data/source/read_shard.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "weft/base/check.h"
#include "weft/base/utf8.h"
#include "weft/data/source/image_tree.h"
#include "weft/data/source/tar_labels.h"

namespace weft {

namespace {

constexpr int64_t kMaxLabelFile = 1 << 20;
constexpr int64_t kCompared = 100;  ///< labels of a shard that are looked at though another was read
constexpr size_t kMaxLabel = 128;   ///< longer texts are captions

std::string trimmed(const std::string& text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // with which Windows begins texts
  const size_t begin = text.find_first_not_of(" \t\r\n", text.starts_with(kMark) ? kMark.size() : 0);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool is_text(std::string_view text) {
  const auto is_control = [](char letter) {
    return static_cast<unsigned char>(letter) < ' ' && letter != '\t';
  };
  return is_utf8(text) && std::ranges::none_of(text, is_control);
}

/// nullopt: it is no label, and `why` says why.
std::optional<std::string> label_in_json(const std::string& text, std::string& why) {
  using Json = nlohmann::json;
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    why = "is not valid JSON";
    return std::nullopt;
  }
  if (!json.is_object() || !json.contains("label")) return "";
  Json label = json["label"];
  if (label.is_array() && label.size() == 1) label = Json(label[0]);
  if (label.is_null()) return "";
  if (label.is_boolean()) return label.get<bool>() ? "1" : "0";
  if (label.is_string()) return label.get<std::string>();
  if (!label.is_number()) {
    why = fmt::format("its \"label\" is {}, expected a number or a name", label.dump().substr(0, 40));
    return std::nullopt;
  }
  return label.dump();
}

/// Collects the samples of one archive.
class ShardWalk {
 public:
  explicit ShardWalk(const ByteReader& file) : file_(file), walk_(file) {}

  Shard read() {
    walk_.each([&](const TarMember& member) { add(member); });
    end_key();
    shard_.remarks = walk_.remarks();
    return std::move(shard_);
  }

 private:
  /// A member that is no image.
  struct Other {
    std::string name;
    bool is_label = false;
  };

  void add(const TarMember& member) {
    const size_t slash = member.path.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    // macOS puts "._name" beside what it archives.
    if (is_hidden_name(std::string_view(member.path).substr(name))) return;
    if (!member.other.empty()) return shard_.left_out.add(std::string(member.other));
    const std::string key = key_of(member.path);
    if (key != key_) end_key();
    key_ = key;
    const std::string ending = ending_of(std::string_view(member.path).substr(name));
    const bool is_label = key.size() + ending.size() == member.path.size() &&
                          (ending == ".cls" || ending == ".txt" || ending == ".json");
    if (is_image_name("x" + ending)) {
      if (has_image_) return shard_.left_out.add("second image");
      sample_.image = member;
      has_image_ = true;
    } else {
      others_.push_back({member.path.substr(name), is_label});
    }
    if (is_label) add_label(member, ending);
  }

  /// That of a .cls counts, whatever lies beside it; else the first. A .txt may as well be a caption.
  void add_label(const TarMember& member, const std::string& ending) {
    const bool has_label = !sample_.label.empty();
    if (has_label && (ending == ".txt" || (ending == ".json" && ++compared_ > kCompared))) return;
    std::string label = read_label(member, ending);
    const bool both_are_labels = has_label && !label.empty() && ending_of(label_path_) != ".txt";
    if (both_are_labels && contradict(label, sample_.label)) {
      shard_.odd_labels.push_back(fmt::format("{}: {} says '{}' and {} says '{}'", file_.name(), label_path_,
                                              sample_.label, member.path, label));
    }
    if (has_label && ending != ".cls") return;
    sample_.label = std::move(label);
    label_path_ = member.path;
  }

  /// What shares the key with an image goes with it; a key without an image is no sample.
  void end_key() {
    for (const auto& [name, is_label] : others_) {
      const std::string ending = ending_of(name);
      if (!has_image_ || ending.empty()) {
        shard_.left_out.add_file(name);
      } else if (!is_label) {
        shard_.left_out.add_beside_sample(ending);
      }
    }
    if (has_image_) {
      shard_.samples.push_back(std::move(sample_));
    } else if (!sample_.label.empty()) {
      shard_.stray_labels.push_back({std::move(label_path_), key_});
    }
    sample_ = {};
    has_image_ = false;
    others_.clear();
  }

  std::string read_label(const TarMember& member, const std::string& ending) {
    if (member.bytes > kMaxLabelFile) return {};
    const std::string text = walk_.contents(member);
    std::string why;
    const std::optional<std::string> found = ending == ".json" ? label_in_json(text, why) : trimmed(text);
    std::string label = found.value_or("");
    if (label.size() > kMaxLabel || label.find('\n') != std::string::npos) return {};
    if (!is_text(label)) why = "is no UTF-8 text, expected a number or a name";
    if (why.empty()) return label;
    shard_.odd_labels.push_back(fmt::format("{}: {}: {}", file_.name(), member.path, why));
    return {};
  }

  const ByteReader& file_;
  TarWalk walk_;
  Shard shard_;
  int64_t compared_ = 0;
  // Of the key that is being read:
  std::string key_;
  ShardSample sample_;
  std::string label_path_;
  bool has_image_ = false;
  std::vector<Other> others_;
};

}  // namespace

std::string key_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return path.substr(0, path.find('.', slash == std::string::npos ? 0 : slash + 1));
}

Shard read_shard(const ByteReader& file) { return ShardWalk(file).read(); }

}  // namespace weft
