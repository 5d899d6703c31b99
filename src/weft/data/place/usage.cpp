#include "weft/data/place/usage.h"

#include <algorithm>
#include <limits>

#include "weft/base/threads.h"

namespace weft {

namespace {

struct Reader {
  int rank = 0;
  int uses = 0;
};

/// In order of the first use.
void count_readers(const AccessStream& stream, int64_t sample, int64_t first, int64_t count,
                   std::vector<Reader>& readers) {
  readers.clear();
  for (int64_t epoch = first; epoch < first + count; ++epoch) {
    const std::optional<Access> access = stream.find(sample, epoch, epoch * stream.steps_per_epoch());
    if (!access) continue;
    const int rank = stream.rank_of_row(access->row);
    const auto found =
        std::find_if(readers.begin(), readers.end(), [&](const Reader& r) { return r.rank == rank; });
    if (found == readers.end()) {
      readers.push_back({rank, 1});
    } else {
      ++found->uses;
    }
  }
}

/// Each sample once an epoch: its positions are asked for.
void by_inverse(const AccessStream& stream, int64_t first, int64_t count, std::vector<Usage>& usage) {
  parallel_for(stream.samples(), 1024, [&](int64_t begin, int64_t end) {
    std::vector<Reader> readers;
    for (int64_t sample = begin; sample < end; ++sample) {
      count_readers(stream, sample, first, count, readers);
      Usage& result = usage[static_cast<size_t>(sample)];
      for (const Reader& reader : readers) {
        result.uses = static_cast<uint16_t>(result.uses + reader.uses);
        if (reader.uses == result.best_uses && result.tied_rank < 0) result.tied_rank = reader.rank;
        if (reader.uses <= result.best_uses) continue;
        result.best_uses = static_cast<uint16_t>(reader.uses);
        result.best_rank = reader.rank;
        result.tied_rank = -1;
      }
    }
  });
}

/// Samples come as they may: the whole stream is walked. Only the first reader is remembered.
void by_walking(const AccessStream& stream, int64_t first, int64_t count, std::vector<Usage>& usage) {
  constexpr uint16_t kMost = std::numeric_limits<uint16_t>::max();
  const int64_t end = (first + count) * stream.steps_per_epoch();
  for (int64_t step = first * stream.steps_per_epoch(); step < end; ++step) {
    for (int64_t row = 0; row < stream.batch(); ++row) {
      const int64_t sample = stream.sample(step, row);
      if (sample < 0) continue;
      Usage& result = usage[static_cast<size_t>(sample)];
      if (result.best_rank < 0) result.best_rank = stream.rank_of_row(row);
      if (result.uses < kMost) ++result.uses;
      if (result.best_rank == stream.rank_of_row(row) && result.best_uses < kMost) ++result.best_uses;
    }
  }
}

}  // namespace

std::vector<Usage> usage_of(const AccessStream& stream, int64_t first, int64_t count) {
  std::vector<Usage> usage(static_cast<size_t>(stream.samples()));
  stream.repeats() ? by_walking(stream, first, count, usage) : by_inverse(stream, first, count, usage);
  return usage;
}

std::vector<int> readers_of(const AccessStream& stream, int64_t sample, int64_t first, int64_t count) {
  std::vector<Reader> readers;
  count_readers(stream, sample, first, count, readers);
  std::stable_sort(readers.begin(), readers.end(),
                   [](const Reader& a, const Reader& b) { return a.uses > b.uses; });
  std::vector<int> ranks;
  for (const Reader& reader : readers) ranks.push_back(reader.rank);
  return ranks;
}

}  // namespace weft
