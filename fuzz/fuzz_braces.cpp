// Any text names files or is a UserError.
#include <cstdint>

#include "weft/base/check.h"
#include "weft/base/path_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 200) return 0;
  try {
    weft::expand_braces(std::string(reinterpret_cast<const char*>(data), size));
  } catch (const weft::UserError&) {
  }
  return 0;
}
