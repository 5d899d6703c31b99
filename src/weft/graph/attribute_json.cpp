#include "weft/graph/attribute_json.h"

#include <cmath>
#include <limits>

#include "weft/base/check.h"

namespace weft {

namespace {

nlohmann::json real_json(double value) {
  if (std::isfinite(value)) return value;
  return {{"real", std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"}};
}

double real_from(const nlohmann::json& json) {
  if (json.size() == 1 && json.contains("real") && json["real"].is_string()) {
    const auto& text = json["real"].get_ref<const std::string&>();
    if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf") return std::numeric_limits<double>::infinity();
    if (text == "-inf") return -std::numeric_limits<double>::infinity();
  }
  user_error("got {}, expected an attribute", json.dump());
}

}  // namespace

nlohmann::json to_json(const AttributeValue& value) {
  if (const auto* list = std::get_if<AttributeValue::List>(&value.value)) {
    nlohmann::json array = nlohmann::json::array();
    for (const AttributeValue& element : *list) array.push_back(to_json(element));
    return array;
  }
  if (const auto* real = std::get_if<double>(&value.value)) return real_json(*real);
  if (const auto* text = std::get_if<std::string>(&value.value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value.value)) return *flag;
  if (const auto* number = std::get_if<uint64_t>(&value.value)) return *number;
  return std::get<int64_t>(value.value);
}

AttributeValue attribute_from(const nlohmann::json& json) {
  if (json.is_array()) {
    AttributeValue::List list;
    for (const nlohmann::json& element : json) list.push_back(attribute_from(element));
    return {std::move(list)};
  }
  if (json.is_boolean()) return {json.get<bool>()};
  if (json.is_string()) return {json.get<std::string>()};
  if (json.is_number_float()) return {json.get<double>()};
  if (json.is_number_unsigned() && json.get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()}) {
    return {json.get<uint64_t>()};
  }
  if (json.is_number_integer()) return {json.get<int64_t>()};
  return {real_from(json)};
}

}  // namespace weft
