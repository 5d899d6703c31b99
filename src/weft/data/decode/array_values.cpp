#include "weft/data/decode/array_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "weft/base/check.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

namespace {

/// log(1 + x), looked up for the small counts that most are.
template <class C>
class Logarithm {
 public:
  Logarithm() {
    for (size_t i = 0; i < table_.size(); ++i) table_[i] = std::log1p(static_cast<C>(i));
  }
  C operator()(C x) const {
    constexpr auto kEnd = static_cast<C>(kTable);
    if (x >= 0 && x < kEnd) {
      const auto i = static_cast<size_t>(x);
      if (static_cast<C>(i) == x) return table_[i];
    }
    // Not NaN, which a number that is missing has.
    return x < -1 ? -std::numeric_limits<C>::infinity() : std::log1p(x);
  }

 private:
  static constexpr size_t kTable = 4096;
  std::array<C, kTable> table_;
};

/// One number a channel.
template <class C>
std::vector<C> spread(const std::vector<double>& values, int64_t channels, double otherwise) {
  if (values.size() > 1) {
    WEFT_CHECK(std::ssize(values) == channels, "{} numbers for {} channels", values.size(), channels);
    return {values.begin(), values.end()};
  }
  return std::vector<C>(static_cast<size_t>(channels),
                        static_cast<C>(values.empty() ? otherwise : values[0]));
}

/// with(point, channel) for each element of the output, in its order; gives where the input has it.
template <class Write>
void for_each_element(int64_t points, int64_t channels, bool channels_first, const Write& write) {
  const int64_t point_step = channels_first ? 1 : channels;
  const int64_t channel_step = channels_first ? points : 1;
  int64_t at = 0;
  for (int64_t p = 0; p < points; ++p) {
    for (int64_t c = 0; c < channels; ++c) write(at++, p * point_step + c * channel_step, c);
  }
}

template <class From, class To>
void write(const ArrayValues& values, const From* from, bool channels_first, int64_t points, int64_t channels,
           To* to) {
  using C = std::conditional_t<std::is_same_v<To, double>, double, float>;
  const std::vector<C> mean = spread<C>(values.mean, channels, 0);
  std::vector<C> factor = spread<C>(values.deviation, channels, 1);
  for (C& f : factor) f = 1 / f;
  if (!values.log) {
    return for_each_element(points, channels, channels_first, [&](int64_t out, int64_t in, int64_t c) {
      const auto channel = static_cast<size_t>(c);
      to[out] = element_cast<To>((element_cast<C>(from[in]) - mean[channel]) * factor[channel]);
    });
  }
  static const Logarithm<C> logarithm;
  for_each_element(points, channels, channels_first, [&](int64_t out, int64_t in, int64_t c) {
    const auto channel = static_cast<size_t>(c);
    to[out] = element_cast<To>((logarithm(element_cast<C>(from[in])) - mean[channel]) * factor[channel]);
  });
}

}  // namespace

void write_values(const ArrayValues& values, const View& input, bool channels_first, int64_t channels,
                  const View& output) {
  const int64_t points = channels == 0 ? 0 : output.elems() / channels;
  WEFT_CHECK(input.elems() == output.elems(), "{} elements for {}", input.elems(), output.elems());
  const bool moves = channels_first && channels > 1;
  if (!values.changes() && !moves && input.type.dtype == output.type.dtype) {
    if (input.data != output.data) std::memcpy(output.data, input.data, static_cast<size_t>(output.bytes()));
    return;
  }
  with_dtype(input.type.dtype, [&](auto from) {
    with_floating(output.type.dtype, [&](auto to) {
      write(values, input.as<decltype(from)>(), moves, points, channels, output.as<decltype(to)>());
    });
  });
}

int64_t integer_at(const View& view) {
  int64_t value = 0;
  with_dtype(view.type.dtype, [&](auto element) {
    using T = decltype(element);
    WEFT_CHECK(std::is_integral_v<T>, "a class id of type {}", name_of(view.type.dtype));
    value = element_cast<int64_t>(*view.as<T>());
  });
  return value;
}

}  // namespace weft
