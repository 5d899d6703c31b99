#include "weft/data/source/packing.h"

#include <algorithm>
#include <array>
#include <limits>

#include "weft/base/check.h"
#include "weft/data/source/stored_elements.h"

namespace weft {

namespace {

constexpr int64_t kBlock = 512;

/// Makes elements of `to` NaN where those of `values` are absent; one pass a value, which a compiler
/// vectorizes.
template <class T, class U>
class Masking {
 public:
  explicit Masking(const AbsentValues& absent)
      : values_(values_as<T>(absent)), bounds_(bounds_of<T>(absent)) {
    has_bounds_ = absent.least || absent.most;
  }
  void apply(const T* values, int64_t count, U* to) const {
    constexpr U kNan = std::numeric_limits<U>::quiet_NaN();
    for (const T absent : values_) {
      for (int64_t i = 0; i < count; ++i) to[i] = values[i] == absent ? kNan : to[i];
    }
    if (!has_bounds_) return;
    for (int64_t i = 0; i < count; ++i) {
      to[i] = values[i] < bounds_.least || values[i] > bounds_.most ? kNan : to[i];
    }
  }

 private:
  std::vector<T> values_;
  Bounds<T> bounds_;
  bool has_bounds_ = false;
};

/// T: as stored; C: a type of arithmetic with the same values.
template <class T, class C, class U>
void unpack_as(const std::byte* stored, bool big_endian, const Packing& packing, U* to, int64_t elems) {
  const Masking<C, U> masking(packing.absent);
  const Masking<U, U> masking_unpacked(packing.absent_unpacked);
  const double scale = packing.scale.value_or(1);
  const double offset = packing.offset.value_or(0);
  std::array<C, kBlock> raw;
  for (int64_t at = 0; at < elems; at += kBlock) {
    const int64_t count = std::min(kBlock, elems - at);
    for (int64_t i = 0; i < count; ++i) {
      const std::byte* from = stored + (at + i) * static_cast<int64_t>(sizeof(T));
      raw[static_cast<size_t>(i)] = static_cast<C>(load_element<T>(from, big_endian));
    }
    for (int64_t i = 0; i < count; ++i) {
      to[at + i] = static_cast<U>(static_cast<double>(raw[static_cast<size_t>(i)]) * scale + offset);
    }
    masking_unpacked.apply(to + at, count, to + at);
    masking.apply(raw.data(), count, to + at);
  }
}

template <class U>
void unpack_to(std::span<const std::byte> stored, StoredType type, const Packing& packing,
               const View& target) {
  with_stored_type(type, [&]<class T>(T) {
    if constexpr (!std::is_same_v<T, BFloat16>) {
      using C = std::conditional_t<std::is_same_v<T, Half>, float, T>;
      unpack_as<T, C>(stored.data(), type.big_endian, packing, target.as<U>(), target.elems());
    }
  });
}

}  // namespace

DType unpacked_dtype(StoredType type, const std::optional<Packing>& packing) {
  const DType natural = *dtype_of(type);
  return packing && packing->changes_numbers() && natural != DType::f64 ? DType::f32 : natural;
}

void unpack_elements(std::span<const std::byte> stored, StoredType type,
                     const std::optional<Packing>& packing, const View& target, const std::string& name) {
  const DType to = target.type.dtype;
  const bool masks = to == DType::f64 && is_whole(type);
  const bool is_number = to == DType::f32 || to == DType::f64;
  if (!masks && (!packing || !is_number || type.kind == StoredType::Kind::bfloat)) {
    return convert(stored, type, target, name);
  }
  WEFT_CHECK(std::ssize(stored) == target.elems() * type.bytes, "{}: {} bytes for {} elements", name,
             stored.size(), target.elems());
  const Packing none;
  if (to == DType::f32) {
    unpack_to<float>(stored, type, packing ? *packing : none, target);
  } else {
    unpack_to<double>(stored, type, packing ? *packing : none, target);
  }
}

}  // namespace weft
