#include "weft/kernels/cpu/pointwise_loops.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "weft/kernels/cpu/pointwise_loops.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "weft/kernels/cpu/dropout_words-inl.h"
#include "weft/kernels/cpu/gelu-inl.h"
#include "weft/kernels/cpu/lanes-inl.h"
#include "weft/kernels/cpu/pointwise_functions-inl.h"
#include "weft/tensor/bits.h"

HWY_BEFORE_NAMESPACE();
namespace weft::kernels {
namespace HWY_NAMESPACE {
namespace {

/// Lanes beside T: booleans and integers.
template <class T>
using Whole = hwy::MakeSigned<T>;

template <class T>
HWY_INLINE hn::Vec<hn::ScalableTag<T>> source(const TileStep& step, int which, int64_t i) {
  return hn::LoadU(hn::ScalableTag<T>(),
                   static_cast<const T*>(step.sources[which]) + (i & step.masks[which]));
}

/// Calls body(load, i) for each vector; load(which) reads a source there. Two vectors at a time: a loop's own
/// instructions are as many as most functions'.
template <class T, bool kMasked, class Body>
HWY_INLINE void each_vector(const TileStep& step, const Body& body) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const T* const sources[] = {static_cast<const T*>(step.sources[0]), static_cast<const T*>(step.sources[1]),
                              static_cast<const T*>(step.sources[2])};
  const int64_t masks[] = {step.masks[0], step.masks[1], step.masks[2]};
  const auto at = [&](int64_t i) HWY_ATTR {
    body([&](int which) HWY_ATTR { return hn::LoadU(d, sources[which] + (kMasked ? i & masks[which] : i)); },
         i);
  };
  int64_t i = 0;
  for (; i + 2 * lanes <= step.count; i += 2 * lanes) {
    at(i);
    at(i + lanes);
  }
  for (; i < step.count; i += lanes) at(i);
}

/// Where all sources are tiles, a loop of its own does without masks.
template <class T, class Body>
HWY_INLINE void each_vector(const TileStep& step, const Body& body) {
  const bool all_tiles = (step.masks[0] & step.masks[1] & step.masks[2]) != 0;
  all_tiles ? each_vector<T, false>(step, body) : each_vector<T, true>(step, body);
}

template <class T, class To, class V>
HWY_INLINE void put(V value, To* to) {
  if constexpr (sizeof(To) == sizeof(T)) {
    hn::StoreU(value, hn::ScalableTag<To>(), to);
  } else {
    store_floats(value, to);
  }
}

/// Of arguments of lanes T, results of lanes To.
template <class T, class To, int kArity, auto F>
void run_map(const TileStep& step) {
  const hn::ScalableTag<T> d;
  auto* out = static_cast<To*>(step.out);
  each_vector<T>(step, [&](const auto& load, int64_t i) HWY_ATTR {
    if constexpr (kArity == 1) {
      put<T>(F(d, load(0)), out + i);
    } else if constexpr (kArity == 2) {
      put<T>(F(d, load(0), load(1)), out + i);
    } else {
      put<T>(F(d, load(0), load(1), load(2)), out + i);
    }
  });
}

/// Comparisons: F gives a mask.
template <class T, int kArity, auto F>
void run_test(const TileStep& step) {
  const hn::ScalableTag<T> d;
  const hn::ScalableTag<Whole<T>> whole;
  auto* out = static_cast<Whole<T>*>(step.out);
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < step.count; i += lanes) {
    const auto mask = [&]() HWY_ATTR {
      if constexpr (kArity == 1) {
        return F(d, source<T>(step, 0, i));
      } else {
        return F(d, source<T>(step, 0, i), source<T>(step, 1, i));
      }
    }();
    const auto ones = hn::IfThenElseZero(hn::RebindMask(whole, mask), hn::Set(whole, Whole<T>(1)));
    hn::StoreU(ones, whole, out + i);
  }
}

template <class T, class To>
void run_select(const TileStep& step) {
  const hn::ScalableTag<T> d;
  const hn::ScalableTag<Whole<T>> whole;
  auto* out = static_cast<To*>(step.out);
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < step.count; i += lanes) {
    const auto chosen = hn::Ne(source<Whole<T>>(step, 0, i), hn::Zero(whole));
    put<T>(hn::IfThenElse(hn::RebindMask(d, chosen), source<T>(step, 1, i), source<T>(step, 2, i)), out + i);
  }
}

