#pragma once
// The rules by which values at many points become a few: one table (reductions.cpp), one row a rule.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "weft/expression/combine.h"
#include "weft/expression/function.h"

namespace weft {

inline constexpr size_t kMostComponents = 2;

/// One number that a rule gives, and its formulas (expression/text.h).
struct ReductionComponent {
  std::string_view name;
  bool is_position = false;  ///< an integer, of whatever type the values are
  bool positive = false;     ///< not zero unless no value is finite
  /// What the gradient g of this component adds to that of a value a at position p, with n points, components
  /// y0 and y1, and the position q where `located` is greatest; empty where nothing is learnt through it.
  std::string_view derivative = {};
  /// Where parts are gathered: what each part adds to this component of the whole, of its own components y0
  /// and y1, its points n, those of the whole m, and the component 0 of the whole, z0; and by which rule.
  /// Component 0 is of y0, n and m alone.
  std::string_view of_part = {};
  std::string_view rule_of_parts = {};
};

/// The state of a sequential run: a component each, and what else the rule keeps.
using ReductionState = std::array<double, 3>;

struct Reduction {
  std::string_view name;
  std::string_view meaning;
  bool linear = false;          ///< of a sum of values it gives the sum of the results
  bool reals_only = false;      ///< integers have no such result
  bool reads_position = false;  ///< of a point along the reduced axes, row-major
  double flops = 1;             ///< a point
  Combine combine = Combine::sum;
  size_t components = 1;
  std::array<ReductionComponent, kMostComponents> component;
  std::string_view located = {};  ///< a formula of the value a
  /// Numbers of the state that are used.
  size_t states = 1;
  /// The definition: the state of no points, that with one more, and that with the points of another.
  ReductionState start = {};
  void (*take)(ReductionState& state, double value, double position) = nullptr;
  void (*join)(ReductionState& state, const ReductionState& other) = nullptr;
};

std::span<const Reduction> reductions();
/// The row of that name; null where there is none.
const Reduction* find_reduction(std::string_view name);

/// The position of no point.
inline constexpr double kNoPosition = 2147483647;

}  // namespace weft
