#pragma once
// Text of the report: escaping, and numbers as people read them.
#include <cstdint>
#include <string>
#include <string_view>

namespace weft {

/// For element contents and quoted attributes.
std::string escape_html(std::string_view text);
/// With a small first letter.
std::string lower_case(std::string text);
/// "1.5 MiB"; "0 B".
std::string human_bytes(double bytes);
/// "12.3 M": three digits and a decimal prefix; whole numbers below 100,000 in full: "3,000".
std::string human_count(double count);
/// "1.24 s", "12.3 ms", "45 µs".
std::string human_ms(double ms);
/// "45 s", "12 min 30 s", "3 h 20 min", "2 d 4 h".
std::string human_seconds(double seconds);
/// "2026-11-28 09:07", in this machine's time zone; empty for 0.
std::string human_date(double seconds_since_1970);
/// Three significant digits at least where small, none after the point where large.
std::string human_number(double value);

}  // namespace weft
