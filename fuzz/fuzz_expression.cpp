// Any text is an expression or a UserError; an expression prints and reads back equal, and so does its
// canonical form.
#include <cstdint>

#include "weft/base/check.h"
#include "weft/expression/simplify.h"
#include "weft/expression/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 2000) return 0;
  try {
    const weft::Expression read = weft::parse_expression({reinterpret_cast<const char*>(data), size});
    WEFT_CHECK(weft::parse_expression(weft::to_string(read)) == read, "printing lost something");
    const weft::Expression simple = weft::simplify(read);
    WEFT_CHECK(weft::parse_expression(weft::to_string(simple)) == simple,
               "simplifying gave what cannot be read");
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
