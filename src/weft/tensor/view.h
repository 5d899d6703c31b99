#pragma once
// A view names memory: it owns nothing, and the memory must outlive it. Views are contiguous and row-major.
#include <cstddef>
#include <span>

#include "weft/tensor/dtype.h"
#include "weft/tensor/region.h"

namespace weft {

/// Element type and shape of a tensor.
struct TensorType {
  DType dtype = DType::f32;
  Dims shape;
  int64_t elems() const { return elems_of(shape); }
  int64_t bytes() const { return bytes_of(dtype, elems()); }
  bool operator==(const TensorType&) const = default;
};
std::string to_string(const TensorType& type);
/// Of all together.
int64_t bytes_of(std::span<const TensorType> types);

struct View {
  std::byte* data = nullptr;
  TensorType type;

  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
  int64_t elems() const { return type.elems(); }
  int64_t bytes() const { return type.bytes(); }
};

/// Makes the bits of the last byte zero that belong to no element, where the view is of bits.
void clear_unused_bits(const View& view);

/// Copies the box `region` (global coordinates) from `source`, which holds `source_region` of the tensor,
/// into `target`, which holds `target_region`. Both must contain `region` and have one dtype; they must not
/// overlap.
void copy_region(const View& source, const Region& source_region, const View& target,
                 const Region& target_region, const Region& region);

}  // namespace weft
