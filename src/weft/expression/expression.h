#pragma once
// Expressions: what a pointwise op computes at each point. A list of scalar nodes, each made from earlier
// ones; equal parts are one node, so that what is common is computed once.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "weft/expression/function.h"

namespace weft {

/// Integers are exact below this.
inline constexpr double kIntegerBound = 2147483648.0;

struct ScalarNode {
  enum class Kind : uint8_t {
    operand,   ///< element of operand `number` at this point
    constant,  ///< `value`
    index,     ///< position of the point along axis `number` of the whole iteration space
    random,    ///< 16 random bits, 0 to 65535 (RandomStream; half g % 8 of block g / 8 of the stream, g being
             ///< the row-major position of the point along `axes` of the whole space); argument 0 is the step
    call,  ///< `function` of the arguments
  };
  Kind kind = Kind::constant;
  ScalarType type = ScalarType::real;
  int number = 0;
  double value = 0;
  uint64_t seed = 0;
  uint64_t stream = 0;
  std::vector<int> axes;
  const Function* function = nullptr;
  std::array<int, 3> arguments = {-1, -1, -1};  ///< earlier nodes

  int arity() const;
  bool is_call(std::string_view name) const { return kind == Kind::call && function->name == name; }
  bool is_constant() const { return kind == Kind::constant; }
  /// Constants of equal bits are equal: NaN is, 0 and -0 are not.
  bool operator==(const ScalarNode& other) const;
};

/// Immutable. Equal expressions have equal nodes: those that the results need, in the order of a depth-first
/// walk.
struct Expression {
  std::vector<ScalarNode> nodes;
  std::vector<int> results;

  bool operator==(const Expression&) const = default;
  const ScalarNode& node(int id) const { return nodes[static_cast<size_t>(id)]; }
  const ScalarNode& result(size_t at) const { return node(results[at]); }
};

class ExpressionBuilder;

/// A node of a builder, which must outlive it. Arithmetic on these reads like the formula; numbers become
/// constants.
struct Scalar {
  ExpressionBuilder* build = nullptr;
  int id = -1;
};

/// Makes nodes, each once. UserError where types do not fit: "expression: got tanh of an integer, expected
/// reals."
class ExpressionBuilder {
 public:
  Scalar operand(int number, ScalarType type = ScalarType::real);
  Scalar constant(double value);
  /// `value` is a whole number below kIntegerBound.
  Scalar integer(double value);
  Scalar boolean(bool value);
  /// See ScalarNode::Kind.
  Scalar index(int axis);
  Scalar random(uint64_t seed, uint64_t stream, Scalar step, std::vector<int> axes);
  /// An integer constant beside reals becomes a real. A conversion of what has that type already is no node.
  Scalar call(const Function& function, std::span<const Scalar> arguments);
  Scalar call(std::string_view function, std::initializer_list<Scalar> arguments);
  /// Takes over a node whose arguments are this builder's.
  Scalar add(ScalarNode node);

  const std::vector<ScalarNode>& nodes() const { return nodes_; }
  const ScalarNode& node(Scalar scalar) const { return nodes_[static_cast<size_t>(scalar.id)]; }
  /// A fingerprint of the structure below a node: the same in every builder and on every machine.
  uint64_t fingerprint(Scalar scalar) const { return fingerprints_[static_cast<size_t>(scalar.id)]; }
  Expression build(std::span<const Scalar> results) const;

 private:
  uint64_t fingerprint_of(const ScalarNode& node) const;
  std::vector<ScalarNode> nodes_;
  std::vector<uint64_t> fingerprints_;
  std::multimap<uint64_t, int> known_;
};

Scalar operator+(Scalar a, Scalar b);
Scalar operator-(Scalar a, Scalar b);
Scalar operator*(Scalar a, Scalar b);
Scalar operator/(Scalar a, Scalar b);
Scalar operator-(Scalar a);
Scalar operator<(Scalar a, Scalar b);
Scalar operator<=(Scalar a, Scalar b);
Scalar operator>(Scalar a, Scalar b);
Scalar operator>=(Scalar a, Scalar b);
Scalar operator+(Scalar a, double b);
Scalar operator-(Scalar a, double b);
Scalar operator*(Scalar a, double b);
Scalar operator/(Scalar a, double b);
Scalar operator<(Scalar a, double b);
Scalar operator<=(Scalar a, double b);
Scalar operator>(Scalar a, double b);
Scalar operator>=(Scalar a, double b);
Scalar operator+(double a, Scalar b);
Scalar operator-(double a, Scalar b);
Scalar operator*(double a, Scalar b);
Scalar operator/(double a, Scalar b);
/// Any other function of the table: apply("tanh", x).
Scalar apply(std::string_view function, Scalar a);
Scalar apply(std::string_view function, Scalar a, Scalar b);
Scalar select(Scalar condition, Scalar a, Scalar b);
Scalar select(Scalar condition, Scalar a, double b);

}  // namespace weft
