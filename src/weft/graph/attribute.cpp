#include "weft/graph/attribute.h"

#include <fmt/format.h>

#include <functional>

#include "weft/base/check.h"

namespace weft {

namespace {

template <class T>
const T* get(const AttributeValue& value) {
  return std::get_if<T>(&value.value);
}

}  // namespace

std::string to_string(const AttributeValue& value) {
  const auto* list = get<AttributeValue::List>(value);
  if (list == nullptr) {
    return std::visit(
        [](const auto& held) {
          if constexpr (std::is_same_v<std::decay_t<decltype(held)>, AttributeValue::List>) {
            return std::string();
          } else {
            return fmt::format("{}", held);
          }
        },
        value.value);
  }
  std::string text = "[";
  for (const AttributeValue& element : *list) text += (text.size() > 1 ? ", " : "") + to_string(element);
  return text + "]";
}

size_t hash_of(const AttributeValue& value) {
  size_t hash = value.value.index();
  const auto mix = [&](size_t part) { hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL; };
  if (const auto* list = get<AttributeValue::List>(value)) {
    for (const AttributeValue& element : *list) mix(hash_of(element));
  } else {
    mix(std::hash<std::string>{}(to_string(value)));
  }
  return hash;
}

void wrong_attribute(const AttributeValue& value, std::string_view expected) {
  user_error("got {}, expected {}", to_string(value), expected);
}

bool AttributeCodec<bool>::from(const AttributeValue& value) {
  if (const auto* held = get<bool>(value)) return *held;
  wrong_attribute(value, type());
}

double AttributeCodec<double>::from(const AttributeValue& value) {
  if (const auto* held = get<double>(value)) return *held;
  // JSON writes 1.0 as 1.
  if (const auto* held = get<int64_t>(value)) return static_cast<double>(*held);
  if (const auto* held = get<uint64_t>(value)) return static_cast<double>(*held);
  wrong_attribute(value, "a number");
}

std::string AttributeCodec<std::string>::from(const AttributeValue& value) {
  if (const auto* held = get<std::string>(value)) return *held;
  wrong_attribute(value, "a text");
}

DType AttributeCodec<DType>::from(const AttributeValue& value) {
  if (const auto* text = get<std::string>(value)) {
    for (const DType dtype : kDTypes) {
      if (name_of(dtype) == *text) return dtype;
    }
  }
  wrong_attribute(value, "a dtype");
}

const AttributeValue::List& list_of(const AttributeValue& value) {
  if (const auto* list = get<AttributeValue::List>(value)) return *list;
  wrong_attribute(value, "a list");
}

AttributeValue AttributeCodec<Region>::to(const Region& region) {
  AttributeValue::List list;
  for (const Range& range : region.ranges) {
    list.push_back({AttributeValue::List{{range.begin}, {range.end}}});
  }
  return {std::move(list)};
}

Region AttributeCodec<Region>::from(const AttributeValue& value) {
  Region region;
  for (const AttributeValue& element : list_of(value)) {
    const std::vector<int64_t> ends = AttributeCodec<std::vector<int64_t>>::from(element);
    if (ends.size() != 2 || ends[0] > ends[1]) wrong_attribute(element, "[begin, end]");
    region.ranges.push_back({ends[0], ends[1]});
  }
  return region;
}

AttributeValue AttributeCodec<TensorType>::to(const TensorType& value) {
  return {AttributeValue::List{AttributeCodec<DType>::to(value.dtype),
                               AttributeCodec<Dims>::to(value.shape)}};
}

TensorType AttributeCodec<TensorType>::from(const AttributeValue& value) {
  const AttributeValue::List& list = list_of(value);
  if (list.size() != 2) wrong_attribute(value, "[dtype, [size, …]]");
  return {AttributeCodec<DType>::from(list[0]), AttributeCodec<Dims>::from(list[1])};
}

}  // namespace weft
