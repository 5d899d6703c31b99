#pragma once
#include <nlohmann/json.hpp>

#include "weft/graph/attribute.h"

namespace weft {

/// Attributes as JSON has them. Reals that JSON cannot write ("inf", "nan") become {"real": "inf"}.
nlohmann::json to_json(const AttributeValue& value);
/// UserError for null and for objects of another form.
AttributeValue attribute_from(const nlohmann::json& json);

}  // namespace weft
