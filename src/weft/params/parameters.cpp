#include "weft/params/parameters.h"

#include <utility>

#include "weft/base/check.h"

namespace weft {

namespace {

/// A shape that a recipe asks for is refused with the name of what has it.
void expect_to_fit(const std::string& name, const Dims& shape) {
  try {
    elems_of(shape);
  } catch (const UserError& error) {
    user_error("{}: {}", name, error.what());
  }
}

}  // namespace

ValueId ParameterSet::add(const std::string& name, Dims shape, Initializer initializer, bool decay) {
  expect_to_fit(name, shape);
  const ValueId value = build_.state(name, {dtype_, std::move(shape)}, std::move(initializer), kParameter);
  if (known_.insert(value).second) parameters_.push_back({value, decay});
  return value;
}

ValueId ParameterSet::weight(const std::string& name, Dims shape, double deviation) {
  return add(name, std::move(shape), {Initializer::Kind::normal, deviation}, true);
}

ValueId ParameterSet::constant(const std::string& name, Dims shape, double value) {
  return add(name, std::move(shape), {Initializer::Kind::constant, value}, false);
}

ValueId ParameterSet::buffer(const std::string& name, Dims shape, double value) {
  return build_.state(name, {dtype_, std::move(shape)}, {Initializer::Kind::constant, value}, kBuffer);
}

}  // namespace weft
