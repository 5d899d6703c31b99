#pragma once
// Distinct integer types for the things that a graph numbers.
#include <compare>
#include <cstdint>

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

struct SegmentId {
  int32_t index = -1;
  auto operator<=>(const SegmentId&) const = default;
  size_t at() const { return static_cast<size_t>(index); }
};

}  // namespace weft
