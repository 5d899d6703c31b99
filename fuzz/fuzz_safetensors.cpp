// Any bytes are either a valid safetensors file, whose tensors then lie within it, or a UserError.
#include <cstdint>
#include <cstdlib>

#include "weft/base/check.h"
#include "weft/store/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const weft::SafetensorsHeader header =
        weft::parse_safetensors(std::as_bytes(std::span(data, size)), "input");
    int64_t bytes = 0;
    for (const weft::SafetensorsEntry& entry : header.entries) {
      const int64_t end = entry.begin + entry.bytes();
      if (entry.begin < 8 || end < entry.begin || end > static_cast<int64_t>(size)) std::abort();
      bytes += entry.bytes();
    }
    if (bytes > static_cast<int64_t>(size)) std::abort();
  } catch (const weft::UserError&) {
  }
  return 0;
}
