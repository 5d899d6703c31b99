#include <cmath>
#include <limits>

#include "weft/expression/reduction.h"

namespace weft {

namespace {

using State = ReductionState;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// NaN is beyond every number, so that it is seen.
bool beyond(double value, double most) { return value > most || (std::isnan(value) && !std::isnan(most)); }

void take_sum(State& state, double value, double /*position*/) { state[0] += value; }
void join_sums(State& state, const State& other) { state[0] += other[0]; }

void take_max(State& state, double value, double /*position*/) {
  if (beyond(value, state[0])) state[0] = value;
}
void join_maxima(State& state, const State& other) { take_max(state, other[0], 0); }

void take_min(State& state, double value, double /*position*/) {
  if (beyond(-value, -state[0])) state[0] = value;
}
void join_minima(State& state, const State& other) { take_min(state, other[0], 0); }

void take_argmax(State& state, double value, double position) {
  const bool ties = value == state[0] || (std::isnan(value) && std::isnan(state[0]));
  if (!beyond(value, state[0]) && !(ties && position < state[1])) return;
  state[0] = value;
  state[1] = position;
}
void join_argmaxima(State& state, const State& other) { take_argmax(state, other[0], other[1]); }

void take_argmin(State& state, double value, double position) {
  State mirrored = {-state[0], state[1]};
  take_argmax(mirrored, -value, position);
  state = {-mirrored[0], mirrored[1]};
}
void join_argminima(State& state, const State& other) { take_argmin(state, other[0], other[1]); }

// Mean, sum of squared deviations, points. Welford (1962); Chan, Golub and LeVeque (1979).
void join_moments(State& state, const State& other) {
  if (other[2] == 0) return;
  const double points = state[2] + other[2];
  const double step = other[0] - state[0];
  state[0] += step * (other[2] / points);
  state[1] += other[1] + step * step * (state[2] * other[2] / points);
  state[2] = points;
}
void take_moments(State& state, double value, double /*position*/) { join_moments(state, {value, 0, 1}); }

// The greatest value, and the sum of exp(value - greatest). Milakov and Gimelshein (2018).
void join_exponentials(State& state, const State& other) {
  if (beyond(other[0], state[0])) {
    state[1] = other[1] + (state[0] == -kInfinity ? 0 : state[1] * std::exp(state[0] - other[0]));
    state[0] = other[0];
  } else if (other[0] == state[0]) {
    state[1] += other[1];
  } else {
    state[1] += other[1] * std::exp(other[0] - state[0]);
  }
}
void take_exponential(State& state, double value, double /*position*/) {
  if (value != -kInfinity) join_exponentials(state, {value, 1, 0});
}

// clang-format off
constexpr Reduction kReductions[] = {
    {.name = "sum", .meaning = "the sum", .linear = true, .combine = Combine::sum,
     .component = {{{.name = "sum", .derivative = "g"}}},
     .take = take_sum, .join = join_sums},
    {.name = "max", .meaning = "the greatest value; its gradient is that of the first point that has it", .combine = Combine::max,
     .component = {{{.name = "max", .derivative = "select(p == q, g, 0.0)"}}}, .located = "a",
     .start = {-kInfinity}, .take = take_max, .join = join_maxima},
    {.name = "min", .meaning = "the least value; its gradient is that of the first point that has it", .combine = Combine::min,
     .component = {{{.name = "min", .derivative = "select(p == q, g, 0.0)"}}}, .located = "-a",
     .start = {kInfinity}, .take = take_min, .join = join_minima},
    {.name = "argmax", .meaning = "the greatest value and the first position that has it, row-major along the reduced axes", .reads_position = true, .flops = 2, .combine = Combine::gather, .components = 2,
     .component = {{{.name = "max", .derivative = "select(p == y1, g, 0.0)", .of_part = "y0", .rule_of_parts = "max"},
                    {.name = "position", .is_position = true, .of_part = "select(y0 == z0, y1, select(y0 == y0, 2147483647, y1))", .rule_of_parts = "min"}}},
     .states = 2, .start = {-kInfinity, kNoPosition}, .take = take_argmax, .join = join_argmaxima},
    {.name = "argmin", .meaning = "the least value and the first position that has it, row-major along the reduced axes", .reads_position = true, .flops = 2, .combine = Combine::gather, .components = 2,
     .component = {{{.name = "min", .derivative = "select(p == y1, g, 0.0)", .of_part = "y0", .rule_of_parts = "min"},
                    {.name = "position", .is_position = true, .of_part = "select(y0 == z0, y1, select(y0 == y0, 2147483647, y1))", .rule_of_parts = "min"}}},
     .states = 2, .start = {kInfinity, kNoPosition}, .take = take_argmin, .join = join_argminima},
    {.name = "moments", .meaning = "the mean and the sum of squared deviations from it", .reals_only = true, .flops = 4, .combine = Combine::gather, .components = 2,
     .component = {{{.name = "mean", .derivative = "g / n", .of_part = "y0 * (n / max(m, 1.0))", .rule_of_parts = "sum"},
                    {.name = "squares", .derivative = "2.0 * g * (a - y0)", .of_part = "y1 + n * (y0 - z0) * (y0 - z0)", .rule_of_parts = "sum"}}},
     .states = 3, .take = take_moments, .join = join_moments},
    {.name = "max_exp_sum", .meaning = "the greatest value m and the sum of exp(value - m): the pair of the online softmax. Nothing is learnt through m, which cancels from whatever both are put together to", .reals_only = true, .flops = 12, .combine = Combine::gather, .components = 2,
     .component = {{{.name = "max", .of_part = "y0", .rule_of_parts = "max"},
                    {.name = "sum", .positive = true, .derivative = "g * exp(a - y0)", .of_part = "select(y0 == z0, y1, y1 * exp(y0 - z0))", .rule_of_parts = "sum"}}},
     .states = 2, .start = {-kInfinity}, .take = take_exponential, .join = join_exponentials},
};
// clang-format on

}  // namespace

std::span<const Reduction> reductions() { return kReductions; }

const Reduction* find_reduction(std::string_view name) {
  for (const Reduction& row : kReductions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace weft
