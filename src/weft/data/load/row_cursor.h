#pragma once
#include <cstdint>
#include <optional>

#include "weft/data/load/decode_pool.h"
#include "weft/data/stream/access_stream.h"

namespace weft {

/// One rank's rows in the order in which they are fetched: step by step.
class RowCursor {
 public:
  /// The steps [first_step, end_step). `stream` outlives this.
  RowCursor(const AccessStream& stream, int rank, int64_t first_step, int64_t end_step)
      : stream_(stream), rank_(rank), end_step_(end_step), step_(first_step) {}

  bool is_at_end() const { return step_ >= end_step_; }
  /// Of the next row.
  int64_t step() const { return step_; }
  /// The next row, without a record, and on to the one after it; nothing, and on to the next step, where the
  /// rank has no row in this one. Not at the end.
  std::optional<DecodePool::Row> take();

 private:
  const AccessStream& stream_;
  int rank_;
  int64_t end_step_;
  int64_t step_;
  int64_t row_ = 0;
};

}  // namespace weft
