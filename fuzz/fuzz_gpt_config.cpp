// Any bytes are a GPT-2 configuration whose fields are compared, or a UserError; what fits is no complaint.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "weft/base/check.h"
#include "weft/models/kind/gpt.h"
#include "weft/train/session/foreign_config.h"

namespace {

weft::ForeignWeights form_of_gpt2() {
  weft::Gpt gpt;
  gpt.layers = 2;
  gpt.heads = 3;
  gpt.width = 24;
  return gpt.huggingface([](const std::string&) { return weft::Dims{256, 24}; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const weft::ForeignWeights form = form_of_gpt2();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const nlohmann::json config = weft::parse_foreign_config(text, "config.json");
    std::vector<std::string> complaints;
    weft::compare_foreign_config(config, "config.json", form,
                                 [&](const std::string& why) { complaints.push_back(why); });
    for (const weft::ForeignField& field : form.fields) {
      const bool fits =
          config.contains(field.name) && config.at(field.name) == nlohmann::json::parse(field.same[0]);
      for (const std::string& why : complaints) {
        if (fits && why.starts_with("config.json: " + field.name + " is ")) std::abort();
      }
    }
    // Whatever else is there is one complaint a field at most.
    if (complaints.size() > config.size() + form.fields.size()) std::abort();
  } catch (const weft::UserError&) {
  }
  return 0;
}
