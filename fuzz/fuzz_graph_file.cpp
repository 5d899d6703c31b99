// Any bytes are a graph or a UserError, and what was read prints and reads back equal.
#include <cstdint>
#include <string>
#include <string_view>

#include "weft/base/check.h"
#include "weft/graph/graph_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t count) {
  static const weft::OpRegistry ops = [] {
    weft::OpRegistry all;
    weft::register_all_ops(all);
    return all;
  }();
  const std::string_view text(reinterpret_cast<const char*>(bytes), count);
  try {
    const std::string json = weft::graph_json(weft::parse_graph(text, ops, {}, "fuzz.json"));
    WEFT_CHECK(weft::graph_json(weft::parse_graph(json, ops, {}, "printed.json")) == json,
               "printing lost something");
  } catch (const weft::UserError&) {
    return 0;
  }
  return 0;
}
