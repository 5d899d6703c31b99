#pragma once
// The scalar functions of expressions: one table (functions.cpp), one row a function.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weft {

/// Reals are computed in f64 beside an operand of f64, else in f32; integers are exact below 2^31.
enum class ScalarType : uint8_t { real, integer, boolean };

std::string_view name_of(ScalarType type);

/// The letter that the names of operands of each type begin with: "x0", "n1", "p2".
constexpr char letter_of(ScalarType type) { return "xnp"[static_cast<size_t>(type)]; }
/// Nothing where the operands of no type begin so.
constexpr std::optional<ScalarType> type_of_letter(char letter) {
  for (const ScalarType type : {ScalarType::real, ScalarType::integer, ScalarType::boolean}) {
    if (letter_of(type) == letter) return type;
  }
  return std::nullopt;
}

/// What a function takes and gives.
enum class Signature : uint8_t {
  real,        ///< reals, to a real
  arithmetic,  ///< reals to a real, or integers to an integer
  comparison,  ///< two of one type, not booleans, to a boolean
  selection,   ///< a boolean and two of one type, to that type
  to_real,     ///< anything of another type
  to_integer,
  to_boolean,
};

/// Where the result is linear in operands in which arguments are linear.
enum class Linearity : uint8_t {
  none,
  sum,        ///< all arguments are
  product,    ///< one argument is, and the others depend on no operand
  quotient,   ///< the first is, and the second depends on no operand
  selection,  ///< the second and third are, and the first depends on no operand
};

struct Function {
  std::string_view name;
  std::string_view
      symbol;          ///< how it is written between (or, of one argument, before) its arguments; or empty
  int precedence = 0;  ///< of the symbol: those that bind closer have more
  int arity = 1;
  Signature signature = Signature::real;
  Linearity linearity = Linearity::none;
  bool commutative = false;
  double flops = 1;
  /// The definition; booleans are 0 and 1.
  double (*evaluate)(const double* arguments) = nullptr;
  /// The derivative by each argument, as an expression of the arguments a, b, c and the result y; empty where
  /// it is zero or there is none.
  std::array<std::string_view, 3> derivatives = {};
  /// It is its argument, which derivatives take for a constant on purpose: what is learnt through it is
  /// nothing.
  bool stops_gradient = false;
};

std::span<const Function> functions();
/// The row of that name; null where there is none.
const Function* find_function(std::string_view name);
/// InternalError where there is none.
const Function& function(std::string_view name);

}  // namespace weft