/// By the definition, a double at a time.
template <class T, class To>
void run_slowly(const TileStep& step) {
  auto* out = static_cast<To*>(step.out);
  for (int64_t i = 0; i < step.count; ++i) {
    double arguments[3] = {};
    for (int a = 0; a < step.function->arity; ++a) {
      arguments[a] = static_cast<double>(static_cast<const T*>(step.sources[a])[step.masks[a] == 0 ? 0 : i]);
    }
    out[i] = To(static_cast<T>(step.function->evaluate(arguments)));
  }
}

template <auto F, int kArity>
constexpr TileLoops reals(std::string_view name) {
  return {name, run_map<float, float, kArity, F>, run_map<float, BFloat16, kArity, F>,
          run_map<double, double, kArity, F>};
}

/// For which f64 has no form.
template <auto F, int kArity>
constexpr TileLoops floats(std::string_view name) {
  return {name, run_map<float, float, kArity, F>, run_map<float, BFloat16, kArity, F>};
}

/// Of reals and of integers.
template <auto F, int kArity>
constexpr TileLoops numbers(std::string_view name) {
  TileLoops loops = reals<F, kArity>(name);
  loops.i32 = run_map<int32_t, int32_t, kArity, F>;
  loops.i64 = run_map<int64_t, int64_t, kArity, F>;
  return loops;
}

template <auto F, int kArity = 2>
constexpr TileLoops tests(std::string_view name) {
  return {name,
          run_test<float, kArity, F>,
          nullptr,
          run_test<double, kArity, F>,
          run_test<int32_t, kArity, F>,
          run_test<int64_t, kArity, F>};
}

constexpr auto kSigmoid = [](auto d, auto a) HWY_ATTR { return sigmoid_of(d, a); };
constexpr auto kExp = [](auto d, auto a) HWY_ATTR { return exponential(d, a); };
constexpr auto kErf = [](auto d, auto a) HWY_ATTR { return erf_of(d, a); };
constexpr auto kWherePositive = [](auto d, auto a, auto b)
                                    HWY_ATTR { return hn::IfThenElseZero(hn::Gt(b, hn::Zero(d)), a); };
constexpr auto kNonZero = [](auto d, auto a) HWY_ATTR { return hn::Ne(a, hn::Zero(d)); };
constexpr auto kToReal = [](auto d, auto a) HWY_ATTR { return to_real(d, a); };
constexpr auto kToInteger = [](auto d, auto a) HWY_ATTR { return to_integer(d, a); };

