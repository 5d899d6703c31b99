#pragma once
#include <array>
#include <cstdint>

#include "weft/data/batch/origin.h"
#include "weft/data/load/expected_speeds.h"
#include "weft/data/load/source_speed.h"

namespace weft {

/// What decides whether a record that a peer keeps is asked of the peer or read from the source: how fast
/// both have been lately, and how much both are asked for already. The fetcher's thread alone uses it.
class OriginChoice {
 public:
  enum class Policy : uint8_t {
    fastest,      ///< the source where a step would wait for the peer, and the source is clearly faster
    peers_first,  ///< a peer's copy is taken however slow it seems
  };
  /// How soon the record is needed.
  enum class Need : uint8_t { soon, later };

  OriginChoice(const ExpectedSpeeds& expected, Policy policy);

  /// A request begins: how many of its origin are under way now, with this one.
  int64_t began(Origin origin) { return ++requests_[static_cast<size_t>(origin)]; }
  void ended(Origin origin) { --requests_[static_cast<size_t>(origin)]; }
  /// A record of `bytes` took `ms`, of `under_way` requests.
  void observe(Origin origin, int64_t bytes, double ms, int64_t under_way) {
    speeds_[static_cast<size_t>(origin)].observe(bytes, ms, under_way);
  }

  /// Until a record of `bytes` would be here.
  double estimate_ms(Origin origin, int64_t bytes) const {
    return speeds_[static_cast<size_t>(origin)].estimate_ms(bytes, requests_[static_cast<size_t>(origin)]);
  }
  /// Origin::peer or Origin::source.
  Origin peer_or_source(int64_t bytes, Need need) const;

 private:
  Policy policy_;
  std::array<SourceSpeed, kOrigins> speeds_;
  std::array<int64_t, kOrigins> requests_{};  ///< under way
};

}  // namespace weft
