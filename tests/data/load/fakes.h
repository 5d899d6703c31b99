#pragma once
// A small data set in one file, and a tier in a map: for tests of what lies between them.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "weft/base/check.h"
#include "weft/data/load/assembler.h"
#include "weft/data/source/source.h"
#include "weft/data/tier/tier.h"

namespace weft {

/// Sample i is `size_of(i)` bytes of a pattern, all in one file.
class PatternSource final : public Source {
 public:
  static int64_t size_of(int64_t sample) { return 100 + sample % 17 * 30; }
  static std::byte pattern(int64_t sample, int64_t index) {
    return static_cast<std::byte>(sample * 131 + index * 7 + (index >> 8));
  }

  explicit PatternSource(int64_t count, const std::string& name) : count_(count) {
    files_.push_back(std::filesystem::temp_directory_path() / ("weft-pattern-" + name));
    std::vector<std::byte> all;
    for (int64_t sample = 0; sample < count; ++sample) {
      begins_.push_back(static_cast<int64_t>(all.size()));
      for (int64_t i = 0; i < size_of(sample); ++i) all.push_back(pattern(sample, i));
    }
    std::ofstream(files_[0], std::ios::binary)
        .write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size()));
  }
  ~PatternSource() override { std::filesystem::remove(files_[0]); }

  int64_t count() const override { return count_; }
  std::string name(int64_t sample) const override { return "pattern[" + std::to_string(sample) + "]"; }
  std::span<const Field> fields() const override { return fields_; }
  std::span<const std::filesystem::path> files() const override { return files_; }
  void locate(int64_t sample, std::span<const Region> /*parts*/,
              std::vector<Extent>& extents) const override {
    // Two extents, so that records are put together.
    const int64_t begin = begins_[static_cast<size_t>(sample)];
    extents.push_back({0, begin, 40});
    extents.push_back({0, begin + 40, size_of(sample) - 40});
  }
  void unpack(int64_t sample, std::span<const Region> /*parts*/, std::span<const std::byte> record,
              std::span<const View> outputs) const override {
    if (sample == broken || sample < all_broken_below) user_error("data.path: {} is broken", name(sample));
    WEFT_CHECK(std::ssize(record) == size_of(sample), "record of {} bytes", record.size());
    int64_t wrong = 0;
    for (int64_t i = 0; i < size_of(sample); ++i) {
      wrong += record[static_cast<size_t>(i)] == pattern(sample, i) ? 0 : 1;
    }
    outputs[0].as<int64_t>()[0] = sample;
    outputs[0].as<int64_t>()[1] = wrong;
  }
  const std::filesystem::path& file() const { return files_[0]; }
  int64_t broken = -1;           ///< a sample that cannot be unpacked
  int64_t all_broken_below = 0;  ///< likewise, many

 private:
  int64_t count_;
  std::vector<Field> fields_{{"sample", {DType::i64, {2}}}};
  std::vector<std::filesystem::path> files_;
  std::vector<int64_t> begins_;
};

class MapTier final : public Tier {
 public:
  explicit MapTier(int64_t capacity) : capacity_(capacity) {}
  std::string name() const override { return "map"; }
  int64_t capacity() const override { return capacity_; }
  int64_t used() const override { return used_; }
  bool holds(RecordId record) const override { return records_.contains(record); }
  bool put(RecordId record, std::span<const std::byte> bytes, uint64_t checksum) override {
    if (used_ + std::ssize(bytes) > capacity_) return false;
    used_ += std::ssize(bytes);
    records_[record] = {{bytes.begin(), bytes.end()}, checksum};
    if (corrupt_every > 0 && record % corrupt_every == 0) records_[record].first[0] ^= std::byte{1};
    return true;
  }
  void drop(RecordId record) override {
    used_ -= static_cast<int64_t>(records_.at(record).first.size());
    records_.erase(record);
  }
  std::optional<Stored> find(RecordId record) const override {
    const auto found = records_.find(record);
    if (found == records_.end()) return std::nullopt;
    Stored stored;
    stored.bytes = static_cast<int64_t>(found->second.first.size());
    stored.checksum = found->second.second;
    stored.memory = found->second.first.data();
    return stored;
  }
  int64_t corrupt_every = 0;  ///< records whose copies go bad

 private:
  int64_t capacity_;
  int64_t used_ = 0;
  std::map<RecordId, std::pair<std::vector<std::byte>, uint64_t>> records_;
};

}  // namespace weft