constexpr TileLoops kLoops[] = {
    numbers<[](auto, auto a, auto b) HWY_ATTR { return hn::Add(a, b); }, 2>("add"),
    numbers<[](auto, auto a, auto b) HWY_ATTR { return hn::Sub(a, b); }, 2>("sub"),
    numbers<[](auto, auto a, auto b) HWY_ATTR { return hn::Mul(a, b); }, 2>("mul"),
    reals<[](auto, auto a, auto b) HWY_ATTR { return hn::Div(a, b); }, 2>("div"),
    numbers<[](auto, auto a) HWY_ATTR { return hn::Neg(a); }, 1>("neg"),
    // As the definition has it where one is no number: the second.
    numbers<[](auto, auto a, auto b) HWY_ATTR { return hn::IfThenElse(hn::Lt(a, b), a, b); }, 2>("min"),
    numbers<[](auto, auto a, auto b) HWY_ATTR { return hn::IfThenElse(hn::Gt(a, b), a, b); }, 2>("max"),
    tests<[](auto, auto a, auto b) HWY_ATTR { return hn::Lt(a, b); }>("lt"),
    tests<[](auto d, auto a, auto b) HWY_ATTR { return at_least(d, b, a); }>("le"),
    tests<[](auto, auto a, auto b) HWY_ATTR { return hn::Gt(a, b); }>("gt"),
    tests<[](auto d, auto a, auto b) HWY_ATTR { return at_least(d, a, b); }>("ge"),
    tests<[](auto, auto a, auto b) HWY_ATTR { return hn::Eq(a, b); }>("eq"),
    tests<[](auto, auto a, auto b) HWY_ATTR { return hn::Ne(a, b); }>("ne"),
    {"select", run_select<float, float>, run_select<float, BFloat16>, run_select<double, double>,
     run_select<int32_t, int32_t>, run_select<int64_t, int64_t>},
    reals<kExp, 1>("exp"),
    reals<[](auto d, auto a) HWY_ATTR { return logarithm(d, a); }, 1>("log"),
    reals<[](auto, auto a) HWY_ATTR { return hn::Sqrt(a); }, 1>("sqrt"),
    reals<[](auto d, auto a) HWY_ATTR { return hn::Div(hn::Set(d, 1), hn::Sqrt(a)); }, 1>("rsqrt"),
    reals<[](auto d, auto a) HWY_ATTR { return hn::Tanh(d, a); }, 1>("tanh"),
    reals<kSigmoid, 1>("sigmoid"),
    {"erf", run_map<float, float, 1, kErf>, run_map<float, BFloat16, 1, kErf>, run_slowly<double, double>},
    reals<[](auto d, auto a) HWY_ATTR { return sine(d, a); }, 1>("sin"),
    reals<[](auto d, auto a) HWY_ATTR { return cosine(d, a); }, 1>("cos"),
    reals<[](auto d, auto a) HWY_ATTR { return hn::Atan(d, a); }, 1>("atan"),
    numbers<[](auto, auto a) HWY_ATTR { return hn::Abs(a); }, 1>("abs"),
    numbers<[](auto d, auto a) HWY_ATTR { return sign_of(d, a); }, 1>("sign"),
    reals<[](auto, auto a) HWY_ATTR { return hn::Floor(a); }, 1>("floor"),
    // Conversions: by the lanes that they read.
    {"real", nullptr, nullptr, nullptr, run_map<int32_t, float, 1, kToReal>,
     run_map<int64_t, double, 1, kToReal>},
    {"integer", run_map<float, int32_t, 1, kToInteger>, nullptr, run_map<double, int64_t, 1, kToInteger>},
    tests<kNonZero, 1>("boolean"),
    // Several functions in one pass (pointwise_fusion.cpp).
    reals<[](auto, auto a, auto b, auto c) HWY_ATTR { return hn::MulAdd(a, b, c); }, 3>("muladd"),
    reals<[](auto, auto a, auto b, auto c) HWY_ATTR { return hn::MulSub(a, b, c); }, 3>("mulsub"),
    reals<[](auto, auto a, auto b, auto c) HWY_ATTR { return hn::NegMulAdd(a, b, c); }, 3>("negmuladd"),
    reals<kWherePositive, 2>("where_positive"),
    reals<[](auto d, auto a, auto b) HWY_ATTR { return hn::Mul(a, hn::NegMulAdd(b, b, hn::Set(d, 1))); }, 2>(
        "tanh_slope"),
    floats<[](auto, auto a) HWY_ATTR { return gelu_of(a, true); }, 1>("gelu_tanh"),
    floats<[](auto, auto a) HWY_ATTR { return gelu_of(a, false); }, 1>("gelu_erf"),
    floats<[](auto, auto a, auto b) HWY_ATTR { return hn::Mul(b, gelu_slope_of(a, true)); }, 2>(
        "gelu_tanh_backward"),
    floats<[](auto, auto a, auto b) HWY_ATTR { return hn::Mul(b, gelu_slope_of(a, false)); }, 2>(
        "gelu_erf_backward"),
};

constexpr TileLoops kSlow = {"",
                             run_slowly<float, float>,
                             run_slowly<float, BFloat16>,
                             run_slowly<double, double>,
                             run_slowly<int32_t, int32_t>,
                             run_slowly<int64_t, int64_t>};

const TileLoops* find_loops(std::string_view name) {
  for (const TileLoops& loops : kLoops) {
    if (loops.name == name) return &loops;
  }
  return nullptr;
}

const TileLoops* slow_loops() { return &kSlow; }

int64_t lanes_of(bool wide) {
  return static_cast<int64_t>(wide ? hn::Lanes(hn::ScalableTag<double>())
                                   : hn::Lanes(hn::ScalableTag<float>()));
}

template <class From, class To>
HWY_INLINE To converted(From value) {
  if constexpr (std::is_same_v<From, BFloat16>) {
    return static_cast<To>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<To, BFloat16>) {
    return BFloat16(static_cast<float>(value));
  } else if constexpr (std::is_integral_v<From> && std::is_integral_v<To> && sizeof(To) < sizeof(From)) {
    // The nearest that there is, as integer_of() has it.
    return static_cast<To>(
        std::clamp<From>(value, std::numeric_limits<To>::min(), std::numeric_limits<To>::max()));
  } else {
    return static_cast<To>(value);
  }
}

