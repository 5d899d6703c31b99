#pragma once
// What a tape consists of: plain structs, which the host writes and the GPU reads.
#include <cstddef>
#include <cstdint>

#include "weft/tensor/dtype.h"

namespace weft::cuda {

/// Axes that a tape may have: kMostPointwiseAxes, whose header is more than a GPU's compiler needs.
inline constexpr size_t kTapeAxes = 8;

/// What an instruction does. Slots hold the values of one point.
enum class Action : uint8_t {
  constant,  ///< slot `out` = constant `row`
  read,      ///< slot `out` = the element at place `row`
  index,     ///< slot `out` = the position that place `row` is
  random,    ///< slot `out` = 16 bits of draw `row`; the step is in slot arguments[0]
  select,    ///< slot `out` = slot arguments[0] is true ? slot arguments[1] : slot arguments[2]
  call,      ///< slot `out` = `function` of the slots `arguments`
  write,     ///< the element at place `row` = slot arguments[0]
};

/// The functions of expression/functions.cpp, by their names; select is an action.
enum class Call : uint8_t {
  add,
  sub,
  mul,
  div,
  neg,
  min,
  max,
  lt,
  le,
  gt,
  ge,
  eq,
  ne,
  exp,
  log,
  log1p,
  sqrt,
  rsqrt,
  pow,
  tanh,
  sigmoid,
  erf,
  sin,
  cos,
  atan,
  abs,
  sign,
  floor,
  real,
  integer,
  boolean,
};

struct Instruction {
  Action action = Action::constant;
  Call function = Call::add;
  bool integers = false;     ///< of a call: its arguments are integers or booleans; of a constant: it is
  DType dtype = DType::f32;  ///< of the element that is read or written
  uint16_t row = 0;          ///< in the table that the action names
  uint16_t out = 0;
  uint16_t arguments[3] = {};
};

/// Where in a tensor each point is, or which position: offset + point · strides.
struct Place {
  int64_t offset = 0;
  int64_t strides[kTapeAxes] = {};
  int32_t tensor = -1;  ///< operands, then results
};

struct Draw {
  uint64_t seed = 0;
  uint64_t stream = 0;
  uint16_t place = 0;  ///< whose position numbers the bits of the stream
};

/// A tape as the interpreter reads it. Owns nothing.
struct TapeView {
  const Instruction* instructions = nullptr;
  const double* constants = nullptr;
  const Place* places = nullptr;
  const Draw* draws = nullptr;
  int32_t instruction_count = 0;
  int32_t axes = 0;
  int64_t sizes[kTapeAxes] = {};
  int64_t points = 0;
};

/// Operands and results that one node may have together: they are arguments of the launch.
inline constexpr size_t kMostTensors = 64;

struct Tensors {
  std::byte* data[kMostTensors] = {};
};

}  // namespace weft::cuda
