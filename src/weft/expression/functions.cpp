#include <cmath>

#include "weft/base/check.h"
#include "weft/expression/function.h"

namespace weft {

namespace {

using enum Signature;
using L = Linearity;
using Arguments = const double*;

// clang-format off
constexpr Function kFunctions[] = {
    {"add", "+", 2, 2, arithmetic, L::sum, true, 1, [](Arguments v) { return v[0] + v[1]; }, {"1.0", "1.0"}},
    {"sub", "-", 2, 2, arithmetic, L::sum, false, 1, [](Arguments v) { return v[0] - v[1]; }, {"1.0", "-1.0"}},
    {"mul", "*", 3, 2, arithmetic, L::product, true, 1, [](Arguments v) { return v[0] * v[1]; }, {"b", "a"}},
    {"div", "/", 3, 2, Signature::real, L::quotient, false, 4, [](Arguments v) { return v[0] / v[1]; }, {"1.0 / b", "-y / b"}},
    {"neg", "-", 4, 1, arithmetic, L::sum, false, 1, [](Arguments v) { return -v[0]; }, {"-1.0"}},
    // By the result, which is kept more often than the arguments: it is above b where a is.
    {"min", "", 0, 2, arithmetic, L::none, true, 1, [](Arguments v) { return v[0] < v[1] ? v[0] : v[1]; }, {"select(y < b, 1.0, 0.0)", "select(y < b, 0.0, 1.0)"}},
    {"max", "", 0, 2, arithmetic, L::none, true, 1, [](Arguments v) { return v[0] > v[1] ? v[0] : v[1]; }, {"select(y > b, 1.0, 0.0)", "select(y > b, 0.0, 1.0)"}},
    {"lt", "<", 1, 2, comparison, L::none, false, 1, [](Arguments v) { return v[0] < v[1] ? 1.0 : 0.0; }},
    {"le", "<=", 1, 2, comparison, L::none, false, 1, [](Arguments v) { return v[0] <= v[1] ? 1.0 : 0.0; }},
    {"gt", ">", 1, 2, comparison, L::none, false, 1, [](Arguments v) { return v[0] > v[1] ? 1.0 : 0.0; }},
    {"ge", ">=", 1, 2, comparison, L::none, false, 1, [](Arguments v) { return v[0] >= v[1] ? 1.0 : 0.0; }},
    {"eq", "==", 1, 2, comparison, L::none, true, 1, [](Arguments v) { return v[0] == v[1] ? 1.0 : 0.0; }},
    {"ne", "!=", 1, 2, comparison, L::none, true, 1, [](Arguments v) { return v[0] != v[1] ? 1.0 : 0.0; }},
    {"select", "", 0, 3, selection, L::selection, false, 1, [](Arguments v) { return v[0] != 0 ? v[1] : v[2]; }, {"", "select(a, 1.0, 0.0)", "select(a, 0.0, 1.0)"}},
    {"exp", "", 0, 1, Signature::real, L::none, false, 10, [](Arguments v) { return std::exp(v[0]); }, {"y"}},
    {"log", "", 0, 1, Signature::real, L::none, false, 12, [](Arguments v) { return std::log(v[0]); }, {"1.0 / a"}},
    {"log1p", "", 0, 1, Signature::real, L::none, false, 14, [](Arguments v) { return std::log1p(v[0]); }, {"1.0 / (a + 1.0)"}},
    {"sqrt", "", 0, 1, Signature::real, L::none, false, 4, [](Arguments v) { return std::sqrt(v[0]); }, {"0.5 / y"}},
    {"rsqrt", "", 0, 1, Signature::real, L::none, false, 8, [](Arguments v) { return 1 / std::sqrt(v[0]); }, {"-0.5 * y * y * y"}},
    {"pow", "", 0, 2, Signature::real, L::none, false, 24, [](Arguments v) { return std::pow(v[0], v[1]); }, {"b * pow(a, b - 1.0)", "select(a > 0.0, y * log(a), 0.0)"}},
    {"tanh", "", 0, 1, Signature::real, L::none, false, 14, [](Arguments v) { return std::tanh(v[0]); }, {"1.0 - y * y"}},
    {"sigmoid", "", 0, 1, Signature::real, L::none, false, 14, [](Arguments v) { return 1 / (1 + std::exp(-v[0])); }, {"y * (1.0 - y)"}},
    {"erf", "", 0, 1, Signature::real, L::none, false, 20, [](Arguments v) { return std::erf(v[0]); }, {"1.1283791670955126 * exp(-(a * a))"}},
    {"sin", "", 0, 1, Signature::real, L::none, false, 14, [](Arguments v) { return std::sin(v[0]); }, {"cos(a)"}},
    {"cos", "", 0, 1, Signature::real, L::none, false, 14, [](Arguments v) { return std::cos(v[0]); }, {"-sin(a)"}},
    {"atan", "", 0, 1, Signature::real, L::none, false, 14, [](Arguments v) { return std::atan(v[0]); }, {"1.0 / (a * a + 1.0)"}},
    {"abs", "", 0, 1, arithmetic, L::none, false, 1, [](Arguments v) { return std::abs(v[0]); }, {"sign(a)"}},
    {"sign", "", 0, 1, arithmetic, L::none, false, 2, [](Arguments v) { return v[0] > 0 ? 1.0 : v[0] < 0 ? -1.0 : 0.0; }},
    {"floor", "", 0, 1, Signature::real, L::none, false, 1, [](Arguments v) { return std::floor(v[0]); }},
    {"stop_gradient", "", 0, 1, Signature::real, L::sum, false, 0, [](Arguments v) { return v[0]; }, {}, true},
    {"real", "", 0, 1, to_real, L::sum, false, 1, [](Arguments v) { return v[0]; }},
    {"integer", "", 0, 1, to_integer, L::none, false, 1, [](Arguments v) { return std::isnan(v[0]) ? 0.0 : std::trunc(v[0]); }},
    {"boolean", "", 0, 1, to_boolean, L::none, false, 1, [](Arguments v) { return v[0] != 0 ? 1.0 : 0.0; }},
};
// clang-format on

}  // namespace

std::string_view name_of(ScalarType type) {
  switch (type) {
    case ScalarType::real:
      return "real";
    case ScalarType::integer:
      return "integer";
    case ScalarType::boolean:
      return "boolean";
  }
  return "?";
}

std::span<const Function> functions() { return kFunctions; }

const Function* find_function(std::string_view name) {
  for (const Function& row : kFunctions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

const Function& function(std::string_view name) {
  const Function* found = find_function(name);
  WEFT_CHECK(found != nullptr, "no scalar function is named {}", name);
  return *found;
}

}  // namespace weft
