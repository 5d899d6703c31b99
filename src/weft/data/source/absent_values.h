#pragma once
// Stored numbers that say that there is none: fill values, missing values, and what lies outside of a valid
// range.
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace weft {

/// A number as a file has it, exactly: integers of 64 bits are no doubles.
using ExactNumber = std::variant<int64_t, uint64_t, double>;

struct AbsentValues {
  std::vector<ExactNumber> values;
  std::optional<ExactNumber> least;  ///< what is below it is absent
  std::optional<ExactNumber> most;   ///< what is above it is absent

  bool empty() const { return values.empty() && !least && !most; }
  /// Whether a stored integer says that there is none.
  bool includes(int64_t stored) const;
  bool operator==(const AbsentValues&) const = default;
};

/// Whether a double without a fraction is one of T's numbers; the greatest of these may be no double.
template <class T>
bool is_in_range(double number) {
  return number >= static_cast<double>(std::numeric_limits<T>::lowest()) &&
         number < std::ldexp(1.0, std::numeric_limits<T>::digits);
}

/// `number` as a T, where it is one: 1e20 as the nearest float, but 300 not as an int8_t. NaN is none.
template <class T>
std::optional<T> exactly(const ExactNumber& number) {
  return std::visit(
      []<class N>(N value) -> std::optional<T> {
        if constexpr (std::is_floating_point_v<N>) {
          if (std::isnan(value)) return std::nullopt;
          if constexpr (std::is_integral_v<T>) {
            if (std::floor(value) != value || !is_in_range<T>(value)) return std::nullopt;
          }
        } else if constexpr (std::is_integral_v<T>) {
          if (!std::in_range<T>(value)) return std::nullopt;
        }
        return static_cast<T>(value);
      },
      number);
}

/// The smallest T that is not below `number`, or the greatest that is not above it; null where there is none.
template <class T>
std::optional<T> nearest_within(const ExactNumber& number, bool upwards) {
  return std::visit(
      [&]<class N>(N value) -> std::optional<T> {
        if constexpr (std::is_floating_point_v<T>) {
          return static_cast<T>(value);
        } else if constexpr (std::is_floating_point_v<N>) {
          const double whole = upwards ? std::ceil(value) : std::floor(value);
          if (is_in_range<T>(whole)) return static_cast<T>(whole);
          if ((whole < 0) != upwards) return std::nullopt;
        } else {
          if (std::in_range<T>(value)) return static_cast<T>(value);
          if (std::cmp_less(value, 0) != upwards) return std::nullopt;
        }
        return upwards ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max();
      },
      number);
}

inline bool is_nan(const ExactNumber& number) {
  const double* value = std::get_if<double>(&number);
  return value != nullptr && std::isnan(*value);
}

/// All of [least, most]; where there is none, least > most.
template <class T>
struct Bounds {
  T least;
  T most;
};

/// Of elements of type T. A limit that is NaN is none.
template <class T>
Bounds<T> bounds_of(const AbsentValues& absent) {
  using Limits = std::numeric_limits<T>;
  constexpr bool kHasInfinity = Limits::has_infinity;
  Bounds<T> bounds{kHasInfinity ? -Limits::infinity() : Limits::lowest(),
                   kHasInfinity ? Limits::infinity() : Limits::max()};
  const Bounds<T> nothing{Limits::max(), Limits::lowest()};
  if (absent.least && !is_nan(*absent.least)) {
    const std::optional<T> least = nearest_within<T>(*absent.least, /*upwards=*/true);
    if (!least) return nothing;
    bounds.least = *least;
  }
  if (absent.most && !is_nan(*absent.most)) {
    const std::optional<T> most = nearest_within<T>(*absent.most, /*upwards=*/false);
    if (!most) return nothing;
    bounds.most = *most;
  }
  return bounds;
}

/// The values of `absent` that elements of type T can have.
template <class T>
std::vector<T> values_as(const AbsentValues& absent) {
  std::vector<T> values;
  for (const ExactNumber& number : absent.values) {
    if (const std::optional<T> value = exactly<T>(number)) values.push_back(*value);
  }
  return values;
}

}  // namespace weft
