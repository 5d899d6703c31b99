#pragma once
// Distinct integer types for the things that a graph numbers, and the phases of a Program.
#include <compare>
#include <cstdint>
#include <string_view>

namespace weft {

struct ValueId {
  int32_t index = -1;
  auto operator<=>(const ValueId&) const = default;
  size_t at() const { return static_cast<size_t>(index); }
};

struct NodeId {
  int32_t index = -1;
  auto operator<=>(const NodeId&) const = default;
  size_t at() const { return static_cast<size_t>(index); }
};

/// When a node runs. Values cross from one phase to another only as states.
enum class Phase : uint8_t {
  refresh,     ///< once a step: what follows from the parameters alone (packed weights)
  accumulate,  ///< once a microbatch; the whole step when nothing is accumulated
  update,      ///< once a step, after the last microbatch
  evaluate,
  generate,
};
inline constexpr Phase kPhases[] = {Phase::refresh, Phase::accumulate, Phase::update, Phase::evaluate,
                                    Phase::generate};

constexpr std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::refresh:
      return "refresh";
    case Phase::accumulate:
      return "accumulate";
    case Phase::update:
      return "update";
    case Phase::evaluate:
      return "evaluate";
    case Phase::generate:
      return "generate";
  }
  return "?";
}

}  // namespace weft
