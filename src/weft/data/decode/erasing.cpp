#include "weft/data/decode/erasing.h"

#include <cstring>

namespace weft {

void erase(const Erasing::Box& box, const Region& part, const View& output) {
  const Range rows = common(box.rows, part.ranges[0]);
  const Range columns = common(box.columns, part.ranges[1]);
  if (columns.begin >= columns.end || part.empty()) return;
  const int64_t pixel_bytes = part.ranges[2].size() * bytes_of(output.type.dtype);
  for (int64_t y = rows.begin; y < rows.end; ++y) {
    const int64_t pixel =
        (y - part.ranges[0].begin) * part.ranges[1].size() + columns.begin - part.ranges[1].begin;
    std::memset(output.data + pixel * pixel_bytes, 0, static_cast<size_t>(columns.size() * pixel_bytes));
  }
}

}  // namespace weft
