#include "weft/data/stream/access_stream.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

AccessStream::AccessStream(Options options) : options_(std::move(options)) {
  WEFT_CHECK(options_.sampler && options_.batch >= 1 && options_.epochs >= 0 && options_.ranks >= 1,
             "an access stream needs a sampler, a batch and ranks");
  const int64_t size = options_.sampler->size();
  full_steps_ = size / options_.batch;
  steps_per_epoch_ = full_steps_;
  positions_ = full_steps_ * options_.batch;
  if (options_.last != LastBatch::drop && positions_ < size) {
    ++steps_per_epoch_;
    positions_ = size;
  }
  if (steps_per_epoch_ == 0) {
    user_error(
        "data.batch={}: an epoch has only {} samples, so that dropping the last partial batch leaves none; "
        "data.last_batch = \"pad\" keeps it",
        options_.batch, size);
  }
}

int AccessStream::rank_of_row(int64_t row) const {
  // The inverse of split_range: the first batch % ranks parts have one row more.
  const int64_t least = options_.batch / options_.ranks;
  const int64_t larger = options_.batch % options_.ranks;
  if (row < larger * (least + 1)) return static_cast<int>(row / (least + 1));
  return static_cast<int>(larger + (row - larger * (least + 1)) / least);
}

int64_t AccessStream::position(int64_t step_in_epoch, int64_t row) const {
  const int64_t first = step_in_epoch * options_.batch;
  if (step_in_epoch < full_steps_) return first + row;
  const int64_t rest = positions_ - first;
  if (options_.last != LastBatch::redistribute) return row < rest ? first + row : -1;
  const int rank = rank_of_row(row);
  const Range share = split_range(rest, options_.ranks, rank);
  const int64_t place = row - rows(rank).begin;
  return place < share.size() ? first + share.begin + place : -1;
}

Access AccessStream::access(int64_t epoch, int64_t position) const {
  const int64_t step = position / options_.batch;
  const int64_t before = epoch * steps_per_epoch_;
  const int64_t row = position % options_.batch;
  if (step < full_steps_ || options_.last != LastBatch::redistribute) return {before + step, row};
  const int64_t rest = positions_ - step * options_.batch;
  int rank = 0;
  while (split_range(rest, options_.ranks, rank).end <= row) ++rank;
  return {before + step, rows(rank).begin + row - split_range(rest, options_.ranks, rank).begin};
}

int64_t AccessStream::sample(int64_t step, int64_t row) const {
  const int64_t place = position(step % steps_per_epoch_, row);
  return place < 0 ? -1 : options_.sampler->at(epoch_of(step), place);
}

std::optional<Access> AccessStream::find(int64_t sample, int64_t epoch, int64_t from_step) const {
  const int64_t first = std::max<int64_t>(0, from_step - epoch * steps_per_epoch_);
  const std::optional<int64_t> found = options_.sampler->find(epoch, sample, first * options_.batch);
  if (!found || *found >= positions_) return std::nullopt;
  return access(epoch, *found);
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
