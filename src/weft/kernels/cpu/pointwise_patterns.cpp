#include "weft/kernels/cpu/pointwise_patterns.h"

#include "weft/expression/derivative.h"
#include "weft/expression/match.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"

namespace weft::kernels {

namespace {

struct Row {
  std::string_view loops;
  std::string_view pattern;
  bool gradient = false;
};

constexpr Row kRows[] = {
    {"gelu_tanh", kGeluByTanh},
    {"gelu_tanh_backward", kGeluByTanh, true},
    {"gelu_erf", kGeluByErf},
    {"gelu_erf_backward", kGeluByErf, true},
    {"tanh_slope", "a * (1.0 - b * b)"},
    {"where_positive", "select(b > 0.0, a, 0.0)"},
    {"muladd", "a * b + c"},
    {"mulsub", "a * b - c"},
    {"negmuladd", "c - a * b"},
};

}  // namespace

Expression canonical_pattern(std::string_view pattern, bool gradient) {
  // k is a real constant, t an integer one, n an integer operand, the step of random bits among others.
  constexpr OperandName kNames[] = {{"a", 0},
                                    {"b", 1},
                                    {"c", 2},
                                    {"n", 3, ScalarType::integer},
                                    {"d", 4},
                                    {"k", kConstantOperands},
                                    {"t", kConstantOperands + 1, ScalarType::integer}};
  constexpr ResultOperands kGradientIsB[] = {{.gradient = 1, .value = {}}};
  const Expression canonical = simplify(parse_expression(pattern, kNames));
  return gradient ? gradient_of(canonical, std::array{0}, kGradientIsB) : canonical;
}

std::span<const TilePattern> tile_patterns() {
  static const auto patterns = [] {
    std::vector<TilePattern> all;
    for (const Row& row : kRows) all.push_back({row.loops, canonical_pattern(row.pattern, row.gradient)});
    return all;
  }();
  return patterns;
}

}  // namespace weft::kernels
