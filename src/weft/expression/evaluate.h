#pragma once
// The meaning of an expression: its value at one point, in f64.
#include <span>

#include "weft/expression/expression.h"

namespace weft {

/// What an expression reads at a point of the iteration space.
struct Point {
  std::span<const double> operands;   ///< elements, by number; integers and booleans as numbers
  std::span<const int64_t> position;  ///< along each axis of the whole space
  std::span<const int64_t> sizes;     ///< of the whole space
};

/// Writes the value of every node into `values`, which has their count. Allocates nothing.
void evaluate(const Expression& expression, const Point& point, std::span<double> values);

}  // namespace weft
