#pragma once
#include <optional>
#include <string>

namespace weft {

/// Where and when a machine's rates were measured. What is empty is not known.
struct MeasuredOn {
  std::string cpu;             ///< as its maker calls it
  std::optional<int> cores;    ///< of the host
  std::optional<int> ranks;    ///< on the host, all at work at once
  std::optional<int> threads;  ///< of each rank
  std::string onednn;          ///< version of the library that products come from
  std::string date;            ///< "2026-11-29"
  bool operator==(const MeasuredOn&) const = default;

  /// Nobody has said where.
  bool is_empty() const { return *this == MeasuredOn(); }
};

/// The first thing in which rates measured there are not those of `here`, but the date, in words: "oneDNN
/// 2.6.3, and here is 3.1.0"; "" where there is none. What `there` leaves empty is another thing, too.
std::string difference(const MeasuredOn& there, const MeasuredOn& here);

/// "1 rank of 2 threads"; "" where these are not known.
std::string ranks_and_threads(const MeasuredOn& where);

}  // namespace weft