template <class From, class To, bool kLogical>
void read_tile(const std::byte* tensor, const TileRun& run, void* tile) {
  const auto [first, stride, count] = run;
  const auto* from = reinterpret_cast<const From*>(tensor) + first;
  auto* to = static_cast<To*>(tile);
  const auto read = [](From value) {
    if constexpr (kLogical)
      return static_cast<To>(value != From(0) ? 1 : 0);
    else
      return converted<From, To>(value);
  };
  if constexpr (std::is_same_v<From, BFloat16> && std::is_same_v<To, float>) {
    if (stride == 1) {
      return sweep(count,
                   [&](int64_t i, int64_t n) HWY_ATTR { store_floats(load_floats(from + i, n), to + i, n); });
    }
  }
  if (stride == 1) {
    for (int64_t i = 0; i < count; ++i) to[i] = read(from[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = read(from[i * stride]);
  }
}

template <class From, class To>
void write_tile(const void* tile, std::byte* tensor, const TileRun& run) {
  const auto [first, stride, count] = run;
  const auto* from = static_cast<const From*>(tile);
  auto* to = reinterpret_cast<To*>(tensor) + first;
  if constexpr (std::is_same_v<From, float> && std::is_same_v<To, BFloat16>) {
    if (stride == 1) {
      return sweep(count,
                   [&](int64_t i, int64_t n) HWY_ATTR { store_floats(load_floats(from + i, n), to + i, n); });
    }
  }
  if (stride == 1) {
    for (int64_t i = 0; i < count; ++i) to[i] = converted<From, To>(from[i]);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i * stride] = converted<From, To>(from[i]);
  }
}

/// A word of bits as lanes 0 and 1.
template <class To>
HWY_INLINE void spread_bits(uint64_t word, To* to) {
  const hn::ScalableTag<To> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < kBitsOfWord; i += lanes) {
    const uint64_t rest = word >> i;
    uint8_t bits[sizeof(rest)];
    std::memcpy(bits, &rest, sizeof(rest));
    hn::StoreU(hn::IfThenElseZero(hn::LoadMaskBits(d, bits), hn::Set(d, To{1})), d, to + i);
  }
}

/// Of 64 lanes, those that are not zero.
template <class From>
HWY_INLINE uint64_t gather_bits(const From* from) {
  const hn::ScalableTag<From> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  uint64_t word = 0;
  for (int64_t i = 0; i < kBitsOfWord; i += lanes) {
    uint8_t bits[sizeof(word)] = {};
    hn::StoreMaskBits(d, hn::Ne(hn::LoadU(d, from + i), hn::Zero(d)), bits);
    uint64_t some = 0;
    std::memcpy(&some, bits, sizeof(some));
    word |= some << i;
  }
  return word;
}

/// Whether vectors of lanes are whole bytes of the bits of a run.
template <class T>
bool in_whole_bytes(const TileRun& run) {
  return run.stride == 1 && run.first % 8 == 0 && hn::Lanes(hn::ScalableTag<T>()) % 8 == 0;
}

/// By vectors or words as long as there are whole ones: behind them may lie other rows' lanes, so that the
/// rest goes bit by bit. Highway reads and writes up to 8 bytes of bits, of which only those of the lanes are
/// here.
template <class To>
void read_bits(const std::byte* bits, const TileRun& run, void* tile) {
  const hn::ScalableTag<To> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto [first, stride, count] = run;
  auto* to = static_cast<To*>(tile);
  int64_t i = 0;
  if (in_whole_bytes<To>(run)) {
    for (; i + lanes <= count; i += lanes) {
      uint8_t some[sizeof(uint64_t)] = {};
      std::memcpy(some, bits + (first + i) / 8, static_cast<size_t>(lanes / 8));
      hn::StoreU(hn::IfThenElseZero(hn::LoadMaskBits(d, some), hn::Set(d, To{1})), d, to + i);
    }
  }
  for (; stride == 1 && i + kBitsOfWord <= count; i += kBitsOfWord) {
    spread_bits(load_bits(bits, first + i, kBitsOfWord), to + i);
  }
  for (; i < count; ++i) to[i] = load_bit(bits, first + i * stride) ? 1 : 0;
}

template <class From>
void write_bits(const void* tile, std::byte* bits, const TileRun& run) {
  const hn::ScalableTag<From> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto [first, stride, count] = run;
  const auto* from = static_cast<const From*>(tile);
  int64_t i = 0;
  if (in_whole_bytes<From>(run)) {
    for (; i + lanes <= count; i += lanes) {
      uint8_t some[sizeof(uint64_t)];
      hn::StoreMaskBits(d, hn::Ne(hn::LoadU(d, from + i), hn::Zero(d)), some);
      std::memcpy(bits + (first + i) / 8, some, static_cast<size_t>(lanes / 8));
    }
  }
  for (; stride == 1 && i + kBitsOfWord <= count; i += kBitsOfWord) {
    store_bits(bits, first + i, kBitsOfWord, gather_bits(from + i));
  }
  for (; i < count; ++i) store_bit(bits, first + i * stride, from[i] != 0);
}

