#include "weft/data/verify/known_checksums.h"

#include "weft/base/check.h"

namespace weft {

KnownChecksums::KnownChecksums(const std::filesystem::path& file, uint64_t key, int64_t samples)
    : file_(file), by_sample_(static_cast<size_t>(samples)) {
  const std::optional<LogContents> contents = read_record_log(file_);
  if (!contents) {
    user_error("data.checksums: {} is no checksum index; make one by `weft data inspect PATH --index {}`",
               file_.string(), file_.string());
  }
  if (contents->key != key) {
    user_error(
        "data.checksums: {} is the index of another data set; make one of this by `weft data inspect PATH "
        "--index FILE`",
        file_.string());
  }
  for (const auto& [record, known] : known_records(contents->entries)) {
    if (record < samples) by_sample_[static_cast<size_t>(record)] = known;
  }
}

KnownChecksums KnownChecksums::of(std::span<const int64_t> samples) const {
  KnownChecksums some = *this;
  some.by_sample_.clear();
  for (const int64_t sample : samples) some.by_sample_.push_back(find(sample));
  return some;
}

}  // namespace weft
