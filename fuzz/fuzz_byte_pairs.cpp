// Only UserError may leave the reader of vocab.json and merges.txt, and what was read gives texts back. The
// first byte that is zero parts the two.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "weft/base/check.h"
#include "weft/data/text/tokenizer/byte_pairs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t cut = std::min(all.find('\0'), all.size());
  try {
    const weft::BytePairs tokens(all.substr(0, cut), all.substr(cut), "fuzz");
    if (tokens.decode(tokens.encode(all)) != all) std::abort();
  } catch (const weft::UserError&) {
  }
  return 0;
}
