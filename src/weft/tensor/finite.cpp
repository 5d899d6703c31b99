#include "weft/tensor/finite.h"

#include "weft/tensor/any_of_all.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

bool all_finite(const View& view) {
  if (!is_floating(view.type.dtype)) return true;
  bool finite = true;
  with_floating(view.type.dtype, [&](auto element) {
    using T = decltype(element);
    finite = !any_of_all(view.as<T>(), view.elems(), [](const T* value) { return !is_finite(value); });
  });
  return finite;
}

}  // namespace weft
