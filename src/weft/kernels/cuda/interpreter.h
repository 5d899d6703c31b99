#pragma once
// Carries out a tape at one point. The same lines run on the GPU and, in tests, on the host.
#include <cmath>
#include <limits>
#include <type_traits>

#include "weft/base/philox.h"
#include "weft/kernels/cuda/instruction.h"

#ifdef __CUDACC__
#define WEFT_HOST_AND_GPU __host__ __device__
#else
#define WEFT_HOST_AND_GPU
#endif

namespace weft::cuda {

/// The value of one slot. Booleans are the integers 0 and 1.
template <class R, class I>
union Lane {
  using Real = R;
  using Integer = I;
  R real;
  I integer;

  static WEFT_HOST_AND_GPU Lane of(R value) {
    Lane lane;
    lane.real = value;
    return lane;
  }
  static WEFT_HOST_AND_GPU Lane of(I value) {
    Lane lane;
    lane.integer = value;
    return lane;
  }
  static WEFT_HOST_AND_GPU Lane truth(bool value) { return of(static_cast<I>(value)); }
};
using NarrowLane = Lane<float, int32_t>;
/// Where an operand or a result is f64.
using WideLane = Lane<double, int64_t>;

/// The nearest integer that there is, towards zero; 0 for NaN.
template <class To, class From>
WEFT_HOST_AND_GPU To nearest(From value) {
  constexpr bool widens = std::is_integral_v<From> && sizeof(From) <= sizeof(To);
  if constexpr (!widens) {
    constexpr To least = std::numeric_limits<To>::min();
    constexpr To most = std::numeric_limits<To>::max();
    if (value != value) return 0;
    if (value <= static_cast<From>(least)) return least;
    if (value >= static_cast<From>(most)) return most;
  }
  return static_cast<To>(value);
}

/// `function` of a and b, both reals or both integers; a function of reals gets no integers.
// size: one line a function
template <class L, class T>
WEFT_HOST_AND_GPU L value_of(Call function, T a, T b) {
  const auto x = static_cast<typename L::Real>(a);
  switch (function) {
    case Call::add:
      return L::of(a + b);
    case Call::sub:
      return L::of(a - b);
    case Call::mul:
      return L::of(a * b);
    case Call::div:
      return L::of(x / static_cast<typename L::Real>(b));
    case Call::neg:
      return L::of(-a);
    case Call::min:
      return L::of(a < b ? a : b);
    case Call::max:
      return L::of(a > b ? a : b);
    case Call::lt:
      return L::truth(a < b);
    case Call::le:
      return L::truth(a <= b);
    case Call::gt:
      return L::truth(a > b);
    case Call::ge:
      return L::truth(a >= b);
    case Call::eq:
      return L::truth(a == b);
    case Call::ne:
      return L::truth(a != b);
    case Call::exp:
      return L::of(std::exp(x));
    case Call::log:
      return L::of(std::log(x));
    case Call::log1p:
      return L::of(std::log1p(x));
    case Call::sqrt:
      return L::of(std::sqrt(x));
    case Call::rsqrt:
      return L::of(1 / std::sqrt(x));
    case Call::pow:
      return L::of(std::pow(x, static_cast<typename L::Real>(b)));
    case Call::tanh:
      return L::of(std::tanh(x));
    case Call::sigmoid:
      return L::of(1 / (1 + std::exp(-x)));
    case Call::erf:
      return L::of(std::erf(x));
    case Call::sin:
      return L::of(std::sin(x));
    case Call::cos:
      return L::of(std::cos(x));
    case Call::atan:
      return L::of(std::atan(x));
    case Call::abs:
      return L::of(std::abs(a));
    case Call::sign:
      return L::of(static_cast<T>((a > 0) - (a < 0)));
    case Call::floor:
      return L::of(std::floor(x));
    case Call::real:
      return L::of(x);
    case Call::integer:
      return L::of(nearest<typename L::Integer>(a));
    case Call::boolean:
      return L::truth(a != 0);
  }
  return {};
}

template <class L>
WEFT_HOST_AND_GPU L read_element(DType dtype, const std::byte* tensor, int64_t at) {
  switch (dtype) {
    case DType::f64:
      return L::of(static_cast<typename L::Real>(reinterpret_cast<const double*>(tensor)[at]));
    case DType::f32:
      return L::of(static_cast<typename L::Real>(reinterpret_cast<const float*>(tensor)[at]));
    case DType::bf16:
      return L::of(
          static_cast<typename L::Real>(static_cast<float>(reinterpret_cast<const BFloat16*>(tensor)[at])));
    case DType::i64:
      return L::of(static_cast<typename L::Integer>(reinterpret_cast<const int64_t*>(tensor)[at]));
    case DType::i32:
      return L::of(static_cast<typename L::Integer>(reinterpret_cast<const int32_t*>(tensor)[at]));
    case DType::u8:
      return L::of(static_cast<typename L::Integer>(reinterpret_cast<const uint8_t*>(tensor)[at]));
    case DType::bit:  // refused by compile_tape
      break;
  }
  return {};
}

template <class L>
WEFT_HOST_AND_GPU void write_element(DType dtype, L value, std::byte* tensor, int64_t at) {
  switch (dtype) {
    case DType::f64:
      reinterpret_cast<double*>(tensor)[at] = static_cast<double>(value.real);
      return;
    case DType::f32:
      reinterpret_cast<float*>(tensor)[at] = static_cast<float>(value.real);
      return;
    case DType::bf16:
      reinterpret_cast<BFloat16*>(tensor)[at] = BFloat16(static_cast<float>(value.real));
      return;
    case DType::i64:
      reinterpret_cast<int64_t*>(tensor)[at] = static_cast<int64_t>(value.integer);
      return;
    case DType::i32:
      reinterpret_cast<int32_t*>(tensor)[at] = nearest<int32_t>(value.integer);
      return;
    case DType::u8:
      reinterpret_cast<uint8_t*>(tensor)[at] = nearest<uint8_t>(value.integer);
      return;
    case DType::bit:
      return;
  }
}

/// One point of the box, by its position along each axis.
struct TapePoint {
  int64_t along[kTapeAxes];

