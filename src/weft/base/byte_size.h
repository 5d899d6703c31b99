#pragma once
// Sizes in bytes as people write them: "8GiB", "500MB", "1.5 TiB", "4096".
#include <cstdint>
#include <string>
#include <string_view>

namespace weft {

/// Units B, kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (of 1024), in any case; none: bytes. A
/// fraction is allowed and its product rounded down. UserError naming `where` for anything else, for a
/// negative size, and for one beyond 2^63.
int64_t parse_bytes(std::string_view text, std::string_view where);

/// For people, three digits: "1.50 GiB", "900 B".
std::string format_bytes(int64_t bytes);

}  // namespace weft
