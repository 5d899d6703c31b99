#include "weft/tensor/view.h"

#include <fmt/format.h>

#include "weft/base/check.h"
#include "weft/tensor/bits.h"
#include "weft/tensor/box_copy.h"

namespace weft {

std::string to_string(const TensorType& type) {
  return fmt::format("{}{}", name_of(type.dtype), to_string(type.shape));
}

int64_t bytes_of(std::span<const TensorType> types) {
  int64_t bytes = 0;
  for (const TensorType& type : types) bytes += type.bytes();
  return bytes;
}

void clear_unused_bits(const View& view) {
  if (view.type.dtype == DType::bit) clear_bits_behind(view.data, view.elems());
}

void copy_region(const View& source, const Region& source_region, const View& target,
                 const Region& target_region, const Region& region) {
  WEFT_CHECK(source.type.dtype == target.type.dtype, "copy of {} into {}", name_of(source.type.dtype),
             name_of(target.type.dtype));
  BoxCopy(source_region, target_region, region, source.type.dtype).run(source.data, target.data);
}

}  // namespace weft
