#pragma once
// What each sample's record was when `weft data inspect --index` read it: a training run checks what it
// reads.
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "weft/data/verify/checksum_index.h"

namespace weft {

/// 24 bytes a sample. Immutable; any thread may ask.
class KnownChecksums {
 public:
  /// UserError where the file is no index, or one of another data set (another key, see source_key).
  KnownChecksums(const std::filesystem::path& file, uint64_t key, int64_t samples);
  /// Those of some samples, numbered anew.
  KnownChecksums of(std::span<const int64_t> samples) const;

  /// Nothing where the index does not have the sample.
  std::optional<ChecksumIndex::Known> find(int64_t sample) const {
    return by_sample_[static_cast<size_t>(sample)];
  }
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  std::vector<std::optional<ChecksumIndex::Known>> by_sample_;
};

}  // namespace weft
