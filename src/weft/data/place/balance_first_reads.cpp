#include "weft/data/place/balance_first_reads.h"

#include <algorithm>
#include <utility>

#include "weft/base/threads.h"

namespace weft {

namespace {

constexpr int64_t kRowsAtOnce = 1 << 15;

/// `read`: bytes that each rank has read in earlier steps, and on return in this one too.
void balance_step(std::span<const int64_t> samples, std::span<const int64_t> record_bytes,
                  std::vector<Usage>& usage, std::vector<int64_t>& read) {
  const auto bytes_of = [&](int64_t sample) {
    return record_bytes[record_bytes.size() == 1 ? 0 : static_cast<size_t>(sample)];
  };
  // The whole step first: within it, whose row comes earlier means nothing.
  for (const int64_t sample : samples) {
    if (sample < 0) continue;
    read[static_cast<size_t>(usage[static_cast<size_t>(sample)].best_rank)] += bytes_of(sample);
  }
  for (const int64_t sample : samples) {
    if (sample < 0) continue;
    Usage& use = usage[static_cast<size_t>(sample)];
    if (use.tied_rank < 0) continue;
    const int64_t bytes = bytes_of(sample);
    int64_t& from = read[static_cast<size_t>(use.best_rank)];
    int64_t& to = read[static_cast<size_t>(use.tied_rank)];
    if (from - to <= bytes) continue;
    from -= bytes;
    to += bytes;
    std::swap(use.best_rank, use.tied_rank);
  }
}

}  // namespace

void balance_first_reads(const AccessStream& stream, int64_t epoch, std::span<const int64_t> record_bytes,
                         std::vector<Usage>& usage) {
  if (stream.repeats()) return;
  const int64_t batch = stream.batch();
  const int64_t at_once = std::max<int64_t>(1, kRowsAtOnce / batch);  // steps
  std::vector<int64_t> read(static_cast<size_t>(stream.ranks()));  // bytes, by rank, from the epoch's start
  std::vector<int64_t> samples;
  const int64_t end = (epoch + 1) * stream.steps_per_epoch();
  for (int64_t first = epoch * stream.steps_per_epoch(); first < end; first += at_once) {
    const int64_t steps = std::min(at_once, end - first);
    samples.resize(static_cast<size_t>(steps * batch));
    parallel_for(steps * batch, 1024, [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; ++i)
        samples[static_cast<size_t>(i)] = stream.sample(first + i / batch, i % batch);
    });
    for (int64_t step = 0; step < steps; ++step) {
      balance_step(std::span(samples).subspan(static_cast<size_t>(step * batch), static_cast<size_t>(batch)),
                   record_bytes, usage, read);
    }
  }
}

}  // namespace weft
