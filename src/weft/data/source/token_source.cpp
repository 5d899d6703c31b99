#include "weft/data/source/token_source.h"

#include "weft/base/check.h"
#include "weft/data/source/array_source.h"
#include "weft/data/source/byte_reader.h"
#include "weft/data/text/token_file.h"

namespace weft {

namespace {

int matches(const SourcePlace& place) {
  if (!place.is_file) return 0;
  if (begins_token_file(place.head)) return 2;
  return place.has_files(".tokens") ? 1 : 0;
}

}  // namespace

std::unique_ptr<Source> open_tokens(const SourcePlace& place, const SourceOptions& options) {
  if (options.window < 1) user_error("window: {} tokens a sample, expected at least 1", options.window);
  const FileReader file(place.path);
  const TokenFileHeader header =
      parse_token_header(std::as_bytes(std::span(place.head)), file.size(), file.name());
  const int64_t count = header.count > 0 ? (header.count - 1) / options.window : 0;
  if (count == 0) {
    user_error("{}: its {} tokens are too few for a sample of {} and the one to predict", file.name(),
               header.count, options.window);
  }
  const StoredType stored{StoredType::Kind::unsigned_integer, header.token_bytes};
  StoredArray array{"tokens", stored, {DType::i32, {options.window + 1}}};
  array.offsets = {header.bytes};
  array.stride = options.window * header.token_bytes;
  return std::make_unique<ArraySource>(ArraySource::Contents{count, {place.path}, {std::move(array)}, false});
}

void register_token_source(SourceRegistry& registry) {
  registry.add({"tokens", "a .tokens file", matches, open_tokens});
}

}  // namespace weft
