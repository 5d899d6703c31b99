#include "weft/data/load/row_cursor.h"

namespace weft {

std::optional<DecodePool::Row> RowCursor::take() {
  const Range rows = stream_.rows(rank_);
  std::optional<DecodePool::Row> taken;
  if (rows.size() > 0) {
    taken.emplace();
    taken->step = step_;
    taken->row = row_;
    taken->epoch = stream_.epoch_of(step_);
    taken->sample = stream_.sample(step_, rows.begin + row_);
  }
  if (++row_ >= rows.size()) {
    row_ = 0;
    ++step_;
  }
  return taken;
}

}  // namespace weft