  WEFT_HOST_AND_GPU TapePoint(const TapeView& tape, int64_t point) {
    for (int32_t a = tape.axes; a-- > 0; point /= tape.sizes[a]) along[a] = point % tape.sizes[a];
  }
  WEFT_HOST_AND_GPU int64_t at(const TapeView& tape, const Place& place) const {
    int64_t at = place.offset;
    for (int32_t a = 0; a < tape.axes; ++a) at += along[a] * place.strides[a];
    return at;
  }
};

/// Computes point `point`. Slot s is slots[s * spacing], so that neighbouring threads' slots are neighbours.
template <class L>
WEFT_HOST_AND_GPU void run_point(const TapeView& tape, const Tensors& tensors, int64_t point, L* slots,
                                 int64_t spacing) {
  const TapePoint here(tape, point);
  for (int32_t i = 0; i < tape.instruction_count; ++i) {
    const Instruction& now = tape.instructions[i];
    const auto slot = [&](int argument) -> L& { return slots[now.arguments[argument] * spacing]; };
    L& out = slots[now.out * spacing];
    switch (now.action) {
      case Action::constant: {
        const double value = tape.constants[now.row];
        out = now.integers ? L::of(static_cast<typename L::Integer>(value))
                           : L::of(static_cast<typename L::Real>(value));
        break;
      }
      case Action::read: {
        const Place& place = tape.places[now.row];
        out = read_element<L>(now.dtype, tensors.data[place.tensor], here.at(tape, place));
        break;
      }
      case Action::index:
        out = L::of(static_cast<typename L::Integer>(here.at(tape, tape.places[now.row])));
        break;
      case Action::random: {
        const Draw& draw = tape.draws[now.row];
        const RandomStream stream{draw.seed, draw.stream, static_cast<uint64_t>(slot(0).integer)};
        const auto at = static_cast<uint64_t>(here.at(tape, tape.places[draw.place]));
        out = L::of(static_cast<typename L::Integer>(stream.half_word(at)));
        break;
      }
      case Action::select:
        out = slot(0).integer != 0 ? slot(1) : slot(2);
        break;
      case Action::call:
        out = now.integers ? value_of<L>(now.function, slot(0).integer, slot(1).integer)
                           : value_of<L>(now.function, slot(0).real, slot(1).real);
        break;
      case Action::write: {
        const Place& place = tape.places[now.row];
        write_element(now.dtype, slot(0), tensors.data[place.tensor], here.at(tape, place));
        break;
      }
    }
  }
}

}  // namespace weft::cuda
