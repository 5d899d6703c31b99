#include "weft/tensor/dtype.h"

#include "weft/base/check.h"

namespace weft {

void refuse_bytes_of_a_bit() { WEFT_CHECK(false, "one bit has no bytes: ask for those of all elements"); }

}  // namespace weft
