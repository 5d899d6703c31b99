// Only UserError may leave the readers of vocab.txt and tokenizer_config.json, and whatever was read makes
// tokens that there are, of any text. The first two bytes that are zero part the three.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "weft/base/check.h"
#include "weft/data/text/tokenizer/wordpiece.h"

namespace {

/// What goes before the next zero, which is taken away with it.
std::string_view next_part(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find('\0'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view config = next_part(rest);
  const std::string_view vocabulary = next_part(rest);
  try {
    const auto settings =
        config.empty() ? weft::WordPieceSettings() : weft::WordPieceSettings::of(config, "fuzz");
    const weft::WordPiece tokens(vocabulary, settings, "fuzz");
    const auto made = tokens.encode(rest);
    for (const int32_t token : made) {
      if (token < 0 || token >= tokens.vocabulary_size()) std::abort();
    }
    tokens.decode(made);
  } catch (const weft::UserError&) {
  }
  return 0;
}
