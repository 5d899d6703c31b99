#pragma once
// config.json of transformers: what it says of the weights beside it.
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "weft/models/foreign_weights.h"

namespace weft {

/// UserError naming `path` where the text is no JSON object, or nested deeper than any configuration.
nlohmann::json parse_foreign_config(std::string_view text, const std::string& path);

/// Every field is one that the form has, with a value that it has, or one that changes nothing, or a sentence
/// for `complain`.
void compare_foreign_config(const nlohmann::json& config, const std::string& path, const ForeignWeights& form,
                            const std::function<void(const std::string&)>& complain);

}  // namespace weft
