// Only UserError may leave the reader of token files.
#include <cstddef>
#include <cstdint>
#include <span>

#include "weft/base/check.h"
#include "weft/data/text/token_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    weft::parse_token_file(std::as_bytes(std::span(data, size)), "fuzz");
  } catch (const weft::UserError&) {
  }
  return 0;
}
