#include "weft/expression/expression.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "weft/base/check.h"
#include "weft/base/name_hash.h"

namespace weft {

namespace {

uint64_t mixed(uint64_t a, uint64_t b) {
  uint64_t x = a ^ (b + 0x9E3779B97F4A7C15u + (a << 6) + (a >> 2));
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

[[noreturn]] void wrong_types(const Function& row, std::span<const Scalar> arguments,
                              std::string_view wanted) {
  std::string got;
  for (const Scalar& argument : arguments) {
    got += (got.empty() ? "" : ", ") + std::string(name_of(argument.build->node(argument).type));
  }
  user_error("expression: got {} of ({}), expected {}.", row.name, got, wanted);
}

/// Type of the result; `types` are the arguments'.
ScalarType result_type(const Function& row, std::span<const Scalar> arguments) {
  const auto type = [&](size_t i) { return arguments[i].build->node(arguments[i]).type; };
  const auto all = [&](ScalarType wanted) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (type(i) != wanted) return false;
    }
    return true;
  };
  switch (row.signature) {
    case Signature::real:
      if (!all(ScalarType::real)) wrong_types(row, arguments, "reals");
      return ScalarType::real;
    case Signature::arithmetic:
      if (!all(ScalarType::real) && !all(ScalarType::integer)) {
        wrong_types(row, arguments, "all reals or all integers");
      }
      return type(0);
    case Signature::comparison:
      if (!all(ScalarType::real) && !all(ScalarType::integer)) {
        wrong_types(row, arguments, "two reals or two integers");
      }
      return ScalarType::boolean;
    case Signature::selection:
      if (type(0) != ScalarType::boolean || type(1) != type(2)) {
        wrong_types(row, arguments, "a boolean and two of one type");
      }
      return type(1);
    case Signature::to_real:
      return ScalarType::real;
    case Signature::to_integer:
      return ScalarType::integer;
    case Signature::to_boolean:
      return ScalarType::boolean;
  }
  internal_error(__FILE__, __LINE__, "unknown signature");
}

bool converts(Signature signature) {
  return signature == Signature::to_real || signature == Signature::to_integer ||
         signature == Signature::to_boolean;
}

}  // namespace

int ScalarNode::arity() const {
  if (kind == Kind::random) return 1;
  return kind == Kind::call ? function->arity : 0;
}

bool ScalarNode::operator==(const ScalarNode& other) const {
  return kind == other.kind && type == other.type && number == other.number &&
         std::bit_cast<uint64_t>(value) == std::bit_cast<uint64_t>(other.value) && seed == other.seed &&
         stream == other.stream && axes == other.axes && function == other.function &&
         arguments == other.arguments;
}

uint64_t ExpressionBuilder::fingerprint_of(const ScalarNode& node) const {
  uint64_t hash = mixed(static_cast<uint64_t>(node.kind), static_cast<uint64_t>(node.type));
  hash = mixed(hash, static_cast<uint64_t>(node.number));
  hash = mixed(hash, std::bit_cast<uint64_t>(node.value));
  hash = mixed(mixed(hash, node.seed), node.stream);
  for (const int axis : node.axes) hash = mixed(hash, static_cast<uint64_t>(axis));
  if (node.function != nullptr) hash = mixed(hash, name_hash(node.function->name));
  for (int i = 0; i < node.arity(); ++i) {
    hash = mixed(hash, fingerprints_[static_cast<size_t>(node.arguments[static_cast<size_t>(i)])]);
  }
  return hash;
}

Scalar ExpressionBuilder::add(ScalarNode node) {
  // One NaN, so that its bits say nothing.
  if (std::isnan(node.value)) node.value = std::numeric_limits<double>::quiet_NaN();
  if (node.type == ScalarType::integer) node.value += 0.0;  // -0 is 0
  const uint64_t hash = fingerprint_of(node);
  for (auto [at, end] = known_.equal_range(hash); at != end; ++at) {
    if (nodes_[static_cast<size_t>(at->second)] == node) return {this, at->second};
  }
  const int id = static_cast<int>(nodes_.size());
  nodes_.push_back(std::move(node));
  fingerprints_.push_back(hash);
  known_.emplace(hash, id);
  return {this, id};
}

Scalar ExpressionBuilder::operand(int number, ScalarType type) {
  ScalarNode node;
  node.kind = ScalarNode::Kind::operand;
  node.type = type;
  node.number = number;
  return add(std::move(node));
}

Scalar ExpressionBuilder::constant(double value) {
  ScalarNode node;
  node.value = value;
  return add(std::move(node));
}

Scalar ExpressionBuilder::integer(double value) {
  WEFT_CHECK(std::abs(value) < kIntegerBound, "the integer {} in an expression, which has less than 2^31",
             value);
  ScalarNode node;
  node.type = ScalarType::integer;
  node.value = value;
  return add(std::move(node));
}

Scalar ExpressionBuilder::boolean(bool value) {
  ScalarNode node;
  node.type = ScalarType::boolean;
  node.value = value ? 1 : 0;
  return add(std::move(node));
}

Scalar ExpressionBuilder::index(int axis) {
  ScalarNode node;
  node.kind = ScalarNode::Kind::index;
  node.type = ScalarType::integer;
  node.number = axis;
  return add(std::move(node));
}

