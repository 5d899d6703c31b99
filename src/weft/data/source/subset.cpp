#include "weft/data/source/subset.h"

#include <algorithm>
#include <cmath>

#include "weft/base/check.h"
#include "weft/data/stream/permutation.h"

namespace weft {

namespace {

class Subset final : public Source {
 public:
  Subset(std::shared_ptr<const Source> source, std::vector<int64_t> samples)
      : source_(std::move(source)), samples_(std::move(samples)) {
    for (const int64_t sample : samples_) {
      WEFT_CHECK(sample >= 0 && sample < source_->count(), "sample {} of {}", sample, source_->count());
    }
  }
  int64_t count() const override { return std::ssize(samples_); }
  std::string name(int64_t sample) const override { return source_->name(of(sample)); }
  std::span<const Field> fields() const override { return source_->fields(); }
  std::span<const std::filesystem::path> files() const override { return source_->files(); }
  void locate(int64_t sample, std::span<const Region> parts, std::vector<Extent>& extents) const override {
    source_->locate(of(sample), parts, extents);
  }
  void unpack(int64_t sample, std::span<const Region> parts, std::span<const std::byte> record,
              std::span<const View> outputs) const override {
    source_->unpack(of(sample), parts, record, outputs);
  }
  bool encoded_images() const override { return source_->encoded_images(); }
  std::span<const std::string> classes() const override { return source_->classes(); }
  int32_t label(int64_t sample) const override { return source_->label(of(sample)); }
  std::vector<std::string> remarks() const override { return source_->remarks(); }
  std::vector<KeptChecksum> kept_checksums() const override { return source_->kept_checksums(); }

 private:
  int64_t of(int64_t sample) const {
    WEFT_CHECK(sample >= 0 && sample < count(), "sample {} of {}", sample, count());
    return samples_[static_cast<size_t>(sample)];
  }

  std::shared_ptr<const Source> source_;
  std::vector<int64_t> samples_;
};

// Keeps the choice apart from every other use of the seed.
constexpr uint64_t kHoldOutStream = 0x686f6c646f757400;

}  // namespace

std::shared_ptr<const Source> subset(std::shared_ptr<const Source> source, std::vector<int64_t> samples) {
  return std::make_shared<Subset>(std::move(source), std::move(samples));
}

HeldOut hold_out(const std::shared_ptr<const Source>& source, double fraction, uint64_t seed) {
  const int64_t count = source->count();
  if (count < 2) user_error("data.validation: nothing can be held out of {} sample", count);
  const auto wanted = static_cast<int64_t>(std::llround(fraction * static_cast<double>(count)));
  const int64_t held = std::clamp<int64_t>(wanted, 1, count - 1);
  const Permutation order(count, RandomStream{seed, kHoldOutStream, 0});
  std::vector<int64_t> chosen;
  std::vector<int64_t> rest;
  for (int64_t sample = 0; sample < count; ++sample) {
    (order.inverse(sample) < held ? chosen : rest).push_back(sample);
  }
  return {subset(source, rest), subset(source, std::move(chosen)), std::move(rest), {}};
}

}  // namespace weft
