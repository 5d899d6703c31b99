#include "weft/data/source/joined.h"

#include <algorithm>
#include <unordered_map>

#include "weft/base/check.h"

namespace weft {

namespace {

class Joined final : public Source {
 public:
  Joined(std::vector<std::shared_ptr<const Source>> sources, std::vector<std::string> remarks)
      : sources_(std::move(sources)), remarks_(std::move(remarks)) {
    fields_.assign(sources_[0]->fields().begin(), sources_[0]->fields().end());
    for (const auto& source : sources_) {
      first_.push_back(count_);
      count_ += source->count();
      first_file_.push_back(static_cast<int32_t>(files_.size()));
      files_.insert(files_.end(), source->files().begin(), source->files().end());
      std::vector<int32_t>& numbers = class_numbers_.emplace_back();
      for (const std::string& name : source->classes()) numbers.push_back(class_number(name));
      for (size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].absent.empty()) fields_[i].absent = source->fields()[i].absent;
      }
    }
  }

  int64_t count() const override { return count_; }
  std::string name(int64_t sample) const override {
    const Place at = place(sample);
    return sources_[at.source]->name(at.sample);
  }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const std::filesystem::path> files() const override { return files_; }
  void locate(int64_t sample, std::span<const Region> parts, std::vector<Extent>& extents) const override {
    const Place at = place(sample);
    const size_t before = extents.size();
    sources_[at.source]->locate(at.sample, parts, extents);
    for (size_t i = before; i < extents.size(); ++i) extents[i].file += first_file_[at.source];
  }
  void unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte> record,
              std::span<const View> outputs) const override {
    const Place at = place(sample);
    sources_[at.source]->unpack(at.sample, parts, record, outputs);
  }
  bool encoded_images() const override { return sources_[0]->encoded_images(); }
  std::span<const std::string> classes() const override { return classes_; }
  int32_t label(int64_t sample) const override {
    const Place at = place(sample);
    const int32_t own = sources_[at.source]->label(at.sample);
    return own < 0 ? own : class_numbers_[at.source][static_cast<size_t>(own)];
  }
  std::vector<std::string> remarks() const override { return remarks_; }
  std::vector<KeptChecksum> kept_checksums() const override {
    std::vector<KeptChecksum> all;
    for (size_t i = 0; i < sources_.size(); ++i) {
      for (KeptChecksum& checksum : sources_[i]->kept_checksums()) {
        checksum.extent.file += first_file_[i];
        all.push_back(std::move(checksum));
      }
    }
    return all;
  }

 private:
  struct Place {
    size_t source = 0;
    int64_t sample = 0;
  };
  Place place(int64_t sample) const {
    WEFT_CHECK(sample >= 0 && sample < count_, "sample {} of {}", sample, count_);
    const auto after = std::upper_bound(first_.begin(), first_.end(), sample);
    const auto source = static_cast<size_t>(after - first_.begin()) - 1;
    return {source, sample - first_[source]};
  }
  int32_t class_number(const std::string& name) {
    const auto [found, is_new] = number_of_.emplace(name, static_cast<int32_t>(classes_.size()));
    if (is_new) classes_.push_back(name);
    return found->second;
  }

  std::vector<std::shared_ptr<const Source>> sources_;
  std::vector<std::string> remarks_;
  std::vector<Field> fields_;
  std::vector<int64_t> first_;       ///< sample of each source
  std::vector<int32_t> first_file_;  ///< likewise
  std::vector<std::filesystem::path> files_;
  std::vector<std::string> classes_;
  std::unordered_map<std::string, int32_t> number_of_;  ///< of each class
  std::vector<std::vector<int32_t>> class_numbers_;     ///< [source][its own number]
  int64_t count_ = 0;
};

}  // namespace

bool can_be_joined(const Field& a, const Field& b) {
  const bool is_absent_alike = a.absent.empty() || b.absent.empty() || a.absent == b.absent;
  return a.type == b.type && a.is_whole == b.is_whole && is_absent_alike;
}

std::unique_ptr<Source> joined(std::vector<std::shared_ptr<const Source>> sources, const std::string& key) {
  std::vector<std::string> all;
  for (const auto& source : sources) {
    for (std::string& remark : source->remarks()) all.push_back(std::move(remark));
  }
  return joined(std::move(sources), key, std::move(all));
}

std::unique_ptr<Source> joined(std::vector<std::shared_ptr<const Source>> sources, const std::string& key,
                               std::vector<std::string> remarks) {
  WEFT_CHECK(!sources.empty(), "nothing to join");
  const Source& first = *sources[0];
  for (const auto& source : sources) {
    const bool same = source->encoded_images() == first.encoded_images() &&
                      std::ranges::equal(source->fields(), first.fields(), can_be_joined);
    if (same) continue;
    user_error("{}: {} and {} have samples of other types or shapes and cannot be mixed", key, first.name(0),
               source->name(0));
  }
  return std::make_unique<Joined>(std::move(sources), std::move(remarks));
}

}  // namespace weft