Scalar ExpressionBuilder::random(uint64_t seed, uint64_t stream, Scalar step, std::vector<int> axes) {
  if (this->node(step).kind != ScalarNode::Kind::operand || this->node(step).type != ScalarType::integer) {
    user_error("expression: got a step of random that is no integer operand, expected one.");
  }
  ScalarNode node;
  node.kind = ScalarNode::Kind::random;
  node.type = ScalarType::integer;
  node.seed = seed;
  node.stream = stream;
  node.axes = std::move(axes);
  node.arguments[0] = step.id;
  return add(std::move(node));
}

Scalar ExpressionBuilder::call(const Function& row, std::span<const Scalar> given) {
  if (given.size() != static_cast<size_t>(row.arity)) {
    user_error("expression: got {} arguments of {}, expected {}.", given.size(), row.name, row.arity);
  }
  std::array<Scalar, 3> arguments;
  std::copy(given.begin(), given.end(), arguments.begin());
  bool any_real = row.signature == Signature::real;
  for (const Scalar& argument : given) any_real = any_real || node(argument).type == ScalarType::real;
  const std::span<const Scalar> used(arguments.data(), given.size());
  if (any_real && !converts(row.signature)) {
    for (size_t i = 0; i < given.size(); ++i) {
      const ScalarNode& argument = node(arguments[i]);
      if (argument.is_constant() && argument.type == ScalarType::integer)
        arguments[i] = constant(argument.value);
    }
  }
  ScalarNode result;
  result.kind = ScalarNode::Kind::call;
  result.function = &row;
  result.type = result_type(row, used);
  if (converts(row.signature) && node(used[0]).type == result.type) return used[0];
  for (size_t i = 0; i < used.size(); ++i) result.arguments[i] = used[i].id;
  return add(std::move(result));
}

Scalar ExpressionBuilder::call(std::string_view name, std::initializer_list<Scalar> arguments) {
  return call(weft::function(name), std::span(arguments.begin(), arguments.size()));
}

Expression ExpressionBuilder::build(std::span<const Scalar> results) const {
  Expression made;
  std::vector<int> place(nodes_.size(), -1);
  // A walk with a stack of its own: expressions may be deep.
  std::vector<std::pair<int, int>> stack;  // node, next argument
  for (const Scalar& result : results) {
    stack.emplace_back(result.id, 0);
    while (!stack.empty()) {
      auto& [id, next] = stack.back();
      const ScalarNode& node = nodes_[static_cast<size_t>(id)];
      if (place[static_cast<size_t>(id)] >= 0) {
        stack.pop_back();
      } else if (next < node.arity()) {
        stack.emplace_back(node.arguments[static_cast<size_t>(next++)], 0);
      } else {
        ScalarNode copy = node;
        for (int i = 0; i < node.arity(); ++i) {
          int& argument = copy.arguments[static_cast<size_t>(i)];
          argument = place[static_cast<size_t>(argument)];
        }
        place[static_cast<size_t>(id)] = static_cast<int>(made.nodes.size());
        made.nodes.push_back(std::move(copy));
        stack.pop_back();
      }
    }
    made.results.push_back(place[static_cast<size_t>(result.id)]);
  }
  return made;
}

Scalar operator+(Scalar a, Scalar b) { return a.build->call("add", {a, b}); }
Scalar operator-(Scalar a, Scalar b) { return a.build->call("sub", {a, b}); }
Scalar operator*(Scalar a, Scalar b) { return a.build->call("mul", {a, b}); }
Scalar operator/(Scalar a, Scalar b) { return a.build->call("div", {a, b}); }
Scalar operator-(Scalar a) { return a.build->call("neg", {a}); }
Scalar operator<(Scalar a, Scalar b) { return a.build->call("lt", {a, b}); }
Scalar operator<=(Scalar a, Scalar b) { return a.build->call("le", {a, b}); }
Scalar operator>(Scalar a, Scalar b) { return a.build->call("gt", {a, b}); }
Scalar operator>=(Scalar a, Scalar b) { return a.build->call("ge", {a, b}); }

namespace {
/// A number beside `other`, of its type where it is a whole one.
Scalar number_beside(Scalar other, double value) {
  const bool integer = other.build->node(other).type == ScalarType::integer && std::trunc(value) == value;
  return integer ? other.build->integer(value) : other.build->constant(value);
}
}  // namespace

Scalar operator+(Scalar a, double b) { return a + number_beside(a, b); }
Scalar operator-(Scalar a, double b) { return a - number_beside(a, b); }
Scalar operator*(Scalar a, double b) { return a * number_beside(a, b); }
Scalar operator/(Scalar a, double b) { return a / number_beside(a, b); }
Scalar operator<(Scalar a, double b) { return a < number_beside(a, b); }
Scalar operator<=(Scalar a, double b) { return a <= number_beside(a, b); }
Scalar operator>(Scalar a, double b) { return a > number_beside(a, b); }
Scalar operator>=(Scalar a, double b) { return a >= number_beside(a, b); }
Scalar operator+(double a, Scalar b) { return number_beside(b, a) + b; }
Scalar operator-(double a, Scalar b) { return number_beside(b, a) - b; }
Scalar operator*(double a, Scalar b) { return number_beside(b, a) * b; }
Scalar operator/(double a, Scalar b) { return number_beside(b, a) / b; }
Scalar apply(std::string_view name, Scalar a) { return a.build->call(name, {a}); }
Scalar apply(std::string_view name, Scalar a, Scalar b) { return a.build->call(name, {a, b}); }
Scalar select(Scalar condition, Scalar a, Scalar b) { return a.build->call("select", {condition, a, b}); }
Scalar select(Scalar condition, Scalar a, double b) { return select(condition, a, number_beside(a, b)); }

}  // namespace weft
