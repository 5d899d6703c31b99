#include "weft/data/stream/access_stream.h"

#include <algorithm>

#include "weft/base/check.h"
#include "weft/data/stream/epoch_batches.h"

namespace weft {

AccessStream::AccessStream(Options options) : options_(std::move(options)) {
  WEFT_CHECK(options_.sampler && options_.batch >= 1 && options_.epochs >= 0 && options_.ranks >= 1 &&
                 options_.group >= 1,
             "an access stream needs a sampler, a batch and ranks");
  const int64_t size = options_.sampler->size();
  const EpochBatches epoch = batches_of_epoch(size, options_.batch, options_.group, options_.last);
  if (epoch.all == 0) throw UserError(too_few_for_a_step(size, options_.batch * options_.group));
  steps_per_epoch_ = epoch.all;
  full_steps_ = epoch.full;
  positions_ = epoch.samples;
}

int AccessStream::rank_of_row(int64_t row) const {
  // The inverse of split_range: the first batch % ranks parts have one row more.
  const int64_t least = options_.batch / options_.ranks;
  const int64_t larger = options_.batch % options_.ranks;
  if (row < larger * (least + 1)) return static_cast<int>(row / (least + 1));
  return static_cast<int>(larger + (row - larger * (least + 1)) / least);
}

Range AccessStream::share_of_rest(int rank) const {
  const int64_t rest = positions_ - full_steps_ * options_.batch;
  const bool is_even = options_.batch % options_.ranks == 0;
  if (is_even || options_.group == 1) return split_range(rest, options_.ranks, rank);
  // Ranks with fewer rows have no room for as many of several batches.
  const Range own = rows(rank);
  return {rest * own.begin / options_.batch, rest * own.end / options_.batch};
}

int64_t AccessStream::position(int64_t step_in_epoch, int64_t row) const {
  const int64_t plain = step_in_epoch * options_.batch + row;
  if (step_in_epoch < full_steps_) return plain;
  if (options_.last != LastBatch::redistribute) return plain < positions_ ? plain : -1;
  const int64_t first = full_steps_ * options_.batch;
  const int rank = rank_of_row(row);
  const Range own = rows(rank);
  const Range share = share_of_rest(rank);
  const int64_t place = (step_in_epoch - full_steps_) * own.size() + row - own.begin;
  return place < share.size() ? first + share.begin + place : -1;
}

Access AccessStream::access(int64_t epoch, int64_t position) const {
  const int64_t step = position / options_.batch;
  const int64_t before = epoch * steps_per_epoch_;
  const int64_t row = position % options_.batch;
  if (step < full_steps_ || options_.last != LastBatch::redistribute) return {before + step, row};
  const int64_t first = full_steps_ * options_.batch;
  int rank = 0;
  while (share_of_rest(rank).end <= position - first) ++rank;
  const int64_t place = position - first - share_of_rest(rank).begin;
  const Range own = rows(rank);
  return {before + full_steps_ + place / own.size(), own.begin + place % own.size()};
}

int64_t AccessStream::sample(int64_t step, int64_t row) const {
  const int64_t place = position(step % steps_per_epoch_, row);
  return place < 0 ? -1 : options_.sampler->at(epoch_of(step), place);
}

std::optional<Access> AccessStream::find(int64_t sample, int64_t epoch, int64_t from_step) const {
  const int64_t first = std::max<int64_t>(0, from_step - epoch * steps_per_epoch_);
  // Of a redistributed rest the positions do not rise with the batches.
  int64_t from = std::min(first, full_steps_) * options_.batch;
  while (const std::optional<int64_t> found = options_.sampler->find(epoch, sample, from)) {
    if (*found >= positions_) break;
    const Access one = access(epoch, *found);
    if (one.step >= from_step) return one;
    from = *found + 1;
  }
  return std::nullopt;
}

std::optional<Access> AccessStream::next(int64_t sample, int64_t from_step, int rank, int64_t epochs) const {
  const int64_t first = epoch_of(from_step);
  for (int64_t epoch = first; epoch < std::min(options_.epochs, first + epochs); ++epoch) {
    std::optional<Access> access = find(sample, epoch, from_step);
    // Samplers that repeat a sample within an epoch may give it to this rank later on.
    while (access && rank >= 0 && rank_of_row(access->row) != rank) {
      access = options_.sampler->repeats() ? find(sample, epoch, access->step + 1) : std::nullopt;
    }
    if (access) return access;
  }
  return std::nullopt;
}

}  // namespace weft
