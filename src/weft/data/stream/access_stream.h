#pragma once
#include <memory>
#include <optional>

#include "weft/base/enum_names.h"
#include "weft/data/stream/sampler.h"
#include "weft/tensor/region.h"

namespace weft {

/// What happens to the samples of an epoch that do not fill a batch (or a group of them).
enum class LastBatch : uint8_t {
  drop,          ///< they wait for another epoch
  pad,           ///< a last batch with empty rows at its end
  redistribute,  ///< a last batch whose samples are shared out evenly, each rank's empty rows at its end
};

template <>
struct EnumNames<LastBatch> {
  static constexpr std::string_view kNames[] = {"drop", "pad", "redistribute"};
};

/// Where a sample comes: which row of which step, counted from the start of the run.
struct Access {
  int64_t step = 0;
  int64_t row = 0;
  bool operator==(const Access&) const = default;
};

/// Every access of every rank, as a function of (seed, epochs, sampler, batch, ranks), computed on demand:
/// the "access sequence R" of Dryden et al. (SC'21), in O(1) memory. A batch is global; rank r has the rows
/// split_range(batch, ranks, r). Which samples make up a step does not depend on `ranks`, except for the rows
/// of a redistributed last batch. All ranks have the same number of steps.
class AccessStream {
 public:
  struct Options {
    std::shared_ptr<const Sampler> sampler;  ///< shared: the loader, the placement and the simulator ask it
    int64_t batch = 1;                       ///< rows of one global batch
    int64_t epochs = 1;
    int ranks = 1;  ///< that share a batch (the mesh's data axis)
    LastBatch last = LastBatch::drop;
    int64_t group = 1;  ///< batches that make up one step of training: an epoch has whole groups
  };
  /// UserError where dropping the last batch leaves none.
  explicit AccessStream(Options options);

  int64_t steps_per_epoch() const { return steps_per_epoch_; }
  int64_t steps() const { return steps_per_epoch_ * options_.epochs; }
  int64_t epochs() const { return options_.epochs; }
  int64_t batch() const { return options_.batch; }
  int ranks() const { return options_.ranks; }
  int64_t samples() const { return options_.sampler->samples(); }
  int64_t epoch_of(int64_t step) const { return step / steps_per_epoch_; }

  /// The rows of a rank.
  Range rows(int rank) const { return split_range(options_.batch, options_.ranks, rank); }
  int rank_of_row(int64_t row) const;

  /// The sample in a row of a step; -1: the row is empty.
  int64_t sample(int64_t step, int64_t row) const;
  /// The first access of a sample at a step >= `from_step` of `epoch`.
  std::optional<Access> find(int64_t sample, int64_t epoch, int64_t from_step) const;
  bool repeats() const { return options_.sampler->repeats(); }
  /// The first access of a sample at a step >= `from_step`, by `rank` (-1: by any), at most `epochs` epochs
  /// ahead. Of a sample that comes several times in one step only the first row is seen.
  std::optional<Access> next(int64_t sample, int64_t from_step, int rank, int64_t epochs) const;

 private:
  /// Of the samples that fill no group, those of a rank where they are redistributed.
  Range share_of_rest(int rank) const;
  int64_t position(int64_t step_in_epoch, int64_t row) const;
  Access access(int64_t epoch, int64_t position) const;

  Options options_;
  int64_t steps_per_epoch_ = 0;
  int64_t positions_ = 0;   ///< of an epoch that are read
  int64_t full_steps_ = 0;  ///< of groups whose rows all have a sample
};

}  // namespace weft
