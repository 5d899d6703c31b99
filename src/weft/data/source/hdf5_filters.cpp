#include "weft/data/source/hdf5_filters.h"

#include <zlib.h>

#include <cstring>

#include "weft/base/check.h"

namespace weft {

namespace {

using Kind = Hdf5Filter::Kind;
constexpr size_t kChecksumBytes = 4;

std::vector<std::byte> inflate_chunk(std::span<const std::byte> stored, size_t bytes,
                                     const std::string& name) {
  std::vector<std::byte> raw(bytes);
  uLongf length = bytes;
  const int result = uncompress(reinterpret_cast<Bytef*>(raw.data()), &length,
                                reinterpret_cast<const Bytef*>(stored.data()), stored.size());
  if (result != Z_OK || length != bytes) user_error("{}: a compressed chunk is broken", name);
  return raw;
}

std::vector<std::byte> unshuffle(std::span<const std::byte> shuffled, size_t elem_bytes) {
  std::vector<std::byte> raw(shuffled.size());
  const size_t elems = shuffled.size() / elem_bytes;
  for (size_t b = 0; b < elem_bytes; ++b) {
    const std::byte* from = shuffled.data() + b * elems;
    for (size_t i = 0; i < elems; ++i) raw[i * elem_bytes + b] = from[i];
  }
  // What does not fill an element was left where it was.
  const size_t rest = elems * elem_bytes;
  std::copy(shuffled.begin() + static_cast<ptrdiff_t>(rest), shuffled.end(),
            raw.begin() + static_cast<ptrdiff_t>(rest));
  return raw;
}

void check_fletcher(std::span<const std::byte> data, const std::string& name) {
  const auto body = data.first(data.size() - kChecksumBytes);
  uint32_t stored = 0;
  for (size_t i = kChecksumBytes; i-- > 0;) {
    stored = stored << 8 | std::to_integer<uint32_t>(data[body.size() + i]);
  }
  const uint32_t computed = fletcher32(body);
  // Writers before 1.6.3 stored the bytes of each half the other way round on little-endian machines.
  const uint32_t old = (computed & 0x00ff00ffu) << 8 | (computed & 0xff00ff00u) >> 8;
  if (stored != computed && stored != old) user_error("{}: a chunk's fletcher32 checksum is wrong", name);
}

}  // namespace

uint32_t fletcher32(std::span<const std::byte> bytes) {
  const auto fold = [](uint64_t sum) {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
  };
  uint64_t first = 0;
  uint64_t second = 0;
  // 2^14 words between folds keep both sums far below 2^64.
  size_t until_fold = size_t{1} << 14;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const auto high = std::to_integer<uint64_t>(bytes[i]) << 8;
    first += high | (i + 1 < bytes.size() ? std::to_integer<uint64_t>(bytes[i + 1]) : 0);
    second += first;
    if (--until_fold == 0) {
      first = fold(first);
      second = fold(second);
      until_fold = size_t{1} << 14;
    }
  }
  return static_cast<uint32_t>(fold(second) << 16 | fold(first));
}

std::vector<std::byte> undo_filters(std::span<const std::byte> stored, std::span<const Hdf5Filter> filters,
                                    uint32_t left_out, int64_t bytes, const std::string& name) {
  const auto applied = [&](size_t i) { return i >= 32 || (left_out >> i & 1) == 0; };
  std::vector<std::byte> data(stored.begin(), stored.end());
  for (size_t i = filters.size(); i-- > 0;) {
    if (!applied(i)) continue;
    switch (filters[i].kind) {
      case Kind::deflate: {
        // What it was given: the chunk, and the checksums that earlier filters had put behind it.
        auto raw = static_cast<size_t>(bytes);
        for (size_t j = 0; j < i; ++j) {
          if (filters[j].kind == Kind::fletcher32 && applied(j)) raw += kChecksumBytes;
        }
        data = inflate_chunk(data, raw, name);
        break;
      }
      case Kind::shuffle:
        if (filters[i].elem_bytes > 1) data = unshuffle(data, static_cast<size_t>(filters[i].elem_bytes));
        break;
      case Kind::fletcher32:
        if (data.size() < kChecksumBytes) user_error("{}: a chunk is too short for its checksum", name);
        check_fletcher(data, name);
        data.resize(data.size() - kChecksumBytes);
        break;
    }
  }
  if (static_cast<int64_t>(data.size()) != bytes) {
    user_error("{}: a chunk unpacks to {} bytes, expected {}", name, data.size(), bytes);
  }
  return data;
}

}  // namespace weft
