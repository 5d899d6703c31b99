#include "weft/train/session/batch_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "weft/base/check.h"
#include "weft/datasets/batch_rules.h"
#include "weft/tasks/training_graph.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

/// This rank's part of a batch, in memory that may be changed.
struct BatchFeed::Batch {
  std::array<const SampleTensor*, 2> tensors;
  std::vector<View> views;
  Range rows;                  ///< of the whole batch
  int64_t all_rows;            ///< that it has
  std::vector<uint8_t> there;  ///< by row of the views: whether it is a sample

  static constexpr std::array kParts{BatchPart::input, BatchPart::target};
};

void BatchFeed::operator()(Executor& executor, BatchSource& source, int64_t number) {
  Batch batch{{&options_.facts.input, &options_.facts.target}, {}, {}, 0, {}};
  std::vector<Region> regions;
  for (const SampleTensor* tensor : batch.tensors) {
    const NamedSlot& named = executor.program().named.at(tensor->name);
    batch.views.push_back(executor.view(tensor->name));
    regions.push_back(named.where.region);
    batch.all_rows = named.where.global_type.shape[0];
  }
  batch.rows = regions[0].ranges[0];
  WEFT_CHECK(regions[1].ranges[0] == batch.rows, "rows {} to {} of inputs, and others of targets",
             batch.rows.begin, batch.rows.end);
  std::vector<View> lent = batch.views;
  const bool in_place = source.lend(number, lent, regions);
  for (size_t i = 0; i < lent.size(); ++i) {
    executor.read_input_from(batch.tensors[i]->name, in_place ? lent[i].data : nullptr);
  }
  if (in_place) {
    batch.views = lent;
  } else {
    source.fill(number, batch.views, regions);
  }
  for (int64_t row = batch.rows.begin; row < batch.rows.end; ++row) {
    batch.there.push_back(source.has_sample(row) ? 1 : 0);
  }
  say_all_missing(batch, source);
  apply(batch, source);
  say_rows(executor, batch);
}

/// What the rules say of both tensors. Rows that they empty, here or on another rank, are emptied in both.
void BatchFeed::apply(Batch& batch, const BatchSource& source) {
  const std::vector<uint8_t> given = batch.there;
  for (size_t i = 0; i < batch.tensors.size(); ++i) {
    const std::vector<uint8_t> before = batch.there;
    const std::optional<BadElement> bad =
        apply_rules(*batch.tensors[i], Batch::kParts[i], batch.views[i], batch.there);
    if (bad) user_error("{}: {}", source.name_of(batch.rows.begin + bad->row), bad->what);
    for (size_t row = 0; row < before.size(); ++row) {
      if (before[row] != batch.there[row]) left_out(batch, i, static_cast<int64_t>(row), source);
    }
  }
  if (options_.rows_may_fail && world_.size() > 1) agree(batch);
  for (size_t row = 0; row < given.size(); ++row) {
    if (given[row] == batch.there[row]) continue;
    for (size_t i = 0; i < batch.tensors.size(); ++i) {
      empty_row(*batch.tensors[i], Batch::kParts[i], batch.views[i], static_cast<int64_t>(row));
    }
  }
}

/// Zeros in the place of all numbers teach nothing; a file that is read wrongly looks like that.
void BatchFeed::say_all_missing(const Batch& batch, const BatchSource& source) {
  const bool masks = options_.facts.input.missing == MissingNumbers::mask;
  if (!masks || has_said_missing_ || !is_all_missing(batch.views[0])) return;
  has_said_missing_ = true;
  notices_.push_back(
      fmt::format("warning: all input numbers of a batch are missing, and data.missing = \"mask\" makes 0 of "
                  "them, such as those of {}",
                  source.name_of(batch.rows.begin)));
}

void BatchFeed::left_out(const Batch& batch, size_t tensor, int64_t row, const BatchSource& source) {
  const std::string name = source.name_of(batch.rows.begin + row);
  if (!left_out_.insert(name).second) return;
  const std::string& label = batch.tensors[tensor]->label;
  const std::string why = fmt::format("{}: {} has numbers that are missing", name,
                                      label.empty() ? batch.tensors[tensor]->name : label);
  notices_.push_back("left out: " + why);
  if (std::ssize(left_out_) > options_.bad_limit) {
    user_error("data.bad_limit={}: one bad sample too many; the last was: {}", options_.bad_limit, why);
  }
}

/// A row is there where it is on all ranks that have a part of it.
void BatchFeed::agree(Batch& batch) const {
  std::vector<int32_t> all(static_cast<size_t>(batch.all_rows), 1);
  const auto own = all.begin() + batch.rows.begin;
  std::ranges::copy(batch.there, own);
  world_.all_reduce(all.data(), batch.all_rows, Element::i32, Reduce::min).wait();
  for (size_t row = 0; row < batch.there.size(); ++row) {
    batch.there[row] = static_cast<uint8_t>(own[static_cast<int64_t>(row)]);
  }
}

/// Where the program asks which rows are there.
void BatchFeed::say_rows(const Executor& executor, const Batch& batch) {
  if (!executor.program().named.contains(std::string(kRowsInput))) return;
  const View view = executor.view(std::string(kRowsInput));
  with_floating(view.type.dtype, [&](auto element) {
    using T = decltype(element);
    std::ranges::transform(batch.there, view.as<T>(), [](uint8_t is) { return element_cast<T>(int{is}); });
  });
}

}  // namespace weft
