// Any bytes either unpack to as many as were promised, or are a UserError.
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/data/source/hdf5_filters.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  // Which filters, in which order; which were left out; how large the chunk is.
  using Kind = weft::Hdf5Filter::Kind;
  std::vector<weft::Hdf5Filter> filters;
  for (int i = 0; i < 3; ++i) {
    const int kind = data[0] >> (2 * i) & 3;
    if (kind < 3) filters.push_back({static_cast<Kind>(kind), 1 + (data[1] & 7)});
  }
  const int64_t bytes = data[2] * 16;
  try {
    const auto raw =
        weft::undo_filters(std::as_bytes(std::span(data + 4, size - 4)), filters, data[3] & 7, bytes, "fuzz");
    if (static_cast<int64_t>(raw.size()) != bytes) std::abort();
  } catch (const weft::UserError&) {
  }
  return 0;
}