template <class Real, class Integer>
TileReader reader_of(DType dtype, ScalarType type) {
  const bool logical = type == ScalarType::boolean;
  switch (dtype) {
    case DType::f64:
      return read_tile<double, Real, false>;
    case DType::f32:
      return read_tile<float, Real, false>;
    case DType::bf16:
      return read_tile<BFloat16, Real, false>;
    case DType::i64:
      return logical ? read_tile<int64_t, Integer, true> : read_tile<int64_t, Integer, false>;
    case DType::i32:
      return logical ? read_tile<int32_t, Integer, true> : read_tile<int32_t, Integer, false>;
    case DType::u8:
      return logical ? read_tile<uint8_t, Integer, true> : read_tile<uint8_t, Integer, false>;
    case DType::bit:
      return read_bits<Integer>;
  }
  return nullptr;
}

template <class Real, class Integer>
TileWriter writer_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return write_tile<Real, double>;
    case DType::f32:
      return write_tile<Real, float>;
    case DType::bf16:
      return write_tile<Real, BFloat16>;
    case DType::i64:
      return write_tile<Integer, int64_t>;
    case DType::i32:
      return write_tile<Integer, int32_t>;
    case DType::u8:
      return write_tile<Integer, uint8_t>;
    case DType::bit:
      return write_bits<Integer>;
  }
  return nullptr;
}

/// Of consecutive elements.
template <class To>
HWY_INLINE void fill_run(const RandomStream& stream, uint64_t first, int64_t count, To* tile) {
  const DropoutStream prepared(stream);
  uint16_t words[kBlocks * kElemsPerBlock];
  auto skipped = static_cast<int64_t>(first % kElemsPerBlock);
  uint64_t block = first / kElemsPerBlock;
  for (int64_t i = 0; i < count;) {
    make_words(prepared, block, kBlocks, words);
    const int64_t n = std::min(count - i, kBlocks * kElemsPerBlock - skipped);
    for (int64_t j = 0; j < n; ++j) tile[i + j] = words[skipped + j];
    block += static_cast<uint64_t>(kBlocks);
    skipped = 0;
    i += n;
  }
}

template <class To>
void fill_spaced(const RandomStream& stream, uint64_t first, int64_t stride, int64_t count, To* tile) {
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t g = first + static_cast<uint64_t>(i * stride);
    tile[i] = i > 0 && stride == 0 ? tile[0] : static_cast<To>(stream.half_word(g));
  }
}

void fill_bits(const RandomStream& stream, uint64_t first, int64_t stride, int64_t count, bool wide,
               void* tile) {
  const auto fill = [&](auto* to) HWY_ATTR {
    // A few are made one by one: the vector form makes 256.
    if (stride == 1 && count >= kElemsPerBlock) {
      fill_run(stream, first, count, to);
    } else {
      fill_spaced(stream, first, stride, count, to);
    }
  };
  wide ? fill(static_cast<int64_t*>(tile)) : fill(static_cast<int32_t*>(tile));
}

TileReader reader(DType dtype, ScalarType type, bool wide) {
  return wide ? reader_of<double, int64_t>(dtype, type) : reader_of<float, int32_t>(dtype, type);
}

TileWriter writer(DType dtype, bool wide) {
  return wide ? writer_of<double, int64_t>(dtype) : writer_of<float, int32_t>(dtype);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace weft::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::kernels {

namespace {
HWY_EXPORT(find_loops);
HWY_EXPORT(slow_loops);
HWY_EXPORT(lanes_of);
HWY_EXPORT(reader);
HWY_EXPORT(writer);
HWY_EXPORT(fill_bits);
}  // namespace

const TileLoops* find_tile_loops(std::string_view name) { return HWY_DYNAMIC_DISPATCH(find_loops)(name); }
TileLoops slow_tile_loops() { return *HWY_DYNAMIC_DISPATCH(slow_loops)(); }
int64_t tile_lanes(bool wide) { return HWY_DYNAMIC_DISPATCH(lanes_of)(wide); }
TileReader find_tile_reader(DType dtype, ScalarType type, bool wide) {
  return HWY_DYNAMIC_DISPATCH(reader)(dtype, type, wide);
}
TileWriter find_tile_writer(DType dtype, bool wide) { return HWY_DYNAMIC_DISPATCH(writer)(dtype, wide); }
void fill_random(const RandomStream& stream, uint64_t first, int64_t stride, int64_t count, bool wide,
                 void* tile) {
  HWY_DYNAMIC_DISPATCH(fill_bits)(stream, first, stride, count, wide, tile);
}

}  // namespace weft::kernels
#endif
