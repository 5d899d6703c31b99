#include "weft/data/load/sample_parts.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

SampleParts::SampleParts(int group, int member)
    : SampleParts(std::vector<std::vector<Region>>(static_cast<size_t>(group)), member) {}

SampleParts::SampleParts(const std::vector<std::vector<Region>>& regions, int member) : member_(member) {
  WEFT_CHECK(member >= 0 && member < std::ssize(regions), "member {} of {}", member, regions.size());
  for (size_t m = 0; m < regions.size(); ++m) {
    const auto found = std::find(parts_.begin(), parts_.end(), regions[m]);
    const auto part = static_cast<size_t>(found - parts_.begin());
    if (found == parts_.end()) {
      parts_.push_back(regions[m]);
      readers_.emplace_back();
    }
    part_of_.push_back(static_cast<int>(part));
    readers_[part].push_back(static_cast<int>(m));
  }
}

int SampleParts::keeper(RecordId record) const {
  const std::vector<int>& readers = readers_[static_cast<size_t>(part_of(record))];
  return readers[static_cast<size_t>(sample_of(record) % std::ssize(readers))];
}

}  // namespace weft
